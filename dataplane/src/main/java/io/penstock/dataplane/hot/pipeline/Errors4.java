package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.hot.fib.AddressBook;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.dataplane.hot.icmp.Icmp4Reply;
import io.penstock.dataplane.hot.icmp.IcmpLimits;
import io.penstock.dataplane.hot.icmp.IcmpRules;
import io.penstock.dataplane.hot.options.OptionState;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;

/**
 * Tells senders of IPv4 packets what became of them. To be called before the packet is dropped.
 *
 * <p>Nothing is told about what this host sent, its sockets' errors being the kernel's, unless a rule refuses it. The order of the checks is the kernel's,
 * because the limits count only what gets as far as them; that a frame is free is asked first, so that what cannot be sent
 * takes nothing from the limits.
 *
 * <p>Source: RFC 792, RFC 1122 section 3.2.2, RFC 1812 section 4.3; net/ipv4/icmp.c __icmp_send, net/ipv4/route.c ip_error,
 * ip_rt_send_redirect. Threads: the lane's worker.
 */
final class Errors4 {

    private static final int NET_SHIFT = 24;
    private static final int LOOPBACK_NET = 127;
    private static final int MULTICAST_SHIFT = 28;
    private static final int MULTICAST = 0xE;
    private static final int BROADCAST = 0xFFFF_FFFF;
    private static final int CODE_REDIRECT_HOST = 1;
    private static final int MIXING_ROUNDS = 2;
    /** Odd, so that multiplying by it is one to one. */
    private static final int MIXING_FACTOR = 0x9E37;

    private final Lane lane;
    private final Icmp4Reply reply = new Icmp4Reply();
    private int sent;

    Errors4(final Lane lane) {
        this.lane = lane;
    }

    /** Destination unreachable because of the route, as often as the source may be told. */
    void routeError(final Batch b, final int slot, final int code) {
        if (!lane.originator.hasFrame()) {
            lane.counters.icmpNoFrame++;
        } else if (lane.limits.routeError4(Ipv4Layout.source(b.frame[slot] + b.network[slot]), b.nowNs)) {
            send(b, slot, IcmpLayout.DESTINATION_UNREACHABLE, code, 0);
        } else {
            lane.counters.icmpLimited++;
        }
    }

    /** Tells the sender of the next hop, as often as a host may be told that does not heed it. */
    void redirect(final Batch b, final int slot) {
        final long ip = b.frame[slot] + b.network[slot];
        final long adjacency = lane.fib.adjacency(b.adjacency[slot]);
        final boolean gateway =
                (AdjacencyLayout.flags(AdjacencyLayout.headAcquire(adjacency)) & AdjacencyLayout.FLAG_GATEWAY) != 0;
        final int hop = gateway ? (int) AdjacencyLayout.nextHopLow(adjacency) : Ipv4Layout.destination(ip);
        if (!lane.originator.hasFrame()) {
            lane.counters.icmpNoFrame++;
        } else if (lane.limits.redirect4(Ipv4Layout.source(ip), b.nowNs)) {
            send(b, slot, IcmpLayout.REDIRECT, CODE_REDIRECT_HOST, hop);
        } else {
            lane.counters.icmpLimited++;
        }
    }

    /** The neighbour does not answer. */
    void neighbourFailed(final Batch b, final int slot) {
        if ((b.flags[slot] & Batch.OPTIONS) == 0 || lane.options.again(b, slot)) {
            send(b, slot, IcmpLayout.DESTINATION_UNREACHABLE, IcmpLayout.CODE_HOST_UNREACHABLE, 0);
        }
    }

    /** Sends an error about a packet, if there may be one. */
    void send(final Batch b, final int slot, final int type, final int code, final int rest) {
        final long ip = b.frame[slot] + b.network[slot];
        final int bytes = b.length[slot] - b.network[slot];
        final boolean isCopy = Batch.isCopy(b.flags[slot]);
        if (b.inPort[slot] == Batch.FROM_HOST && !isCopy || (b.flags[slot] & Batch.LINK_MULTICAST) != 0 || lane.originator.isBusy()
                || isToAll(b, slot, isCopy ? (int) b.gatewayLow[slot] : Ipv4Layout.destination(ip)) || !IcmpRules.mayAnswer4(ip, bytes)) {
            return;
        }
        if (!lane.originator.hasFrame()) {
            lane.counters.icmpNoFrame++;
            return;
        }
        final int verdict = lane.limits.begin4(type, code, b.nowNs);
        if (verdict == IcmpLimits.REFUSED) {
            lane.counters.icmpLimited++;
            return;
        }
        final PacketOptions options = lane.options;
        options.bind(b, slot);
        final long state = (b.flags[slot] & Batch.OPTIONS) == 0 ? OptionState.NONE
                : isCopy ? lane.copies.optionState(b) : b.options[slot];
        if (!reply.prepare(ip, state, options)) {
            return;
        }
        final int to = reply.destination(ip);
        final int fixed = fixedSource(b, slot);
        final int hash = Multipath.hashTo(lane, lane.fib.lookup4(to), fixed, Multipath.hash(lane, b, slot));
        final long way = lane.fib.adjacency(lane.fib.select(lane.fib.lookup4(to), hash));
        final int kind = AdjacencyLayout.kind(AdjacencyLayout.headAcquire(way));
        if (to == 0 || kind < AdjacencyKind.FORWARD && kind != AdjacencyKind.BROADCAST) {
            return;
        }
        final int source = fixed != 0 ? fixed : AdjacencyLayout.source4(way);
        if (source >>> NET_SHIFT == LOOPBACK_NET && !mayLoopbackLeave(way)) {
            return;
        }
        if (!lane.limits.peer4(verdict, to, b.nowNs)) {
            lane.counters.icmpLimited++;
            return;
        }
        final int written = reply.write(lane.originator.begin(), ip, bytes, type, code, rest, source,
                lane.settings.defaultTtl, identification(), AdjacencyLayout.mtu(way),
                options.timestampMs(b.nowNs));
        if (written == 0) {
            lane.originator.cancel();
            return;
        }
        lane.originator.attach(b, slot);
        lane.originator.send(written, EthernetLayout.TYPE_IPV4, Batch.NO_PORT, hash,
                lane.settings.fwmarkReflect4 ? b.mark[slot] : 0, b.nowNs);
    }

