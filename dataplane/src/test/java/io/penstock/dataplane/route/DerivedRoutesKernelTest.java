package io.penstock.dataplane.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.config.NetworkConfig;
import io.penstock.dataplane.config.NetworkConfig.Scope;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.os.netlink.Address;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.KernelMirror;
import io.penstock.os.netlink.Link;
import io.penstock.os.netlink.Route;
import io.penstock.os.netns.NetNs;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.Shell;
import io.penstock.os.testkit.TestNetNs;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The kernel is the judge of what comes with an address, and of which address this host sends from. */
@Privileged
class DerivedRoutesKernelTest {

    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(8);
    private static final Pattern SOURCE = Pattern.compile(" src (\\S+)");

    /** What ip-address(8) is told, and the same as configuration. */
    private static final Map<String, List<NetworkConfig.Address>> ADDRESSES = Map.of(
            "d0", List.of(plain("10.0.0.1", 24), full("10.0.0.2", 24, null, "10.0.0.200", Scope.GLOBAL), plain("10.0.0.3", 25),
                    full("10.5.0.1", 24, "10.6.0.2", null, Scope.GLOBAL), plain("10.7.0.1", 31), plain("10.8.0.1", 32),
                    full("172.16.0.1", 16, null, null, Scope.LINK), plain("2001:db8::1", 64), plain("2001:db8::2", 64),
                    plain("2001:db8:5::1", 128), plain("2001:db8:6::1", 127),
                    full("2001:db8:7::1", 64, "2001:db8:8::2", null, Scope.GLOBAL)),
            "d1", List.of(plain("10.0.0.9", 24), plain("192.0.2.1", 24), plain("2001:db8::9", 64),
                    plain("fd00:1::1", 64), plain("2002:1::1", 64)));

    private static final List<String> DESTINATIONS = List.of("10.0.0.77", "10.0.0.200", "10.6.0.9", "10.7.0.0", "172.16.3.3",
            "192.0.2.9", "2001:db8::77", "2001:db8:6::", "2001:db8:8::2", "fd00:1::7", "2002:1::9", "fe80::77%d1");

    @Test
    void shouldMakeOfAddressesWhatTheKernelMakesOfThem() throws Exception {
        try (TestNetNs router = TestNetNs.create("drr"); TestNetNs other = TestNetNs.create("dro")) {
            router.exec("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv6.conf.default.accept_dad=0");
            for (final String device : List.of("d0", "d1")) {
                router.veth(device, other, device);
            }
            for (final String device : List.of("d0", "d1")) {
                ADDRESSES.get(device).forEach(address -> router.ip("addr add %s dev %s", words(address), device));
            }
            try (KernelMirror mirror = NetNs.within(router.name(), () -> KernelMirror.open(new KernelMirror.Observer() { }))) {
                awaitLinkLocal(mirror);
                try (RoutingFixture net = new RoutingFixture()) {
                    net.routing.removePort(RoutingFixture.LAN);
                    net.routing.removePort(RoutingFixture.WAN);
                    final DerivedRoutes derived = new DerivedRoutes();
                    derived.loopback();
                    for (final Link link : mirror.links()) {
                        if (ADDRESSES.containsKey(link.name())) {
                            final int index = link.name().charAt(1) - '0';
                            net.routing.addPort(new RoutingPort(index, link.ifindex(), link.name(), link.mac(), link.mtu()));
                            mirror.addresses().stream()
                                    .filter(a -> a.ifindex() == link.ifindex() && a.family() == IpAddress.V6 && a.ip().isLinkLocal())
                                    .forEach(a -> derived.add(link.ifindex(), plain(a.ip().toString(), 64), true));
                            ADDRESSES.get(link.name()).forEach(a -> derived.add(link.ifindex(), a, true));
                        }
                    }
                    assertEquals(kernels(mirror), shown(derived.routes()));
                    net.routing.addresses(mirror.addresses());
                    mirror.forEachKey(IpAddress.V4, net.routing::routes);
                    mirror.forEachKey(IpAddress.V6, net.routing::routes);
                    for (final String destination : DESTINATIONS) {
                        assertEquals(kernelsSource(router, destination), ourSource(net, destination), destination);
                    }
                }
            }
        }
    }

