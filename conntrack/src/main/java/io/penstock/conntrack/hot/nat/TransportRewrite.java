package io.penstock.conntrack.hot.nat;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.GreLayout;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.PartialChecksum;
import io.penstock.os.hot.packet.SctpLayout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.hot.packet.UdpLayout;

/**
 * Writes one half's key into a transport header, and brings the checksum in line with that and with the address.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Nothing behind {@code length} bytes is touched. Of what an ICMP error quotes, 8 bytes are enough; a checksum that is cut off stays
 *       unwritten.</li>
 *   <li>A partial checksum stays one ({@link PartialChecksum}): of the changes it takes the address alone.</li>
 * </ol>
 *
 * <p>Threads: any; stateless.
 *
 * <p>Source: nf_nat_proto.c, {@code l4proto_manip_pkt}. Protocols that it does not know keep their bytes.
 */
final class TransportRewrite {

    /** What of TCP's and SCTP's headers even a quoted packet has. */
    private static final int QUOTED_BYTES = 8;
    private static final int DESTINATION_PORT = 2;

    private TransportRewrite() {
    }

    /**
     * Rewrites a header.
     *
     * @param length        bytes from the header to the packet's end
     * @param source        whether it is the source's half
     * @param key           that half's key
     * @param id            of ICMP the identifier, whichever half
     * @param addressChange what becomes of the half's address, as {@link Checksum} has it
     * @param partial       whether the checksum is a partial one
     * @return false if the header is not whole
     */
    static boolean rewrite(
            final int protocol,
            final long l4,
            final int length,
            final boolean source,
            final int key,
            final int id,
            final long addressChange,
            final boolean partial) {
        switch (protocol) {
            case IpProtocol.TCP:
                return tcp(l4, length, source, key, addressChange, partial);
            case IpProtocol.UDP:
                return udp(l4, length, source, key, addressChange, partial, false);
            default:
                return rewriteSlow(protocol, l4, length, source, key, id, addressChange, partial);
        }
    }

    private static boolean rewriteSlow(
            final int protocol,
            final long l4,
            final int length,
            final boolean source,
            final int key,
            final int id,
            final long addressChange,
            final boolean partial) {
        switch (protocol) {
            case IpProtocol.UDPLITE:
                return udp(l4, length, source, key, addressChange, partial, true);
            case IpProtocol.ICMP:
                return icmp(l4, length, id, partial);
            case IpProtocol.ICMPV6:
                return icmpv6(l4, length, id, addressChange, partial);
            case IpProtocol.SCTP:
                return sctp(l4, length, source, key, partial);
            case IpProtocol.GRE:
                return gre(l4, length, source, key);
            default:
                return true;
        }
    }

    private static boolean tcp(
            final long tcp, final int length, final boolean source, final int port, final long addressChange, final boolean partial) {
        if (length < QUOTED_BYTES) {
            return false;
        }
        final long change = addressChange + setPort(tcp, source, port);
        if (length >= TcpLayout.HEADER_BYTES) {
            final int checksum = TcpLayout.checksum(tcp);
            TcpLayout.setChecksum(tcp, partial ? PartialChecksum.apply(checksum, addressChange) : Checksum.apply(checksum, change));
        }
        return true;
    }

    /** UDP without a checksum stays so; UDP-Lite always has one. */
    private static boolean udp(
            final long udp,
            final int length,
            final boolean source,
            final int port,
            final long addressChange,
            final boolean partial,
            final boolean always) {
        if (length < UdpLayout.HEADER_BYTES) {
            return false;
        }
        final long change = addressChange + setPort(udp, source, port);
        final int checksum = UdpLayout.checksum(udp);
        if (checksum != 0 || always) {
            final int updated = partial ? PartialChecksum.apply(checksum, addressChange) : Checksum.apply(checksum, change);
            UdpLayout.setChecksum(udp, updated == 0 ? 0xFFFF : updated);
        }
        return true;
    }

    private static boolean sctp(final long sctp, final int length, final boolean source, final int port, final boolean partial) {
        if (length < QUOTED_BYTES) {
            return false;
        }
        setPort(sctp, source, port);
        if (length >= SctpLayout.HEADER_BYTES && !partial) {
            SctpLayout.writeChecksum(sctp, length);
        }
        return true;
    }

    /** Queries and their answers have an identifier; of errors the addresses alone change, which the checksum does not cover. */
    private static boolean icmp(final long icmp, final int length, final int id, final boolean partial) {
        if (length < IcmpLayout.HEADER_BYTES) {
            return false;
        }
        switch (IcmpLayout.type(icmp)) {
            case IcmpLayout.ECHO_REQUEST:
            case IcmpLayout.ECHO_REPLY:
            case IcmpLayout.TIMESTAMP_REQUEST:
            case IcmpLayout.TIMESTAMP_REPLY:
            case IcmpLayout.INFO_REQUEST:
            case IcmpLayout.INFO_REPLY:
            case IcmpLayout.MASK_REQUEST:
            case IcmpLayout.MASK_REPLY:
                if (!partial) {
                    IcmpLayout.setChecksum(icmp, Checksum.update16(IcmpLayout.checksum(icmp), IcmpLayout.id(icmp), id));
                }
                IcmpLayout.setId(icmp, id);
                return true;
            default:
                return true;
        }
    }

    private static boolean icmpv6(final long icmp, final int length, final int id, final long addressChange, final boolean partial) {
        if (length < Icmpv6Layout.HEADER_BYTES) {
            return false;
        }
        final int type = Icmpv6Layout.type(icmp);
        final int checksum = Icmpv6Layout.checksum(icmp);
        long change = addressChange;
        if (type == Icmpv6Layout.ECHO_REQUEST || type == Icmpv6Layout.ECHO_REPLY) {
            change += Checksum.change16(Icmpv6Layout.id(icmp), id);
            Icmpv6Layout.setId(icmp, id);
        }
        Icmpv6Layout.setChecksum(icmp, partial ? PartialChecksum.apply(checksum, addressChange) : Checksum.apply(checksum, change));
        return true;
    }

    /** A packet has the call identifier of its destination alone, and that only in version 1 (PPTP). */
    private static boolean gre(final long gre, final int length, final boolean source, final int callId) {
        if (length < GreLayout.PPTP_FIXED_BYTES) {
            return false;
        }
        if (source) {
            return true;
        }
        switch (GreLayout.version(GreLayout.flags(gre))) {
            case GreLayout.VERSION_0:
                return true;
            case GreLayout.VERSION_1:
                GreLayout.setPptpCallId(gre, callId);
                return true;
            default:
                return false;
        }
    }

    /** Sets a port; returns what that means for the checksum. */
    private static long setPort(final long l4, final boolean source, final int port) {
        final long field = source ? l4 : l4 + DESTINATION_PORT;
        final int from = Memory.getUnsignedShortBE(field);
        Memory.putShortBE(field, port);
        return Checksum.change16(from, port);
    }
}
