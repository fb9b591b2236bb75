package io.penstock.dataplane.hot.pipeline;

import io.penstock.conntrack.hot.ConnInfo;
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
 * From bytes to a packet: checks the length once per header, finds the transport header, drops what is malformed. No more is
 * judged here than the kernel judges before PRE_ROUTING: which addresses may send is the routing decision's matter for IPv4.
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

    /** {@code family} of a packet whose sender is told what is wrong with it once its turn has come. */
    public static final int REFUSED = -1;

    private static final int IPV6_MULTICAST_BYTE = 0xFF;
    private static final int FIRST_BYTE_SHIFT = 56;
    private static final int SCOPE_SHIFT = 48;
    private static final int SCOPE_MASK = 0xF;
    private static final int INTERFACE_LOCAL_SCOPE = 1;

    /** What headers do not say. */
    private static final int KEPT_FLAGS = Batch.HOST_ROUTED | Batch.LINK_MULTICAST;

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

    /** Parses all packets of a batch that this host sends; their marks are known. */
    public static void hostBatch(final Lane lane, final Batch b) {
        final int n = b.count;
        for (int slot = 0; slot < n; slot++) {
            one(lane, b, slot);
            if (b.outPort[slot] != Batch.NO_PORT && !lane.originator.isBusy()) {
                b.flags[slot] |= Batch.HOST_ROUTED;
            }
        }
    }

    /** The turn of a packet that was {@link #REFUSED} has come. */
    public static void refuse(final Lane lane, final Batch b, final int slot) {
        lane.errors6.hopByHop(b, slot);
        lane.drop(b, slot, DropReason.IPV6_HOP_BY_HOP);
    }

    /** Before INGRESS functions, which see a packet that nobody has parsed: there is no transport header and no mark. */
    public static void arrive(final Batch b, final int slot) {
        b.network[slot] = Math.min(EthernetLayout.HEADER_BYTES, b.length[slot]);
        b.transport[slot] = b.length[slot];
        b.family[slot] = 0;
        b.protocol[slot] = 0;
        b.flags[slot] = 0;
        b.mark[slot] = 0;
        b.connectionInfo[slot] = ConnInfo.NONE;
    }

    /**
     * Parses a packet once more that has become another; false when it was dropped.
     *
     * <p>Its link header has been looked at before.
     */
    public static boolean again(final Lane lane, final Batch b, final int slot) {
        b.flags[slot] &= KEPT_FLAGS;
        b.family[slot] = 0;
        parse(lane, b, slot, b.frame[slot], b.length[slot]);
        if (b.family[slot] == REFUSED) {
            refuse(lane, b, slot);
        }
        return b.outcome[slot] == Outcome.NONE;
    }

    /** Says of a fragment that has been parsed before what it is, for an error about it: nothing is judged again. */
    static void quote(final Lane lane, final Batch b, final int slot, final boolean isIpv4) {
        final long ip = b.frame[slot] + EthernetLayout.HEADER_BYTES;
        b.network[slot] = EthernetLayout.HEADER_BYTES;
        b.flags[slot] = EthernetLayout.isMulticast(EthernetLayout.destination(b.frame[slot])) ? Batch.LINK_MULTICAST : 0;
        b.connectionInfo[slot] = ConnInfo.NONE;
        b.outcome[slot] = Outcome.NONE;
        if (isIpv4) {
            b.family[slot] = IPV4;
            b.protocol[slot] = Ipv4Layout.protocol(ip);
            b.transport[slot] = EthernetLayout.HEADER_BYTES + Ipv4Layout.headerBytes(ip);
            b.flags[slot] |= fragment4Slow(ip);
        } else {
            b.family[slot] = IPV6;
            ipv6TransportSlow(b, slot, ip, b.length[slot] - EthernetLayout.HEADER_BYTES, lane.ports.word(b.inPort[slot]));
        }
    }

    /** Parses one packet. */
    public static void one(final Lane lane, final Batch b, final int slot) {
        final long frame = b.frame[slot];
        final int length = b.length[slot];
        b.outcome[slot] = Outcome.NONE;
        b.family[slot] = 0;
        b.connectionInfo[slot] = ConnInfo.NONE;
        if (length < EthernetLayout.HEADER_BYTES) {
            lane.drop(b, slot, DropReason.FRAME_TRUNCATED);
            return;
        }
        b.flags[slot] = 0;
        final long mac = lane.ports.mac(b.inPort[slot]);
        if (!EthernetLayout.isDestination(frame, mac) && !acceptsSlow(lane, b, slot, mac)) {
            return;
        }
        parse(lane, b, slot, frame, length);
    }

    /** What is behind the link header. */
    private static void parse(final Lane lane, final Batch b, final int slot, final long frame, final int length) {
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
        if (EthernetLayout.isMulticast(EthernetLayout.destination(b.frame[slot]))) {
            b.flags[slot] = Batch.LINK_MULTICAST;
            return true;
        }
        if (mac == PortTable.ANY_MAC) {
            return true;
        }
        lane.drop(b, slot, DropReason.FRAME_OTHER_HOST);
        return false;
    }

    private static void otherSlow(final Lane lane, final Batch b, final int slot, final int type) {
        // ARP of this host's must say where it goes: no route leads there.
        if (type == EthernetLayout.TYPE_ARP
                && (b.inPort[slot] != Batch.FROM_HOST || b.outPort[slot] != Batch.NO_PORT)) {
            b.transport[slot] = b.length[slot];
            b.protocol[slot] = 0;
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
        b.length[slot] = EthernetLayout.HEADER_BYTES + total;
        b.transport[slot] = EthernetLayout.HEADER_BYTES + headerBytes;
        b.protocol[slot] = Ipv4Layout.protocol(ip);
        b.flags[slot] |= Ipv4Layout.isFragment(ip) ? fragment4Slow(ip) : partial4(lane, b, slot, ip, headerBytes, total);
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

    /** Local senders leave TCP's and UDP's checksums begun. */
    private static boolean hasChecksum(final int protocol, final int l4Bytes) {
        return protocol == IpProtocol.TCP && l4Bytes >= TcpLayout.HEADER_BYTES
                || protocol == IpProtocol.UDP && l4Bytes >= UdpLayout.HEADER_BYTES;
    }

    /** A local sender's SCTP leaves with its whole checksum to be written. */
    private static boolean isPartialSctp(final int protocol, final long l4, final int l4Bytes) {
        return protocol == IpProtocol.SCTP && l4Bytes >= SctpLayout.HEADER_BYTES && PartialChecksum.isPartialSctp(l4);
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
        }
        if (reason != null) {
            lane.drop(b, slot, reason);
            return false;
        }
        b.flags[slot] |= Batch.OPTIONS;
        return true;
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
        final int port = lane.ports.word(b.inPort[slot]);
        if ((port & PortTable.DISABLE_IPV6) != 0) {
            lane.drop(b, slot, DropReason.IPV6_DISABLED);
            return;
        }
        final long sourceHigh = Ipv6Layout.sourceHigh(ip);
        if (sourceHigh >>> FIRST_BYTE_SHIFT == IPV6_MULTICAST_BYTE || sourceHigh == 0 && Ipv6Layout.sourceLow(ip) == 1) {
            lane.drop(b, slot, DropReason.IPV6_MARTIAN_SOURCE);
            return;
        }
        final long destinationHigh = Ipv6Layout.destinationHigh(ip);
        if (destinationHigh >>> FIRST_BYTE_SHIFT == IPV6_MULTICAST_BYTE && isTooNear(destinationHigh)
                || destinationHigh == 0 && Ipv6Layout.destinationLow(ip) == 1) {
            lane.drop(b, slot, DropReason.IPV6_MARTIAN_DESTINATION);
            return;
        }
        final int next = Ipv6Layout.nextHeader(ip);
        int total = Ipv6Layout.HEADER_BYTES + Ipv6Layout.payloadLength(ip);
        if (total > available) {
            lane.drop(b, slot, DropReason.IPV6_PAYLOAD_LENGTH);
            return;
        }
        if (total == Ipv6Layout.HEADER_BYTES && next == IpProtocol.HOP_BY_HOP) {
            // A jumbogram would say its length in there; without one it is all that has come.
            total = available;
        }
        b.length[slot] = EthernetLayout.HEADER_BYTES + total;
        if (next == IpProtocol.TCP || next == IpProtocol.UDP || next == IpProtocol.ICMPV6) {
            b.protocol[slot] = next;
            b.transport[slot] = EthernetLayout.HEADER_BYTES + Ipv6Layout.HEADER_BYTES;
            b.flags[slot] |= partial6(port, ip, Ipv6Layout.HEADER_BYTES, total, next);
            b.family[slot] = IPV6;
        } else {
            ipv6ExtensionsSlow(lane, b, slot, ip, total, port);
        }
    }

    /** Groups of the reserved scope, and of the interface's own, which come from no wire (RFC 4291 section 2.7). */
    private static boolean isTooNear(final long destinationHigh) {
        return (destinationHigh >>> SCOPE_SHIFT & SCOPE_MASK) <= INTERFACE_LOCAL_SCOPE;
    }

    private static int partial6(final int port, final long ip, final int offset, final int total, final int next) {
        if ((port & PortTable.PARTIAL_CHECKSUMS) == 0) {
            return 0;
        }
        final boolean partial = hasChecksum(next, total - offset)
                ? PartialChecksum.isPartial6(ip, ip + offset, total - offset, next)
                : isPartialSctp(next, ip + offset, total - offset);
        return partial ? Batch.PARTIAL_CHECKSUM : 0;
    }

    private static void ipv6ExtensionsSlow(
            final Lane lane, final Batch b, final int slot, final long ip, final int total, final int port) {
        b.family[slot] = IPV6;
        ipv6TransportSlow(b, slot, ip, total, port);
        // Last, because an error about the packet takes the way of the packet's flow.
        if (Ipv6Layout.nextHeader(ip) == IpProtocol.HOP_BY_HOP) {
            hopByHop(lane, b, slot, ip, total);
        }
    }

    private static void ipv6TransportSlow(final Batch b, final int slot, final long ip, final int total, final int port) {
        final long walk = Ipv6Extensions.walk(ip, ip + total);
        if (Ipv6Extensions.isError(walk)) {
            // Whoever forwards need not understand them.
            b.protocol[slot] = IpProtocol.NO_NEXT_HEADER;
            b.transport[slot] = b.length[slot];
            b.flags[slot] |= Batch.NO_TRANSPORT;
            return;
        }
        final int next = Ipv6Extensions.nextHeader(walk);
        final int offset = Ipv6Extensions.l4Offset(walk);
        b.protocol[slot] = next;
        b.transport[slot] = EthernetLayout.HEADER_BYTES + offset;
        if (Ipv6Extensions.isFragment(walk)) {
            b.flags[slot] |= Ipv6Extensions.fragmentOffset(walk) == 0
                    ? Batch.FRAGMENT : Batch.FRAGMENT | Batch.LATER_FRAGMENT;
        } else {
            b.flags[slot] |= partial6(port, ip, offset, total, next);
        }
    }

    private static void hopByHop(final Lane lane, final Batch b, final int slot, final long ip, final int total) {
        final long verdict = HopByHop.judge(ip, total, lane.settings.maxHopByHopOptions, lane.settings.maxHopByHopBytes);
        if (verdict == HopByHop.DROP) {
            b.family[slot] = 0;
            lane.drop(b, slot, DropReason.IPV6_HOP_BY_HOP);
        } else if (verdict != HopByHop.PASS) {
            b.family[slot] = REFUSED;
            b.options[slot] = verdict;
        }
    }
}
