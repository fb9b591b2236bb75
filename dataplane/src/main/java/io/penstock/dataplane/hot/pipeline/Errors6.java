package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.hot.fib.Addresses6;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.dataplane.hot.icmp.Icmp6Reply;
import io.penstock.dataplane.hot.icmp.IcmpLimits;
import io.penstock.dataplane.hot.icmp.IcmpRules;
import io.penstock.dataplane.hot.icmp.NdRedirect;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.FlowHash;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * Tells senders of IPv6 packets what became of them. To be called before the packet is dropped.
 *
 * <p>As {@link Errors4}: nothing about what this host sent unless a rule refuses it, and in the kernel's order.
 *
 * <p>Source: RFC 4443 sections 2.4 and 3, RFC 4861 section 8.2; net/ipv6/icmp.c icmp6_send, net/ipv6/ndisc.c
 * ndisc_send_redirect. Threads: the lane's worker.
 */
final class Errors6 {

    private static final int MULTICAST_BYTE = 0xFF;
    private static final int FIRST_BYTE_SHIFT = 56;
    private static final long FLOW_LABEL_SEED = 0x5851_F42D_4C95_7F2DL;
    private static final int NO_TRAFFIC_CLASS = 0;

    private final Lane lane;

    Errors6(final Lane lane) {
        this.lane = lane;
    }

    /** Parameter problem in the hop-by-hop options, as {@link HopByHop} found it. */
    void hopByHop(final Batch b, final int slot) {
        final long problem = b.options[slot];
        send(b, slot, Icmpv6Layout.PARAMETER_PROBLEM, HopByHop.code(problem), HopByHop.pointer(problem), b.inPort[slot]);
    }

    /** The neighbour does not answer. */
    void neighbourFailed(final Batch b, final int slot) {
        send(b, slot, Icmpv6Layout.DESTINATION_UNREACHABLE, Icmpv6Layout.CODE_ADDRESS_UNREACHABLE, 0, b.outPort[slot]);
    }

    /**
     * Sends an error about a packet, if there may be one.
     *
     * @param port the port that the packet is at: the one it came by, or the one it would have left by
     */
    void send(final Batch b, final int slot, final int type, final int code, final int rest, final int port) {
        final long ip = b.frame[slot] + b.network[slot];
        final int bytes = b.length[slot] - b.network[slot];
        final boolean toHost = (b.flags[slot] & Batch.LINK_MULTICAST) == 0;
        final boolean isCopy = Batch.isCopy(b.flags[slot]);
        if (b.inPort[slot] == Batch.FROM_HOST && !isCopy || lane.originator.isBusy()
                || !IcmpRules.mayAnswer6(ip, bytes, type, code, rest, toHost)) {
            return;
        }
        if (!lane.originator.hasFrame()) {
            lane.counters.icmpNoFrame++;
            return;
        }
        final int verdict = lane.limits.begin6(type, b.nowNs);
        if (verdict == IcmpLimits.REFUSED) {
            lane.counters.icmpLimited++;
            return;
        }
        final long toHigh = Ipv6Layout.sourceHigh(ip);
        final long toLow = Ipv6Layout.sourceLow(ip);
        final int hash = Multipath.hash(lane, b, slot);
        final int found = lane.fib.select(LinkLocal6.lookup(lane, port, toHigh, toLow), hash);
        final long way = lane.fib.adjacency(found);
        final long head = AdjacencyLayout.headAcquire(way);
        if (AdjacencyLayout.kind(head) < AdjacencyKind.FORWARD
                || !lane.settings.icmp6ErrorAnycastAsUnicast && lane.fib.isSubnetAnycast6(LinkLocal6.inTable(port, toHigh), toLow)) {
            return;
        }
        final Addresses6 own = lane.addresses.v6();
        final long ownHigh;
        final long ownLow;
        if (toHost && isOwn(own, port, ip)) {
            ownHigh = Ipv6Layout.destinationHigh(ip);
            ownLow = Ipv6Layout.destinationLow(ip);
        } else if ((AdjacencyLayout.source6High(way) | AdjacencyLayout.source6Low(way)) != 0) {
            ownHigh = AdjacencyLayout.source6High(way);
            ownLow = AdjacencyLayout.source6Low(way);
        } else {
            // Of the port that the packet came by: that is what its sender knows of this host.
            final int number = own.source(lane.copies.cameBy(b, slot), toHigh, toLow);
            if (number < 0) {
                return;
            }
            ownHigh = own.high(number);
            ownLow = own.low(number);
        }
        if (!lane.limits.peer6(verdict, toHigh, toLow, b.nowNs)) {
            lane.counters.icmpLimited++;
            return;
        }
        final int written = Icmp6Reply.write(lane.originator.begin(), ip, bytes, type, code, rest, ownHigh, ownLow,
                lane.settings.hopLimit6, NO_TRAFFIC_CLASS, flowLabel(ownHigh, ownLow, toHigh, toLow));
        lane.originator.attach(b, slot);
        lane.originator.send(written, EthernetLayout.TYPE_IPV6, port, hash,
                lane.settings.fwmarkReflect6 ? b.mark[slot] : 0, b.nowNs);
    }

