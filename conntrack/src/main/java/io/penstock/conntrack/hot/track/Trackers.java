package io.penstock.conntrack.hot.track;

import io.penstock.conntrack.hot.TrackerSettings;
import io.penstock.os.hot.packet.IpProtocol;

/**
 * Gives a packet to its protocol's tracker. Packets have passed {@link PacketCheck}; an ICMP message is a {@link IcmpKind#QUERY}.
 *
 * <p>What is left to the caller: {@code SEEN_REPLY} is set after the first packet of the reply direction that is accepted, so that a tracker sees
 * what was before it.
 */
public final class Trackers {

    private Trackers() {
    }

    /**
     * Judges the packet that begins a connection: its entry has tuples and a zeroed tracker's line, and is not confirmed. The entry is to be
     * given back if the verdict is {@link TrackResult#INVALID}.
     *
     * @param l4     the transport header
     * @param length bytes from there to the packet's end
     * @return a {@link TrackResult}
     */
    public static int first(
            final long entry, final int protocol, final long l4, final int length, final TrackerSettings settings, final long nowNs) {
        switch (protocol) {
            case IpProtocol.TCP:
                return TcpTracker.first(entry, l4, length, settings, nowNs);
            case IpProtocol.UDP:
            case IpProtocol.UDPLITE:
                return UdpTracker.first(entry, settings, nowNs);
            case IpProtocol.ICMP:
                return IcmpTracker.packet(entry, settings, nowNs);
            case IpProtocol.ICMPV6:
                return Icmpv6Tracker.packet(entry, settings, nowNs);
            case IpProtocol.SCTP:
                return SctpTracker.first(entry, l4, length, settings, nowNs);
            case IpProtocol.GRE:
                return GreTracker.first(entry, settings, nowNs);
            default:
                return GenericTracker.packet(entry, settings, nowNs);
        }
    }

    /**
     * Judges another packet of a connection.
     *
     * @param direction of {@link io.penstock.conntrack.hot.ConnDirection}
     * @return a {@link TrackResult}
     */
    public static int packet(
            final long entry,
            final int direction,
            final int protocol,
            final long l4,
            final int length,
            final TrackerSettings settings,
            final long nowNs) {
        switch (protocol) {
            case IpProtocol.TCP:
                return TcpTracker.packet(entry, direction, l4, length, settings, nowNs);
            case IpProtocol.UDP:
                return UdpTracker.packet(entry, settings, nowNs);
            case IpProtocol.UDPLITE:
                return UdpTracker.packetLite(entry, settings, nowNs);
            case IpProtocol.ICMP:
                return IcmpTracker.packet(entry, settings, nowNs);
            case IpProtocol.ICMPV6:
                return Icmpv6Tracker.packet(entry, settings, nowNs);
            case IpProtocol.SCTP:
                return SctpTracker.packet(entry, direction, l4, length, settings, nowNs);
            case IpProtocol.GRE:
                return GreTracker.packet(entry, nowNs);
            default:
                return GenericTracker.packet(entry, settings, nowNs);
        }
    }
}
