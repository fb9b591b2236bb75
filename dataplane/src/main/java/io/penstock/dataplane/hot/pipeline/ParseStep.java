package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.api.Family;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Extensions;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.PartialChecksum;
import io.penstock.os.hot.packet.SctpLayout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.hot.packet.UdpLayout;

/**
 * From bytes to a packet: checks the length once per header, finds the transport header, drops what is malformed.
 *
 * <p>After it a slot's {@code family} is set, or the packet has been dropped. A frame that is longer than the packet in it
 * (Ethernet padding) is cut to the packet.
 *
 * <p>Source: RFC 791, 1122 section 3.2.1, 8200; net/ipv4/ip_input.c ip_rcv_core, net/ipv6/ip6_input.c ip6_rcv_core.
 */
public final class ParseStep {

    private static final int IPV4 = Family.IPV4.number();
    private static final int IPV6 = Family.IPV6.number();
    private static final int ARP = Family.ARP.number();
    private static final int NET_SHIFT = 24;
    private static final int FIRST_MULTICAST_NET = 224;
    /** The kernel forwards what comes from 240.0.0.0/4: some networks have run out of other addresses. */
    private static final int FIRST_RESERVED_NET = 240;
    private static final int BROADCAST = 0xFFFF_FFFF;
    private static final int LOOPBACK_NET = 127;
    private static final int IPV6_MULTICAST_BYTE = 0xFF;
    /** What comes before the IPv4 address in the low half of {@code ::ffff:0:0/96}. */
    private static final long IPV4_MAPPED = 0xFFFF;

    private ParseStep() {
    }

    /** Parses all packets of a batch. */
    public static void batch(final Lane lane, final Batch b) {
        final int n = b.count;
        for (int slot = 0; slot < n; slot++) {
            b.mark[slot] = 0;
            one(lane, b, slot);
        }
    }

    /** Before INGRESS functions, which see a packet that nobody has parsed: there is no transport header and no mark. */
    public static void arrive(final Batch b, final int slot) {
        b.network[slot] = Math.min(EthernetLayout.HEADER_BYTES, b.length[slot]);
        b.transport[slot] = b.length[slot];
        b.family[slot] = 0;
        b.protocol[slot] = 0;
        b.flags[slot] = 0;
        b.mark[slot] = 0;
    }

    /** Parses one packet. */
    public static void one(final Lane lane, final Batch b, final int slot) {
        final long frame = b.frame[slot];
        final int length = b.length[slot];
        b.outcome[slot] = Outcome.NONE;
        b.family[slot] = 0;
        if (length < EthernetLayout.HEADER_BYTES) {
            lane.drop(b, slot, DropReason.FRAME_TRUNCATED);
            return;
        }
        final long mac = lane.ports.mac(b.inPort[slot]);
        if (!EthernetLayout.isDestination(frame, mac) && !acceptsSlow(lane, b, slot, mac)) {
            return;
        }
        b.network[slot] = EthernetLayout.HEADER_BYTES;
        final int type = EthernetLayout.etherType(frame);
        if (type == EthernetLayout.TYPE_IPV4) {
            ipv4(lane, b, slot, frame + EthernetLayout.HEADER_BYTES, length - EthernetLayout.HEADER_BYTES);
        } else if (type == EthernetLayout.TYPE_IPV6) {
            ipv6(lane, b, slot, frame + EthernetLayout.HEADER_BYTES, length - EthernetLayout.HEADER_BYTES);
        } else {
            otherSlow(lane, b, slot, type);
        }
    }

    private static boolean acceptsSlow(final Lane lane, final Batch b, final int slot, final long mac) {
        final long destination = EthernetLayout.destination(b.frame[slot]);
        if (EthernetLayout.isMulticast(destination)) {
            final int type = EthernetLayout.etherType(b.frame[slot]);
            if (type == EthernetLayout.TYPE_ARP) {
                return true;
            }
            lane.drop(b, slot, DropReason.FRAME_MULTICAST);
            return false;
        }
        if (mac == PortTable.ANY_MAC) {
            return true;
        }
        lane.drop(b, slot, DropReason.FRAME_OTHER_HOST);
        return false;
    }

    private static void otherSlow(final Lane lane, final Batch b, final int slot, final int type) {
        // The kernel sends this host's ARP.
        if (type == EthernetLayout.TYPE_ARP && b.inPort[slot] != Batch.FROM_HOST) {
            b.transport[slot] = b.length[slot];
            b.protocol[slot] = 0;
            b.flags[slot] = 0;
            b.family[slot] = ARP;
        } else {
            lane.drop(b, slot, DropReason.FRAME_PROTOCOL);
        }
    }

