package io.penstock.dataplane.route;

import io.penstock.dataplane.fib.DeferredReclaimer;
import io.penstock.dataplane.fib.FibWriter;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.dataplane.hot.fib.Fib;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.Neighbour;
import io.penstock.os.netlink.NextHop;
import io.penstock.os.netlink.Route;
import io.penstock.os.netlink.RouteKey;
import io.penstock.os.netlink.RouteType;
import io.penstock.os.sys.MappedMemory;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntFunction;

/** Two ports, a routing, and short words for feeding it and asking the table. */
final class RoutingFixture implements NeighbourResolver, AutoCloseable {

    private static final String[] NAMES = {"no route", "local", "broadcast", "multicast", "blackhole", "unreachable",
        "prohibit", "throw", "kernel", "forward", "unresolved gateway", "glean", "multipath", "forward unconfirmed"};

    static final int MAIN = 254;
    static final int LOCAL = 255;
    static final int LAN = 2;
    static final int WAN = 3;
    static final int OTHER_DEVICE = 9;
    static final long LAN_MAC = 0x0200_0000_0A01L;
    static final long WAN_MAC = 0x0200_0000_0A02L;

    final DeferredReclaimer reclaimer = new DeferredReclaimer();
    final FibWriter writer = new FibWriter(reclaimer);
    final Fib fib = writer.fib();
    final Routing routing = new Routing(writer, this);
    /** What the resolver was told. */
    final List<String> asked = new ArrayList<>();
    /** What it was told is known of the neighbour that was last requested. */
    Neighbour known;
    private final MappedMemory frame = MappedMemory.reserve(64, MappedMemory.Pages.NORMAL);

    RoutingFixture() {
        routing.addPort(new RoutingPort(0, LAN, "lan", LAN_MAC, 1500));
        routing.addPort(new RoutingPort(1, WAN, "wan", WAN_MAC, 1400));
    }

    @Override
    public void request(final int ifindex, final IpAddress ip, final Neighbour known) {
        asked.add("request " + ifindex + ' ' + ip);
        this.known = known;
    }

    @Override
    public void manage(final int ifindex, final IpAddress ip, final Neighbour known) {
        asked.add("manage " + ifindex + ' ' + ip);
    }

    @Override
    public void unmanage(final int ifindex, final IpAddress ip, final Neighbour known) {
        asked.add("unmanage " + ifindex + ' ' + ip);
    }

    static RouteKey key(final String to, final int table, final int metric) {
        final int slash = to.indexOf('/');
        final IpAddress address = IpAddress.parse(to.substring(0, slash));
        return new RouteKey(address, Integer.parseInt(to.substring(slash + 1)), IpAddress.any(address.family()), 0, table,
                0, metric);
    }

    static Route route(final RouteKey key, final RouteType type, final int mtu, final NextHop... nextHops) {
        return new Route(key, type, 0, 4, null, mtu, 0, List.of(nextHops), 0);
    }

    static NextHop hop(final String gateway, final int ifindex) {
        return new NextHop(gateway == null ? null : IpAddress.parse(gateway), ifindex, 1, 0, 0);
    }

    void put(final RouteKey key, final RouteType type, final int mtu, final NextHop... nextHops) {
        routing.routes(key, List.of(route(key, type, mtu, nextHops)));
    }

    /** A route of the table main. */
    void put(final String to, final NextHop... nextHops) {
        put(key(to, MAIN, 0), RouteType.UNICAST, 0, nextHops);
    }

    void remove(final String to) {
        routing.routes(key(to, MAIN, 0), List.of());
    }

    void neighbour(final String ip, final int ifindex, final int state, final long mac) {
        routing.neighbour(new Neighbour(IpAddress.parse(ip), ifindex, state, mac, 0), null);
    }

    int lookup(final String ip) {
        final IpAddress address = IpAddress.parse(ip);
        return address.family() == IpAddress.V4
                ? fib.lookup4(address.toInt())
                : fib.lookup6(address.high(), address.low());
    }

    /** What a destination meets: the kind, then port, MTU and next hop or Ethernet header where they mean something. */
    String describe(final String ip) {
        return describe(lookup(ip));
    }

    String describe(final int number) {
        final long adjacency = fib.adjacency(number);
        final long head = AdjacencyLayout.headAcquire(adjacency);
        final int kind = AdjacencyLayout.kind(head);
        final String name = NAMES[kind];
        final String port = " port=" + AdjacencyLayout.port(head) + " mtu=" + AdjacencyLayout.mtu(adjacency);
        return switch (kind) {
            case AdjacencyKind.FORWARD, AdjacencyKind.UNCONFIRMED -> name + port + ' ' + ethernet(adjacency);
            case AdjacencyKind.UNRESOLVED_GATEWAY -> name + port + ' ' + nextHop(adjacency);
            case AdjacencyKind.GLEAN -> name + port;
            case AdjacencyKind.KERNEL, AdjacencyKind.LOCAL -> name + " ifindex=" + AdjacencyLayout.ifindex(adjacency);
            default -> name;
        };
    }

    /** Where a destination is sent: the device and gateway, or the kind. */
    String way(final String ip, final IntFunction<String> deviceNames) {
        final long adjacency = fib.adjacency(lookup(ip));
        final long head = AdjacencyLayout.headAcquire(adjacency);
        final int kind = AdjacencyLayout.kind(head);
        if (kind < AdjacencyKind.KERNEL || kind == AdjacencyKind.MULTIPATH) {
            return NAMES[kind];
        }
        final String device = deviceNames.apply(AdjacencyLayout.ifindex(adjacency));
        return (AdjacencyLayout.flags(head) & AdjacencyLayout.FLAG_GATEWAY) == 0
                ? device
                : device + " via " + nextHop(adjacency);
    }

    private String ethernet(final long adjacency) {
        AdjacencyLayout.writeEthernet(adjacency, frame.address());
        final byte[] header = new byte[14];
        Memory.copyToArray(frame.address(), header, 0, header.length);
        final String hex = HexFormat.of().formatHex(header);
        return hex.substring(0, 12) + ' ' + hex.substring(12, 24) + ' ' + hex.substring(24);
    }

    private static IpAddress nextHop(final long adjacency) {
        final long high = AdjacencyLayout.nextHopHigh(adjacency);
        final long low = AdjacencyLayout.nextHopLow(adjacency);
        return high == 0 ? IpAddress.v4((int) low) : IpAddress.v6(high, low);
    }

    @Override
    public void close() {
        writer.close();
        frame.close();
    }
}