    /**
     * Tells this host's own socket of an error about what it sent: from the host's address to itself, by the port that the packet would
     * have left by. As over loopback, nothing limits it.
     */
    void toHost(final Batch b, final int slot, final int type, final int code) {
        final long ip = b.frame[slot] + b.network[slot];
        final int bytes = b.length[slot] - b.network[slot];
        if (!lane.deliverable() || b.outPort[slot] < 0 || lane.originator.isBusy()
                || !IcmpRules.mayAnswer6(ip, bytes, type, code, 0, true)) {
            return;
        }
        if (!lane.originator.hasFrame()) {
            lane.counters.icmpNoFrame++;
            return;
        }
        final long ownHigh = Ipv6Layout.sourceHigh(ip);
        final long ownLow = Ipv6Layout.sourceLow(ip);
        final int written = Icmp6Reply.write(lane.originator.begin(), ip, bytes, type, code, 0, ownHigh, ownLow,
                lane.settings.hopLimit6, NO_TRAFFIC_CLASS, flowLabel(ownHigh, ownLow, ownHigh, ownLow));
        lane.originator.deliver(written, EthernetLayout.TYPE_IPV6, IpProtocol.ICMPV6, b.outPort[slot],
                lane.settings.fwmarkReflect6 ? b.mark[slot] : 0, b.nowNs);
    }

    /** Tells the sender of the next hop, as often as destination and source may be told. */
    void redirect(final Batch b, final int slot, final long adjacency) {
        final long ip = b.frame[slot] + b.network[slot];
        final int port = b.inPort[slot];
        if (port == Batch.FROM_HOST || lane.originator.isBusy()) {
            return;
        }
        if (!lane.originator.hasFrame()) {
            lane.counters.icmpNoFrame++;
            return;
        }
        if (!lane.limits.redirect6(Ipv6Layout.destinationHigh(ip), Ipv6Layout.destinationLow(ip), b.nowNs)) {
            lane.counters.icmpLimited++;
            return;
        }
        final long head = AdjacencyLayout.headAcquire(adjacency);
        final boolean gateway = (AdjacencyLayout.flags(head) & AdjacencyLayout.FLAG_GATEWAY) != 0;
        final long targetHigh = gateway ? AdjacencyLayout.nextHopHigh(adjacency) : Ipv6Layout.destinationHigh(ip);
        final long targetLow = gateway ? AdjacencyLayout.nextHopLow(adjacency) : Ipv6Layout.destinationLow(ip);
        final long toHigh = Ipv6Layout.sourceHigh(ip);
        final long toLow = Ipv6Layout.sourceLow(ip);
        final Addresses6 own = lane.addresses.v6();
        final int from = LinkLocal6.own(own, port);
        if (from < 0 || !NdRedirect.mayRedirect(ip, targetHigh, targetLow)) {
            return;
        }
        final int hash = Multipath.hash(lane, b, slot);
        final long back = AdjacencyLayout.headAcquire(
                lane.fib.adjacency(lane.fib.select(LinkLocal6.lookup(lane, port, toHigh, toLow), hash)));
        final boolean toItself = AdjacencyLayout.kind(back) == AdjacencyKind.LOCAL;
        if (!toItself && AdjacencyLayout.kind(back) < AdjacencyKind.FORWARD
                || (AdjacencyLayout.flags(back) & AdjacencyLayout.FLAG_GATEWAY) != 0) {
            return;
        }
        if (!lane.limits.redirect6(toHigh, toLow, b.nowNs)) {
            lane.counters.icmpLimited++;
            return;
        }
        if (toItself) {
            // Counted all the same: somebody else sends with an address of this host's, and uses up what that may be told.
            return;
        }
        if (!lane.originator.hasFrame()) {
            lane.counters.icmpNoFrame++;
            return;
        }
        final boolean known = (AdjacencyLayout.kind(head) == AdjacencyKind.FORWARD || AdjacencyLayout.kind(head) == AdjacencyKind.UNCONFIRMED)
                && (lane.ports.word(port) & PortTable.RAW_IP) == 0;
        final int written = NdRedirect.write(lane.originator.begin(), ip, b.length[slot] - b.network[slot], own.high(from),
                own.low(from), targetHigh, targetLow,
                known ? Memory.getLongBE(adjacency + AdjacencyLayout.DESTINATION_MAC) >>> 16 : NdRedirect.NO_MAC,
                NO_TRAFFIC_CLASS);
        lane.originator.send(written, EthernetLayout.TYPE_IPV6, port, hash, 0, b.nowNs);
    }

    /** True when the packet was sent to an address of this host's own. */
    private boolean isOwn(final Addresses6 own, final int port, final long ip) {
        final long high = Ipv6Layout.destinationHigh(ip);
        final long low = Ipv6Layout.destinationLow(ip);
        if (high >>> FIRST_BYTE_SHIFT == MULTICAST_BYTE) {
            return false;
        }
        if (own.isOwn(port, high, low)) {
            return true;
        }
        final long head = AdjacencyLayout.headAcquire(lane.fib.adjacency(LinkLocal6.lookup(lane, port, high, low)));
        return AdjacencyLayout.kind(head) == AdjacencyKind.LOCAL
                && (AdjacencyLayout.flags(head) & AdjacencyLayout.FLAG_ANYCAST) != 0;
    }

    private int flowLabel(final long fromHigh, final long fromLow, final long toHigh, final long toLow) {
        return lane.settings.autoFlowlabels == 0 ? 0
                : (int) FlowHash.hash6(fromHigh, fromLow, toHigh, toLow, 0, 0, IpProtocol.ICMPV6, FLOW_LABEL_SEED)
                        & Ipv6Layout.FLOW_LABEL_MASK;
    }
}