    private static void ipv4(final Lane lane, final Batch b, final int slot, final long ip, final int available) {
        if (available < Ipv4Layout.HEADER_BYTES) {
            lane.drop(b, slot, DropReason.IPV4_TRUNCATED);
            return;
        }
        final int headerBytes = Ipv4Layout.headerBytes(ip);
        if (headerBytes != Ipv4Layout.HEADER_BYTES || Ipv4Layout.version(ip) != 4) {
            if (!ipv4OddHeaderSlow(lane, b, slot, ip, headerBytes, available)) {
                return;
            }
        } else if (!Checksum.verifyIpv4(ip)) {
            lane.drop(b, slot, DropReason.IPV4_CHECKSUM);
            return;
        }
        final int total = Ipv4Layout.totalLength(ip);
        if (total > available || total < headerBytes) {
            lane.drop(b, slot, DropReason.IPV4_TOTAL_LENGTH);
            return;
        }
        if (isMartian4(Ipv4Layout.source(ip)) && dropsMartianSourceSlow(lane, b, slot, ip)) {
            return;
        }
        final int destinationNet = Ipv4Layout.destination(ip) >>> NET_SHIFT;
        if (destinationNet == LOOPBACK_NET || destinationNet == 0) {
            lane.drop(b, slot, DropReason.IPV4_MARTIAN_DESTINATION);
            return;
        }
        b.length[slot] = EthernetLayout.HEADER_BYTES + total;
        b.transport[slot] = EthernetLayout.HEADER_BYTES + headerBytes;
        b.protocol[slot] = Ipv4Layout.protocol(ip);
        b.flags[slot] = Ipv4Layout.isFragment(ip) ? fragment4Slow(ip) : partial4(lane, b, slot, ip, headerBytes, total);
        b.family[slot] = IPV4;
    }

    private static int partial4(
            final Lane lane, final Batch b, final int slot, final long ip, final int headerBytes, final int total) {
        final int protocol = b.protocol[slot];
        if (!lane.ports.partialChecksums(b.inPort[slot])) {
            return 0;
        }
        final boolean partial = hasChecksum(protocol, total - headerBytes)
                ? PartialChecksum.isPartial4(ip, ip + headerBytes, total - headerBytes, protocol)
                : isPartialSctp(protocol, ip + headerBytes, total - headerBytes);
        return partial ? Batch.PARTIAL_CHECKSUM : 0;
    }

    private static int fragment4Slow(final long ip) {
        return Ipv4Layout.fragmentOffset(ip) == 0 ? Batch.FRAGMENT : Batch.FRAGMENT | Batch.LATER_FRAGMENT;
    }

    /** Loopback, 0/8, multicast and broadcast addresses cannot send; {@link #dropsMartianSourceSlow} excepts some. */
    private static boolean isMartian4(final int source) {
        final int net = source >>> NET_SHIFT;
        return net >= FIRST_MULTICAST_NET || net == LOOPBACK_NET || net == 0;
    }

    private static boolean dropsMartianSourceSlow(final Lane lane, final Batch b, final int slot, final long ip) {
        final int source = Ipv4Layout.source(ip);
        final boolean reserved = source >>> NET_SHIFT >= FIRST_RESERVED_NET && source != BROADCAST;
        if (reserved || source == 0 && isUnspecifiedAllowed(ip)) {
            return false;
        }
        lane.drop(b, slot, DropReason.IPV4_MARTIAN_SOURCE);
        return true;
    }

    /** Local senders leave TCP's and UDP's checksums begun. */
    private static boolean hasChecksum(final int protocol, final int l4Bytes) {
        return protocol == IpProtocol.TCP && l4Bytes >= TcpLayout.HEADER_BYTES
                || protocol == IpProtocol.UDP && l4Bytes >= UdpLayout.HEADER_BYTES;
    }

    /** A local sender's SCTP leaves with its whole checksum to be written. */
    private static boolean isPartialSctp(final int protocol, final long l4, final int l4Bytes) {
        return protocol == IpProtocol.SCTP && l4Bytes >= SctpLayout.HEADER_BYTES && PartialChecksum.isPartialSctp(l4);
    }

    /** DHCP's first words come from 0.0.0.0, to the limited broadcast address. */
    private static boolean isUnspecifiedAllowed(final long ip) {
        return Ipv4Layout.destination(ip) == BROADCAST;
    }

    private static boolean ipv4OddHeaderSlow(
            final Lane lane, final Batch b, final int slot, final long ip, final int headerBytes, final int available) {
        DropReason reason = null;
        if (Ipv4Layout.version(ip) != 4) {
            reason = DropReason.IPV4_VERSION;
        } else if (headerBytes < Ipv4Layout.HEADER_BYTES || headerBytes > available) {
            reason = DropReason.IPV4_HEADER_LENGTH;
        } else if (!Checksum.verifyIpv4(ip, headerBytes)) {
            reason = DropReason.IPV4_CHECKSUM;
        } else if (refusesOptions(ip, headerBytes)) {
            reason = DropReason.IPV4_OPTIONS;
        }
        if (reason != null) {
            lane.drop(b, slot, reason);
            return false;
        }
        return true;
    }

