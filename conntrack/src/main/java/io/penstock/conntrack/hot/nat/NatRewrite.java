package io.penstock.conntrack.hot.nat;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Extensions;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * Writes a connection's translation into its packets.
 *
 * <p>Of a direction's tuple, what leaves is the inverse of the other direction's. At PRE_ROUTING and LOCAL_OUT a packet's destination is written,
 * at LOCAL_IN and POST_ROUTING its source ({@code source}); whether there is something to write in that half is what the connection's status
 * says: {@code SRC_NAT} is about the source in the original direction and about the destination in the other, {@code DST_NAT} the reverse.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Nothing behind the packet's end is touched.</li>
 *   <li>Checksums that were right are right afterwards, and wrong ones as wrong as before; but an SCTP packet's, and that of an error whose
 *       quoted packet is changed, are computed anew.</li>
 *   <li>Packets are whole: later fragments do not come here.</li>
 * </ol>
 *
 * <p>Methods return false where the packet is to be dropped.
 *
 * <p>Threads: any; stateless. With more than one worker the caller need not have claimed the connection: tuples do not change once it is settled.
 *
 * <p>Source: nf_nat_core.c, {@code nf_nat_packet}, {@code nf_nat_manip_pkt}; nf_nat_proto.c, {@code nf_nat_icmp_reply_translation}, {@code
 * nf_nat_icmpv6_reply_translation}.
 */
public final class NatRewrite {

    private NatRewrite() {
    }

    /** Whether a packet's half is rewritten at all. */
    public static boolean isRewritten(final int status, final int direction, final boolean source) {
        return (status & (source == (direction == ConnDirection.ORIGINAL) ? ConnStatus.SRC_NAT : ConnStatus.DST_NAT)) != 0;
    }

    /**
     * Writes a half of the translation into an IPv4 packet of the connection, if that half is translated.
     *
     * @param direction       the packet's {@link ConnDirection}
     * @param source          whether the half is the packet's source
     * @param ip              the IP header
     * @param l4              the transport header
     * @param l4Length        bytes from there to the end that the IP header gives
     * @param partialChecksum whether the transport checksum is left to the card
     */
    public static boolean packet4(
            final long entry,
            final int direction,
            final boolean source,
            final long ip,
            final long l4,
            final int l4Length,
            final boolean partialChecksum) {
        if (!isRewritten(ConnLayout.status(entry), direction, source)) {
            return true;
        }
        return write4(entry, ConnDirection.opposite(direction), source, source, ConnLayout.protocol(entry), ip, l4, l4Length,
                partialChecksum);
    }

    /** As {@link #packet4}, of an IPv6 packet whose fixed header is at {@code ip}. */
    public static boolean packet6(
            final long entry,
            final int direction,
            final boolean source,
            final long ip,
            final long l4,
            final int l4Length,
            final boolean partialChecksum) {
        if (!isRewritten(ConnLayout.status(entry), direction, source)) {
            return true;
        }
        return write6(entry, ConnDirection.opposite(direction), source, source, ConnLayout.protocol(entry), ip, l4, l4Length,
                partialChecksum);
    }

    /**
     * Writes a half of the translation into an ICMP message about a connection, {@code RELATED} or {@code RELATED_REPLY}, and into the packet that
     * it quotes. Its checksum is verified first.
     *
     * @param info       the message's {@link ConnInfo}
     * @param source     whether the half is the message's source
     * @param icmpLength bytes from the ICMP header to the end that the IP header gives
     */
    public static boolean error4(
            final long entry, final int info, final boolean source, final long ip, final long icmp, final int icmpLength) {
        if (icmpLength < IcmpLayout.HEADER_BYTES + Ipv4Layout.HEADER_BYTES || !Checksum.verifyIcmp(icmp, icmpLength)) {
            return false;
        }
        final int status = ConnLayout.status(entry);
        if (IcmpLayout.type(icmp) == IcmpLayout.REDIRECT && isTranslated(status)) {
            return false;
        }
        final int direction = ConnInfo.direction(info);
        if (!isRewritten(status, direction, source)) {
            return true;
        }
        final int opposite = ConnDirection.opposite(direction);
        final long inner = icmp + IcmpLayout.HEADER_BYTES;
        final int innerLength = icmpLength - IcmpLayout.HEADER_BYTES;
        final int headerBytes = Ipv4Layout.headerBytes(inner);
        // The quoted packet goes the other way: the half that changes is the opposite one, and it gets what the tuple of its direction has.
        if (headerBytes > innerLength
                || !write4(entry, opposite, !source, source, ConnLayout.protocol(entry), inner, inner + headerBytes,
                        innerLength - headerBytes, false)) {
            return false;
        }
        Checksum.writeIcmp(icmp, icmpLength);
        return write4(entry, opposite, source, source, IpProtocol.ICMP, ip, icmp, icmpLength, false);
    }

