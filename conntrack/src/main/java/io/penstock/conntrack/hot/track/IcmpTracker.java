package io.penstock.conntrack.hot.track;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.TrackerSettings;
import io.penstock.os.hot.packet.IcmpLayout;

/**
 * ICMP: echo, timestamp, information and address mask, each an exchange that only its request begins.
 *
 * <p>Source: nf_conntrack_proto_icmp.c; RFC 792; RFC 950.
 */
public final class IcmpTracker {

    private static final int REQUESTS = 1 << IcmpLayout.ECHO_REQUEST | 1 << IcmpLayout.TIMESTAMP_REQUEST
            | 1 << IcmpLayout.INFO_REQUEST | 1 << IcmpLayout.MASK_REQUEST;

    private IcmpTracker() {
    }

    /** {@link IcmpKind} of a message that has passed {@link PacketCheck}. */
    public static int kind(final long icmp) {
        final int type = IcmpLayout.type(icmp);
        if (IcmpLayout.isError(type)) {
            return IcmpKind.ERROR;
        }
        return TupleReader.answer(type) >= 0 ? IcmpKind.QUERY : IcmpKind.INVALID;
    }

    /** Any packet of a connection; invalid if the connection would begin with something else than a request. */
    public static int packet(final long entry, final TrackerSettings settings, final long nowNs) {
        final int type = TupleReader.icmpType(ConnLayout.keysOf(entry, ConnDirection.ORIGINAL));
        if ((REQUESTS >>> type & 1) == 0 || type >= Integer.SIZE) {
            return TrackResult.INVALID;
        }
        Deadline.refresh(entry, settings.icmpTimeout * Deadline.SECOND_NS, nowNs);
        return TrackResult.ACCEPT;
    }
}