    private static String ourSource(final RoutingFixture net, final String destination) {
        final int percent = destination.indexOf('%');
        final IpAddress ip = IpAddress.parse(percent < 0 ? destination : destination.substring(0, percent));
        final int number = percent < 0 ? net.lookup(destination) : net.fib.lookupLinkLocal6(1, ip.high(), ip.low());
        final long adjacency = net.fib.adjacency(number);
        if (ip.family() == IpAddress.V4) {
            return IpAddress.v4(AdjacencyLayout.source4(adjacency)).toString();
        }
        final int port = AdjacencyLayout.port(AdjacencyLayout.headAcquire(adjacency));
        final int source = net.fib.addresses().v6().source(port, ip.high(), ip.low());
        return IpAddress.v6(net.fib.addresses().v6().high(source), net.fib.addresses().v6().low(source)).toString();
    }

    private static String kernelsSource(final TestNetNs router, final String destination) {
        final int percent = destination.indexOf('%');
        final String words = percent < 0
                ? destination
                : destination.substring(0, percent) + " oif " + destination.substring(percent + 1);
        final Matcher source = SOURCE.matcher(Shell.sh("ip -n " + router.name() + " -o route get " + words));
        assertTrue(source.find());
        return source.group(1);
    }

    private static TreeSet<String> kernels(final KernelMirror mirror) {
        final TreeSet<String> text = new TreeSet<>();
        for (final int family : new int[] {IpAddress.V4, IpAddress.V6}) {
            mirror.forEachRoute(family, route -> {
                // Multicast is what it is, whatever the routes; the link-local anycast address is of no use to anybody.
                if (!route.key().destination().isMulticast()) {
                    text.add(shown(route));
                }
            });
        }
        return text;
    }

    private static TreeSet<String> shown(final List<Route> routes) {
        final TreeSet<String> text = new TreeSet<>();
        routes.forEach(route -> text.add(shown(route)));
        return text;
    }

    private static String shown(final Route route) {
        final int scope = route.family() == IpAddress.V4 ? route.scope() : 0;
        return route.key() + " " + route.type() + " scope=" + scope + " protocol=" + route.protocol() + " source="
                + route.preferredSource() + ' ' + route.nextHops();
    }

    private static void awaitLinkLocal(final KernelMirror mirror) {
        final long start = System.nanoTime();
        while (mirror.addresses().stream().filter(a -> a.ip().isLinkLocal() && !a.tentative()).count() < 2
                || mirror.dueInMs() >= 0) {
            assertTrue(System.nanoTime() - start < DEADLINE_NS, "no link-local addresses");
            mirror.poll(20);
            LockSupport.parkNanos(1_000_000);
        }
        while (mirror.poll(100) > 0 || mirror.dueInMs() >= 0) {
            LockSupport.parkNanos(1_000_000);
        }
        for (final Address address : mirror.addresses()) {
            assertTrue(!address.tentative(), address::toString);
        }
    }

    private static NetworkConfig.Address plain(final String ip, final int length) {
        return NetworkConfig.Address.of(new NetworkConfig.Prefix(IpAddress.parse(ip), length));
    }

    private static NetworkConfig.Address full(final String ip, final int length, final String peer, final String broadcast,
            final Scope scope) {
        return new NetworkConfig.Address(IpAddress.parse(ip), length, peer == null ? null : IpAddress.parse(peer),
                broadcast == null ? null : IpAddress.parse(broadcast), scope);
    }

    private static String words(final NetworkConfig.Address address) {
        final boolean ipv6 = address.address().family() == IpAddress.V6;
        return address + (address.broadcast() == null ? "" : " brd " + address.broadcast())
                + (ipv6 ? " nodad" : " scope " + address.scope().name().toLowerCase(Locale.ROOT));
    }
}
