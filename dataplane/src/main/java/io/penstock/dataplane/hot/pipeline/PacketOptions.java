package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.hot.fib.AddressBook;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.dataplane.hot.icmp.Icmp4Reply;
import io.penstock.dataplane.hot.options.OptionHost;
import io.penstock.dataplane.hot.options.OptionState;
import io.penstock.dataplane.hot.options.OptionsForward;
import io.penstock.dataplane.hot.options.OptionsReceive;
import io.penstock.dataplane.hot.options.SourceRoute;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.Ipv4Layout;

/**
 * The lane's treatment of IPv4 options: bound to one packet at a time, for which it answers what options ask of the host.
 *
 * <p>Source: net/ipv4/ip_input.c ip_rcv_options, net/ipv4/ip_forward.c ip_forward_finish. Threads: the lane's worker.
 */
final class PacketOptions implements OptionHost {

    private static final int NOT_REROUTED = -1;
    /** The header's first word of options. */
    private static final int FIRST_WORD = Ipv4Layout.HEADER_BYTES / Integer.BYTES;
    /** A header has ten words of options at the most (RFC 791 section 3.1). */
    private static final int DESTINATION_WORD = 10;
    /** Words that are kept of each packet: its options and its destination. */
    static final int WORDS = DESTINATION_WORD + 1;
    private static final int MULTICAST_SHIFT = 28;
    private static final int MULTICAST = 0xE;
    private static final int BROADCAST = 0xFFFF_FFFF;
    private static final long NS_PER_MS = 1_000_000;
    private static final long MS_PER_DAY = 86_400_000;

    private final Lane lane;
    private Batch batch;
    private int slot;
    private boolean local;
    private int rerouted;

    PacketOptions(final Lane lane) {
        this.lane = lane;
    }

    /**
     * With the routing decision: looks at the options, and follows a source route.
     *
     * @param routeKind  of the packet's own route, one of {@link OptionHost}'s constants
     * @param answerable false where the route leads to all on a link
     * @return false when the packet was dropped
     */
    boolean receive(final Batch b, final int at, final int routeKind, final boolean answerable) {
        bind(b, at);
        save(b, at);
        local = routeKind == LOCAL;
        rerouted = NOT_REROUTED;
        final long ip = b.frame[at] + b.network[at];
        long state = OptionsReceive.receive(ip, Ipv4Layout.headerBytes(ip), timestampMs(b.nowNs), this);
        b.options[at] = state;
        if (OptionState.hasSourceRoute(state) && !OptionState.isProblem(state)) {
            if ((lane.ports.word(b.inPort[at]) & PortTable.ACCEPT_SOURCE_ROUTE) == 0
                    || (b.flags[at] & Batch.LINK_MULTICAST) != 0) {
                lane.drop(b, at, DropReason.SOURCE_ROUTE);
                return false;
            }
            state = SourceRoute.receive(ip, state, routeKind, this);
            b.options[at] = state;
            if (OptionState.isRefused(state)) {
                lane.drop(b, at, DropReason.SOURCE_ROUTE);
                return false;
            }
        }
        if (OptionState.isProblem(state)) {
            if (answerable) {
                lane.errors4.send(b, at, IcmpLayout.PARAMETER_PROBLEM, 0, Icmp4Reply.pointer(OptionState.pointer(state)));
            }
            lane.drop(b, at, DropReason.IPV4_OPTIONS);
            return false;
        }
        return true;
    }

    /** Where a source route has led, one of {@link OptionHost}'s constants; anything else when it has not. */
    int rerouted() {
        return rerouted;
    }

    /** After the FORWARD functions: writes what this host has to write. */
    void forward(final Batch b, final int at) {
        bind(b, at);
        final long ip = b.frame[at] + b.network[at];
        OptionsForward.forward(ip, Ipv4Layout.headerBytes(ip), b.options[at], this);
    }

    /**
     * Before the packet goes to the kernel, which looks at the options itself: they are as they came, and so is the destination
     * where a source route was followed.
     */
    void putBack(final Batch b, final int at) {
        final long ip = b.frame[at] + b.network[at];
        final int headerBytes = Ipv4Layout.headerBytes(ip);
        final int saved = at * WORDS;
        for (int offset = Ipv4Layout.HEADER_BYTES; offset < headerBytes; offset += Integer.BYTES) {
            Memory.putInt(ip + offset, b.cameWith[saved + offset / Integer.BYTES - FIRST_WORD]);
        }
        if (OptionState.hasSourceRoute(b.options[at])) {
            Ipv4Layout.setDestination(ip, b.cameWith[saved + DESTINATION_WORD]);
        }
        Checksum.writeIpv4(ip, headerBytes);
    }