    /** Options that leave the header, and source routes, which the kernel refuses unless told otherwise. */
    private static boolean refusesOptions(final long ip, final int headerBytes) {
        int option = Ipv4Layout.firstOption(ip, headerBytes);
        while (option > 0) {
            final int kind = Ipv4Layout.optionKind(ip, option);
            if (kind == Ipv4Layout.OPTION_LOOSE_SOURCE_ROUTE || kind == Ipv4Layout.OPTION_STRICT_SOURCE_ROUTE) {
                return true;
            }
            option = Ipv4Layout.nextOption(ip, option, headerBytes);
        }
        return option == Ipv4Layout.OPTIONS_MALFORMED;
    }

    private static void ipv6(final Lane lane, final Batch b, final int slot, final long ip, final int available) {
        if (available < Ipv6Layout.HEADER_BYTES) {
            lane.drop(b, slot, DropReason.IPV6_TRUNCATED);
            return;
        }
        if (Ipv6Layout.version(ip) != 6) {
            lane.drop(b, slot, DropReason.IPV6_VERSION);
            return;
        }
        final int total = Ipv6Layout.HEADER_BYTES + Ipv6Layout.payloadLength(ip);
        if (total > available) {
            lane.drop(b, slot, DropReason.IPV6_PAYLOAD_LENGTH);
            return;
        }
        final long sourceHigh = Ipv6Layout.sourceHigh(ip);
        if (sourceHigh >>> 56 == IPV6_MULTICAST_BYTE || sourceHigh == 0 && isNoSender(Ipv6Layout.sourceLow(ip))) {
            lane.drop(b, slot, DropReason.IPV6_MARTIAN_SOURCE);
            return;
        }
        if (Ipv6Layout.destinationHigh(ip) == 0 && isHostOnly(Ipv6Layout.destinationLow(ip))) {
            lane.drop(b, slot, DropReason.IPV6_MARTIAN_DESTINATION);
            return;
        }
        b.length[slot] = EthernetLayout.HEADER_BYTES + total;
        final int next = Ipv6Layout.nextHeader(ip);
        if (next == IpProtocol.TCP || next == IpProtocol.UDP || next == IpProtocol.ICMPV6) {
            b.protocol[slot] = next;
            b.transport[slot] = EthernetLayout.HEADER_BYTES + Ipv6Layout.HEADER_BYTES;
            b.flags[slot] = partial6(lane, b, slot, ip, Ipv6Layout.HEADER_BYTES, total, next);
            b.family[slot] = IPV6;
        } else {
            ipv6ExtensionsSlow(lane, b, slot, ip, total);
        }
    }

    /** {@code ::}, {@code ::1} and IPv4-mapped addresses, behind which a filter would not see the IPv4 address. */
    private static boolean isNoSender(final long low) {
        return isHostOnly(low) || low >>> Integer.SIZE == IPV4_MAPPED;
    }

    /** {@code ::} and {@code ::1}. */
    private static boolean isHostOnly(final long low) {
        return low == 0 || low == 1;
    }

    private static int partial6(
            final Lane lane, final Batch b, final int slot, final long ip, final int offset, final int total, final int next) {
        if (!lane.ports.partialChecksums(b.inPort[slot])) {
            return 0;
        }
        final boolean partial = hasChecksum(next, total - offset)
                ? PartialChecksum.isPartial6(ip, ip + offset, total - offset, next)
                : isPartialSctp(next, ip + offset, total - offset);
        return partial ? Batch.PARTIAL_CHECKSUM : 0;
    }

    private static void ipv6ExtensionsSlow(
            final Lane lane, final Batch b, final int slot, final long ip, final int total) {
        final long walk = Ipv6Extensions.walk(ip, ip + total);
        if (Ipv6Extensions.isError(walk)) {
            lane.drop(b, slot, DropReason.IPV6_EXTENSION);
            return;
        }
        final int next = Ipv6Extensions.nextHeader(walk);
        final int offset = Ipv6Extensions.l4Offset(walk);
        b.protocol[slot] = next;
        b.transport[slot] = EthernetLayout.HEADER_BYTES + offset;
        if (Ipv6Extensions.isFragment(walk)) {
            b.flags[slot] = Ipv6Extensions.fragmentOffset(walk) == 0
                    ? Batch.FRAGMENT : Batch.FRAGMENT | Batch.LATER_FRAGMENT;
        } else {
            b.flags[slot] = partial6(lane, b, slot, ip, offset, total, next);
        }
        b.family[slot] = IPV6;
    }
}
