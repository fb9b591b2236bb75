package io.penstock.dataplane.hot.icmp;

import io.penstock.dataplane.hot.options.OptionEcho;
import io.penstock.dataplane.hot.options.OptionHost;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;

/**
 * Writes ICMP errors, each a whole IP packet.
 *
 * <pre>
 *  +-----------+----------------+-------------+------------------------------------------+
 *  | IP header | echoed options | ICMP header | the offending packet, as much as fits in |
 *  | 20 bytes  | 0 to 40 bytes  | 8 bytes     | the smaller of 576 bytes and the MTU     |
 *  +-----------+----------------+-------------+------------------------------------------+
 * </pre>
 *
 * <p>Used in this order, with the {@linkplain IcmpLimits limits} and the route to {@link #destination} in between:
 * {@link #prepare}, {@link #destination}, {@link #write}.
 *
 * <p>Source: RFC 792; RFC 1812, 4.3.2; net/ipv4/icmp.c __icmp_send. Threads: one, which owns the object.
 */
public final class Icmp4Reply {

    /**
     * The most bytes that an error has: what every host must be able to take (RFC 1812, 4.3.2.3). More would help the sender's
     * debugging and lose on links that fragment; less would hide its transport header behind options.
     */
    public static final int MAX_BYTES = 576;
    /** Says who, where the caller has no address to say (RFC 7600): 192.0.0.8. */
    public static final int DUMMY_SOURCE = 0xC000_0008;

    /** The type-of-service bits that are taken over (RFC 1349); the precedence is not. */
    private static final int TOS_MASK = 0x1E;
    /** The precedence of what routers say: internetwork control (RFC 1812, 4.3.2.5). */
    private static final int PRECEDENCE = 0xC0;
    private static final int POINTER_SHIFT = 24;

    private final OptionEcho echo = new OptionEcho();

    /** The second word of a parameter problem, whose pointer is the word's first byte. */
    public static int pointer(final int offset) {
        return offset << POINTER_SHIFT;
    }

    /**
     * Gets the options ready that the error gives back.
     *
     * @param options the offending packet's {@link io.penstock.dataplane.hot.options.OptionState}
     * @return false when they cannot be given back, and no error may be sent
     */
    public boolean prepare(final long ip, final long options, final OptionHost host) {
        return echo.prepare(ip, options, host);
    }

    /** Where the error goes: to the offending packet's source, or to the first hop of its way back. */
    public int destination(final long ip) {
        return echo.destination(ip);
    }

    /**
     * Writes the error.
     *
     * @param to          where, in another frame, with {@link #MAX_BYTES} of room
     * @param bytes       bytes of the offending packet
     * @param rest        the second word: an MTU, a gateway, a {@link #pointer}, or 0
     * @param source      the error's source; 0 becomes {@link #DUMMY_SOURCE}
     * @param routeMtu    the MTU of the route to {@link #destination}
     * @param timestampMs ms since midnight UTC
     * @return bytes of the error, or 0 when the MTU leaves no room for anything useful
     */
    public int write(
            final long to,
            final long ip,
            final int bytes,
            final int type,
            final int code,
            final int rest,
            final int source,
            final int ttl,
            final int id,
            final int routeMtu,
            final int timestampMs) {
        final int headerBytes = Ipv4Layout.HEADER_BYTES + echo.bytes();
        final int room = Math.min(routeMtu, MAX_BYTES) - headerBytes - IcmpLayout.HEADER_BYTES;
        if (room <= Ipv4Layout.HEADER_BYTES) {
            return 0;
        }
        final int quoted = Math.min(bytes, room);
        final int icmpBytes = IcmpLayout.HEADER_BYTES + quoted;
        final int from = source == 0 ? DUMMY_SOURCE : source;
        Ipv4Layout.setHeaderBytes(to, headerBytes);
        Ipv4Layout.setTos(to, Ipv4Layout.tos(ip) & TOS_MASK | PRECEDENCE);
        Ipv4Layout.setTotalLength(to, headerBytes + icmpBytes);
        Ipv4Layout.setId(to, id);
        Ipv4Layout.setFragmentWord(to, 0);
        Ipv4Layout.setTtl(to, ttl);
        Ipv4Layout.setProtocol(to, IpProtocol.ICMP);
        Ipv4Layout.setSource(to, from);
        Ipv4Layout.setDestination(to, echo.destination(ip));
        echo.write(to, Ipv4Layout.source(ip), from, timestampMs);
        Checksum.writeIpv4(to, headerBytes);
        final long icmp = to + headerBytes;
        IcmpLayout.setType(icmp, type);
        IcmpLayout.setCode(icmp, code);
        IcmpLayout.setRest(icmp, rest);
        Memory.copy(ip, icmp + IcmpLayout.HEADER_BYTES, quoted);
        Checksum.writeIcmp(icmp, icmpBytes);
        return headerBytes + icmpBytes;
    }
}