    private static void save(final Batch b, final int at) {
        final long ip = b.frame[at] + b.network[at];
        final int headerBytes = Ipv4Layout.headerBytes(ip);
        final int saved = at * WORDS;
        for (int offset = Ipv4Layout.HEADER_BYTES; offset < headerBytes; offset += Integer.BYTES) {
            b.cameWith[saved + offset / Integer.BYTES - FIRST_WORD] = Memory.getInt(ip + offset);
        }
        b.cameWith[saved + DESTINATION_WORD] = Ipv4Layout.destination(ip);
    }

    /** Looks at the options once more, for an error about a packet that has been on its way for long; false if one is bad. */
    boolean again(final Batch b, final int at) {
        bind(b, at);
        local = false;
        final long ip = b.frame[at] + b.network[at];
        b.options[at] = OptionsReceive.receive(ip, Ipv4Layout.headerBytes(ip), timestampMs(b.nowNs), this);
        return !OptionState.isProblem(b.options[at]);
    }

    /** Binds it to a packet. */
    void bind(final Batch b, final int at) {
        batch = b;
        slot = at;
    }

    /** Milliseconds since midnight UTC. */
    int timestampMs(final long nowNs) {
        return (int) Math.floorMod((nowNs + lane.settings.wallClockOffsetNs) / NS_PER_MS, MS_PER_DAY);
    }

    @Override
    public int receiveAddress(final long ip) {
        if (local) {
            return Ipv4Layout.destination(ip);
        }
        final int source = Ipv4Layout.source(ip);
        final int in = batch.inPort[slot];
        if (source == 0) {
            return lane.addresses.v4().source(in, source, AddressBook.SCOPE_LINK);
        }
        final long back = lane.fib.adjacency(lane.fib.select(lane.fib.lookup4(source), 0));
        return isWay(AdjacencyLayout.kind(AdjacencyLayout.headAcquire(back)))
                ? sourceTo(source, back) : lane.addresses.v4().source(in, source, AddressBook.SCOPE_UNIVERSE);
    }

    @Override
    public int forwardAddress(final long ip) {
        final int destination = Ipv4Layout.destination(ip);
        final int out = batch.outPort[slot];
        final long way = lane.fib.adjacency(Multipath.firstBy(lane, lane.fib.lookup4(destination), out));
        final long head = AdjacencyLayout.headAcquire(way);
        if (isWay(AdjacencyLayout.kind(head)) && AdjacencyLayout.port(head) == out) {
            return sourceTo(destination, way);
        }
        final long own = lane.fib.adjacency(batch.adjacency[slot]);
        final boolean gateway =
                (AdjacencyLayout.flags(AdjacencyLayout.headAcquire(own)) & AdjacencyLayout.FLAG_GATEWAY) != 0;
        final int hop = gateway ? (int) AdjacencyLayout.nextHopLow(own) : destination;
        return lane.addresses.v4().source(out, hop, AddressBook.SCOPE_UNIVERSE);
    }

    @Override
    public boolean isUnicast(final int address) {
        if (address == 0 || address >>> MULTICAST_SHIFT == MULTICAST || address == BROADCAST) {
            return false;
        }
        final int kind = AdjacencyLayout.kind(AdjacencyLayout.headAcquire(lane.fib.adjacency(lane.fib.lookup4(address))));
        return kind != AdjacencyKind.LOCAL && kind != AdjacencyKind.BROADCAST;
    }

    @Override
    public int route(final int nextHop) {
        rerouted = Route4Slow.reroute(lane, batch, slot, nextHop);
        local = rerouted == LOCAL;
        return rerouted;
    }

    /**
     * The preferred source of the route to an address. That to one of this host's own is the address itself; other local routes
     * take what their device has. Source: net/ipv4/fib_semantics.c fib_result_prefsrc.
     */
    private int sourceTo(final int address, final long way) {
        final long head = AdjacencyLayout.headAcquire(way);
        if (AdjacencyLayout.kind(head) != AdjacencyKind.LOCAL) {
            return AdjacencyLayout.source4(way);
        }
        return lane.addresses.v4().isOwn(address)
                ? address : lane.addresses.v4().source(AdjacencyLayout.port(head), 0, AddressBook.SCOPE_HOST);
    }

    /** True for what the kernel's look-up calls found. */
    private static boolean isWay(final int kind) {
        return kind >= AdjacencyKind.KERNEL || kind == AdjacencyKind.LOCAL || kind == AdjacencyKind.BROADCAST;
    }
}
