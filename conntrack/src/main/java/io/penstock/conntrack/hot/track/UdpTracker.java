package io.penstock.conntrack.hot.track;

import io.penstock.conntrack.hot.ConnEvents;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.TrackerSettings;
import io.penstock.os.hot.memory.Memory;

/**
 * UDP and UDP-Lite: a stream is what has traffic both ways; with UDP, only if it still has two seconds after it began, so that a question and its
 * answer (DNS) stay short.
 *
 * <pre>
 *   0 stream from   long, ns of the workers' clock
 *   8 what {@link ConnLayout#CONES} says
 * </pre>
 *
 * <p>Source: nf_conntrack_proto_udp.c, {@code nf_conntrack_udp_packet}, {@code nf_conntrack_udplite_packet}.
 */
public final class UdpTracker {

    /** Traffic must last this long to be a stream (ns). Source: {@code nf_conntrack_udp_packet}. */
    static final long STREAM_NS = 2 * Deadline.SECOND_NS;

    private static final int STREAM = ConnStatus.CONFIRMED | ConnStatus.SEEN_REPLY | ConnStatus.ASSURED;
    private static final int STREAM_MASK = STREAM | ConnStatus.FIXED_TIMEOUT | ConnStatus.DYING;
    private static final int STREAM_FROM = ConnLayout.TRACKER;

    private UdpTracker() {
    }

    /** The packet that begins a connection. */
    public static int first(final long entry, final TrackerSettings settings, final long nowNs) {
        Memory.putLong(entry + STREAM_FROM, nowNs + STREAM_NS);
        Deadline.refresh(entry, settings.udpTimeout * Deadline.SECOND_NS, nowNs);
        return TrackResult.ACCEPT;
    }

    /**
     * Whether a connection in the table is a stream for good and nothing is counted or told of its packets: then each of them renews its time by {@code
     * udpTimeoutStream} ({@link Deadline#renew}), and that is all that {@link #packet(long, TrackerSettings, long)} and who calls it would do.
     */
    public static boolean isStream(final long entry) {
        return (ConnLayout.status(entry) & STREAM_MASK) == STREAM && (ConnLayout.flags(entry) & ConnLayout.FLAG_ACCOUNTING) == 0;
    }

    /** Another UDP packet of a connection. */
    public static int packet(final long entry, final TrackerSettings settings, final long nowNs) {
        // What is assured has lasted: that saves the entry's second line.
        final boolean lasts = ConnLayout.hasStatus(entry, ConnStatus.ASSURED) || nowNs - Memory.getLong(entry + STREAM_FROM) > 0;
        return packet(entry, lasts, settings, nowNs);
    }

    /** Another UDP-Lite packet of a connection. */
    public static int packetLite(final long entry, final TrackerSettings settings, final long nowNs) {
        return packet(entry, true, settings, nowNs);
    }

    /** Sets ASSURED, unless it is set or the entry lost a clash and will soon be gone. */
    static int assure(final long entry, final int status) {
        final boolean assured = (status & (ConnStatus.ASSURED | ConnStatus.NAT_CLASH)) == 0 && ConnLayout.setStatus(entry, ConnStatus.ASSURED);
        return assured ? TrackResult.of(TrackResult.ACCEPT, ConnEvents.ASSURED) : TrackResult.ACCEPT;
    }

    private static int packet(final long entry, final boolean lasts, final TrackerSettings settings, final long nowNs) {
        final int status = ConnLayout.status(entry);
        if ((status & ConnStatus.SEEN_REPLY) == 0 || !lasts) {
            Deadline.refresh(entry, settings.udpTimeout * Deadline.SECOND_NS, nowNs);
            return TrackResult.ACCEPT;
        }
        Deadline.refresh(entry, settings.udpTimeoutStream * Deadline.SECOND_NS, nowNs);
        return assure(entry, status);
    }
}
