package io.penstock.conntrack.hot.track;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.TrackerSettings;
import io.penstock.os.hot.memory.Memory;

/**
 * GRE: what has traffic both ways lives longer and is assured. The connection keeps the time-outs that it began with.
 *
 * <pre>
 *   0 time-out   int, seconds   |   4 time-out with traffic both ways   int, seconds
 * </pre>
 *
 * <p>Source: nf_conntrack_proto_gre.c, {@code nf_conntrack_gre_packet}.
 */
public final class GreTracker {

    private static final int TIMEOUT = ConnLayout.TRACKER;
    private static final int STREAM_TIMEOUT = ConnLayout.TRACKER + 4;

    private GreTracker() {
    }

    /** The packet that begins a connection. */
    public static int first(final long entry, final TrackerSettings settings, final long nowNs) {
        Memory.putInt(entry + TIMEOUT, settings.greTimeout);
        Memory.putInt(entry + STREAM_TIMEOUT, settings.greTimeoutStream);
        Deadline.refresh(entry, settings.greTimeout * Deadline.SECOND_NS, nowNs);
        return TrackResult.ACCEPT;
    }

    /** Another packet of a connection. */
    public static int packet(final long entry, final long nowNs) {
        final int status = ConnLayout.status(entry);
        if ((status & ConnStatus.SEEN_REPLY) == 0) {
            Deadline.refresh(entry, Memory.getInt(entry + TIMEOUT) * Deadline.SECOND_NS, nowNs);
            return TrackResult.ACCEPT;
        }
        Deadline.refresh(entry, Memory.getInt(entry + STREAM_TIMEOUT) * Deadline.SECOND_NS, nowNs);
        return UdpTracker.assure(entry, status);
    }

    /** What it lasts in seconds while nothing has answered, for listings. */
    public static int timeout(final long entry) {
        return Memory.getInt(entry + TIMEOUT);
    }

    /** What it lasts in seconds with traffic both ways, for listings. */
    public static int streamTimeout(final long entry) {
        return Memory.getInt(entry + STREAM_TIMEOUT);
    }
}