    /** As {@link #error4}, of ICMPv6. */
    public static boolean error6(
            final long entry, final int info, final boolean source, final long ip, final long icmp, final int icmpLength) {
        if (icmpLength < Icmpv6Layout.HEADER_BYTES + Ipv6Layout.HEADER_BYTES || !Checksum.verifyIcmpv6(ip, icmp, icmpLength)) {
            return false;
        }
        final int status = ConnLayout.status(entry);
        if (Icmpv6Layout.type(icmp) == Icmpv6Layout.REDIRECT && isTranslated(status)) {
            return false;
        }
        final int direction = ConnInfo.direction(info);
        if (!isRewritten(status, direction, source)) {
            return true;
        }
        final int opposite = ConnDirection.opposite(direction);
        final long inner = icmp + Icmpv6Layout.HEADER_BYTES;
        final long walk = Ipv6Extensions.walk(inner, icmp + icmpLength);
        if (Ipv6Extensions.isError(walk) || Ipv6Extensions.fragmentOffset(walk) != 0) {
            writeAddress6(inner, !source, address6High(entry, opposite, source), address6Low(entry, opposite, source));
        } else {
            final int l4Offset = Ipv6Extensions.l4Offset(walk);
            if (!write6(entry, opposite, !source, source, ConnLayout.protocol(entry), inner, inner + l4Offset,
                    icmpLength - Icmpv6Layout.HEADER_BYTES - l4Offset, false)) {
                return false;
            }
        }
        Checksum.writeIcmpv6(ip, icmp, icmpLength);
        return write6(entry, opposite, source, source, IpProtocol.ICMPV6, ip, icmp, icmpLength, false);
    }

    /** A redirect tells of addresses that the receiver does not know; before both halves are settled nobody knows whether it does. */
    private static boolean isTranslated(final int status) {
        return (status & ConnStatus.NAT_DONE_MASK) != ConnStatus.NAT_DONE_MASK || (status & ConnStatus.NAT_MASK) != 0;
    }

    /**
     * Writes the end of a tuple into a packet.
     *
     * @param tuple       the tuple's direction
     * @param source      whether it becomes the packet's source
     * @param destination whether it is the tuple's destination
     */
    private static boolean write4(
            final long entry,
            final int tuple,
            final boolean source,
            final boolean destination,
            final int protocol,
            final long ip,
            final long l4,
            final int l4Length,
            final boolean partial) {
        final int keys = ConnLayout.keysOf(entry, tuple);
        final int key = destination ? ConnLayout.destinationKey(keys) : ConnLayout.sourceKey(keys);
        final int to = destination ? ConnLayout.destination4(entry, tuple) : ConnLayout.source4(entry, tuple);
        final long change = Checksum.change32(source ? Ipv4Layout.source(ip) : Ipv4Layout.destination(ip), to);
        if (!TransportRewrite.rewrite(protocol, l4, l4Length, source, key, ConnLayout.sourceKey(keys), change, partial)) {
            return false;
        }
        if (source) {
            Ipv4Layout.setSource(ip, to);
        } else {
            Ipv4Layout.setDestination(ip, to);
        }
        Ipv4Layout.setChecksum(ip, Checksum.apply(Ipv4Layout.checksum(ip), change));
        return true;
    }

    private static boolean write6(
            final long entry,
            final int tuple,
            final boolean source,
            final boolean destination,
            final int protocol,
            final long ip,
            final long l4,
            final int l4Length,
            final boolean partial) {
        final int keys = ConnLayout.keysOf(entry, tuple);
        final int key = destination ? ConnLayout.destinationKey(keys) : ConnLayout.sourceKey(keys);
        final long high = address6High(entry, tuple, destination);
        final long low = address6Low(entry, tuple, destination);
        final long change = source
                ? Checksum.change128(Ipv6Layout.sourceHigh(ip), Ipv6Layout.sourceLow(ip), high, low)
                : Checksum.change128(Ipv6Layout.destinationHigh(ip), Ipv6Layout.destinationLow(ip), high, low);
        if (!TransportRewrite.rewrite(protocol, l4, l4Length, source, key, ConnLayout.sourceKey(keys), change, partial)) {
            return false;
        }
        writeAddress6(ip, source, high, low);
        return true;
    }

    private static void writeAddress6(final long ip, final boolean source, final long high, final long low) {
        if (source) {
            Ipv6Layout.setSource(ip, high, low);
        } else {
            Ipv6Layout.setDestination(ip, high, low);
        }
    }

    private static long address6High(final long entry, final int tuple, final boolean destination) {
        return destination ? ConnLayout.destination6High(entry, tuple) : ConnLayout.source6High(entry, tuple);
    }

    private static long address6Low(final long entry, final int tuple, final boolean destination) {
        return destination ? ConnLayout.destination6Low(entry, tuple) : ConnLayout.source6Low(entry, tuple);
    }
}