    /**
     * Tells this host's own socket of an error about what it sent: delivered as if the destination had said so, by the port that the
     * packet would have left by. As over loopback, only the limit over all destinations counts.
     */
    void toHost(final Batch b, final int slot, final int type, final int code) {
        final long ip = b.frame[slot] + b.network[slot];
        final int bytes = b.length[slot] - b.network[slot];
        if (!lane.deliverable() || b.outPort[slot] < 0 || lane.originator.isBusy() || isToAll(b, slot, Ipv4Layout.destination(ip))
                || !IcmpRules.mayAnswer4(ip, bytes)) {
            return;
        }
        if (!lane.originator.hasFrame()) {
            lane.counters.icmpNoFrame++;
            return;
        }
        final int verdict = lane.limits.begin4(type, code, b.nowNs);
        lane.options.bind(b, slot);
        if (!lane.limits.local(verdict) || !reply.prepare(ip, OptionState.NONE, lane.options)) {
            lane.counters.icmpLimited++;
            return;
        }
        final int written = reply.write(lane.originator.begin(), ip, bytes, type, code, 0, Ipv4Layout.destination(ip),
                lane.settings.defaultTtl, identification(), Icmp4Reply.MAX_BYTES, lane.options.timestampMs(b.nowNs));
        lane.originator.deliver(written, EthernetLayout.TYPE_IPV4, IpProtocol.ICMP, b.outPort[slot],
                lane.settings.fwmarkReflect4 ? b.mark[slot] : 0, b.nowNs);
    }

    /** The address that was written to, if it is this host's own; else the port's, if so set; else 0: the way's. */
    private int fixedSource(final Batch b, final int slot) {
        final long ip = b.frame[slot] + b.network[slot];
        if (kindOf(b.adjacency[slot]) == AdjacencyKind.LOCAL) {
            return Ipv4Layout.destination(ip);
        }
        if (lane.settings.icmpErrorsUseInboundAddress && b.inPort[slot] != Batch.FROM_HOST) {
            return lane.addresses.v4().source(b.inPort[slot], Ipv4Layout.source(ip), AddressBook.SCOPE_LINK);
        }
        return 0;
    }

    /** Only where the port says so. Source: net/ipv4/route.c __mkroute_output. */
    boolean mayLoopbackLeave(final long way) {
        final int port = AdjacencyLayout.port(AdjacencyLayout.headAcquire(way));
        return port >= 0 && (lane.ports.word(port) & PortTable.ROUTE_LOCALNET) != 0;
    }

    /** Each number of 16 bits once in 65,536 errors, in an order that nobody else can tell. */
    private int identification() {
        int mixed = ++sent + lane.settings.identificationKey & 0xFFFF;
        for (int round = 0; round < MIXING_ROUNDS; round++) {
            mixed = (mixed ^ mixed >>> 7) * (lane.settings.identificationKey >>> 16 | 1) & 0xFFFF;
            mixed = (mixed ^ mixed >>> 9) * MIXING_FACTOR & 0xFFFF;
        }
        return mixed;
    }

    /** What is forwarded to all of another link is to this host no broadcast. */
    boolean isToAll(final Batch b, final int slot, final int destination) {
        // Of what the kernel has routed, the adjacency says nothing.
        final int adjacency = (b.flags[slot] & Batch.HOST_ROUTED) == 0 ? b.adjacency[slot] : lane.fib.lookup4(destination);
        return destination >>> MULTICAST_SHIFT == MULTICAST || destination == BROADCAST
                || kindOf(adjacency) == AdjacencyKind.BROADCAST
                        && (lane.ports.word(b.inPort[slot]) & PortTable.BC_FORWARDING) == 0;
    }

    private int kindOf(final int adjacency) {
        return AdjacencyLayout.kind(AdjacencyLayout.headAcquire(lane.fib.adjacency(adjacency)));
    }
}
