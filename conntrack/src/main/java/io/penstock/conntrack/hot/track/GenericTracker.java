package io.penstock.conntrack.hot.track;

import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.TrackerSettings;

/** Protocols without a tracker of their own: a time-out, and nothing else. Source: nf_conntrack_core.c, {@code generic_packet}. */
public final class GenericTracker {

    private GenericTracker() {
    }

    /** Any packet of a connection. */
    public static int packet(final long entry, final TrackerSettings settings, final long nowNs) {
        Deadline.refresh(entry, settings.genericTimeout * Deadline.SECOND_NS, nowNs);
        return TrackResult.ACCEPT;
    }
}
