package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.dataplane.hot.options.OptionState;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.hot.RulePacket;

/**
 * Sends copies of packets to a gateway (TEE): through LOCAL_OUT and POST_ROUTING, as if this host had sent them, by the route to the
 * gateway and to the neighbour that leads there.
 *
 * <p>Invariants, as in the kernel:
 * <ol>
 *   <li>A copy is not copied again.</li>
 *   <li>Of IPv4, none is fragmented: its sender is told of the smaller MTU. Nor of IPv6, in whose packets only the sender fragments.</li>
 *   <li>Before and at LOCAL_IN, where nobody has done so yet, the copy has one hop less to live; two hosts that copy to each other come to
 *       an end.</li>
 * </ol>
 *
 * <p>Differs from Linux: a device that is asked for must be one that the route to the gateway has; and a copy to a group of IPv6 that this host is
 * in leaves even where the hop that was taken off was its last one.
 *
 * <p>Source: net/ipv4/netfilter/nf_dup_ipv4.c, net/ipv6/netfilter/nf_dup_ipv6.c. Threads: the lane's worker.
 */
final class RuleCopies {

    private static final int VERSION_4 = 4;
    private static final int BYTE_MASK = 0xFF;
    private static final int PREROUTING = RuleHook.PREROUTING.ordinal();
    private static final int BEFORE_TTL = RuleHook.mask(RuleHook.PREROUTING, RuleHook.INPUT);

    private final Lane lane;

    RuleCopies(final Lane lane) {
        this.lane = lane;
    }

    /** See {@link io.penstock.rules.hot.PacketServices#tee}. */
    void send(final RulePacket packet, final long gatewayHigh, final long gatewayLow, final String name) {
        final Originator copies = lane.copies;
        if (copies.isBusy()) {
            return;
        }
        final Batch b = (Batch) packet.batch;
        final boolean ipv4 = packet.version == VERSION_4;
        final int device = name.isEmpty() ? 0 : lane.devices.ifindexOf(name);
        final int port = device == 0 ? Batch.NO_PORT : lane.devices.portOf(device);
        final int linkPort = device == 0 && b.inPort[packet.slot] != Batch.FROM_HOST ? b.inPort[packet.slot] : port;
        final long high = ipv4 ? 0 : LinkLocal6.inTable(linkPort, gatewayHigh);
        if (!leads(ipv4 ? lane.fib.lookup4((int) gatewayLow) : lane.fib.lookup6(high, gatewayLow), port, device)) {
            return;
        }
        if (!copies.hasFrame()) {
            lane.counters.icmpNoFrame++;
            return;
        }
        final long to = copies.begin();
        if (packet.length > lane.chunkEnd(to) - to) {
            copies.cancel();
            return;
        }
        // What its link header says of the packet holds for the copy too: whether it was for all, for one.
        final boolean hasLink = packet.frame != 0;
        final int linkBytes = hasLink ? EthernetLayout.HEADER_BYTES : 0;
        Memory.copy(packet.network - linkBytes, to - linkBytes, linkBytes + packet.length);
        if (ipv4) {
            finish4(to, packet.hook);
        } else if (isBefore(packet.hook)) {
            Ipv6Layout.setHopLimit(to, Ipv6Layout.hopLimit(to) - 1 & BYTE_MASK);
        }
        copies.sendCopy(packet.length, ipv4 ? EthernetLayout.TYPE_IPV4 : EthernetLayout.TYPE_IPV6, hasLink,
                b.inPort[packet.slot], optionState(b, packet), high, gatewayLow, port, packet.mark, packet.traced, b.nowNs);
    }

    /** They are looked at with the routing decision. */
    private static long optionState(final Batch b, final RulePacket packet) {
        final boolean isKnown = (b.flags[packet.slot] & Batch.OPTIONS) != 0 && packet.hook != PREROUTING
                && b.inPort[packet.slot] != Batch.FROM_HOST;
        return isKnown ? b.options[packet.slot] : OptionState.NONE;
    }

    private boolean leads(final int adjacency, final int port, final int device) {
        final long way = lane.fib.adjacency(port < 0 ? adjacency : Multipath.firstBy(lane, adjacency, port));
        final int kind = AdjacencyLayout.kind(AdjacencyLayout.headAcquire(way));
        return (kind >= AdjacencyKind.KERNEL || kind == AdjacencyKind.LOCAL || kind == AdjacencyKind.BROADCAST)
                && (device == 0 || AdjacencyLayout.ifindex(way) == device);
    }

    private static void finish4(final long ip, final int hook) {
        Ipv4Layout.setFragmentWord(ip, Ipv4Layout.fragmentWord(ip) | Ipv4Layout.DONT_FRAGMENT);
        if (isBefore(hook)) {
            Ipv4Layout.setTtl(ip, Ipv4Layout.ttl(ip) - 1 & BYTE_MASK);
        }
        Checksum.writeIpv4(ip, Ipv4Layout.headerBytes(ip));
    }

    private static boolean isBefore(final int hook) {
        return (BEFORE_TTL >>> hook & 1) != 0;
    }
}
