package io.penstock.dataplane.hot.icmp;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * Writes ICMPv6 errors, each a whole IPv6 packet: fixed header, ICMPv6 header, and of the offending packet as much as fits
 * into {@link #MAX_BYTES}.
 *
 * <p>Source: RFC 4443, 2.4 (c) and 3; net/ipv6/icmp.c icmp6_send. Threads: any, on memory that they own.
 */
public final class Icmp6Reply {

    /** The most bytes that an error has: the MTU that every IPv6 link has at least (RFC 8200, 5), so none is fragmented. */
    public static final int MAX_BYTES = 1280;

    private static final int MAX_QUOTED_BYTES = MAX_BYTES - Ipv6Layout.HEADER_BYTES - Icmpv6Layout.HEADER_BYTES;

    private Icmp6Reply() {
    }

    /**
     * Writes an error to the source of a packet.
     *
     * @param to           where, in another frame, with {@link #MAX_BYTES} of room
     * @param bytes        bytes of the offending packet
     * @param rest         the second word: an MTU, a pointer, or 0
     * @param trafficClass 0 from the kernel
     * @return bytes of the error
     */
    public static int write(
            final long to,
            final long ip,
            final int bytes,
            final int type,
            final int code,
            final int rest,
            final long sourceHigh,
            final long sourceLow,
            final int hopLimit,
            final int trafficClass,
            final int flowLabel) {
        final int quoted = Math.min(bytes, MAX_QUOTED_BYTES);
        final int icmpBytes = Icmpv6Layout.HEADER_BYTES + quoted;
        header(to, ip, icmpBytes, sourceHigh, sourceLow, hopLimit, trafficClass, flowLabel);
        final long icmp = to + Ipv6Layout.HEADER_BYTES;
        Icmpv6Layout.setType(icmp, type);
        Icmpv6Layout.setCode(icmp, code);
        Icmpv6Layout.setRest(icmp, rest);
        Memory.copy(ip, icmp + Icmpv6Layout.HEADER_BYTES, quoted);
        Checksum.writeIcmpv6(to, icmp, icmpBytes);
        return Ipv6Layout.HEADER_BYTES + icmpBytes;
    }

    /** Writes the header of an ICMPv6 packet to the source of the packet at {@code ip}. */
    static void header(
            final long to,
            final long ip,
            final int icmpBytes,
            final long sourceHigh,
            final long sourceLow,
            final int hopLimit,
            final int trafficClass,
            final int flowLabel) {
        Ipv6Layout.setVersionClassLabel(to, trafficClass, flowLabel);
        Ipv6Layout.setPayloadLength(to, icmpBytes);
        Ipv6Layout.setNextHeader(to, IpProtocol.ICMPV6);
        Ipv6Layout.setHopLimit(to, hopLimit);
        Ipv6Layout.setSource(to, sourceHigh, sourceLow);
        Ipv6Layout.setDestination(to, Ipv6Layout.sourceHigh(ip), Ipv6Layout.sourceLow(ip));
    }
}
