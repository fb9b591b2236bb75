package io.penstock.dataplane.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.netlink.KernelMirror;
import io.penstock.os.netlink.Link;
import io.penstock.os.netns.NetNs;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.Shell;
import io.penstock.os.testkit.TestNetNs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The kernel as the judge: after each command, where does {@code ip route get} send these addresses, and where do we? */
@Privileged
class RoutingKernelTest {

    private static final Pattern WAY = Pattern.compile("(?:via (\\S+) )?dev (\\S+)");

    private static final List<String> DESTINATIONS = List.of("10.0.0.1", "10.0.0.2", "10.0.0.9", "10.0.0.255", "10.1.0.1",
            "10.1.0.2", "10.2.3.4", "10.3.0.1", "10.4.0.1", "10.9.9.9", "172.16.1.1", "8.8.8.8", "127.0.0.2",
            "2001:db8::1", "2001:db8::2", "2001:db8:2::5", "2001:db8:9::1", "2a00::1");

    private static final List<String> COMMANDS = List.of(
            "addr add 10.0.0.1/24 dev e0",
            "addr add 10.1.0.1/16 dev e1",
            "addr add 2001:db8::1/64 dev e0 nodad",
            "route add default via 10.0.0.2",
            "route add 10.2.0.0/16 via 10.1.0.2 metric 20",
            "route add 10.2.0.0/16 via 10.0.0.2 metric 10",
            "route add blackhole 10.3.0.0/16",
            "route add unreachable 10.4.0.0/24",
            "route add prohibit 172.16.0.0/12",
            "-6 route add 2001:db8:2::/48 via 2001:db8::2",
            "-6 route add default via 2001:db8::2 metric 5",
            "-6 route add prohibit 2001:db8:9::/48",
            "route replace default via 10.1.0.2",
            "neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev e0",
            "route add 10.0.0.0/29 via 10.1.0.2",
            "route del 10.0.0.0/29",
            "route add 10.9.0.0/16 dev e2",
            "route del 10.2.0.0/16 metric 10",
            "neigh replace 10.0.0.2 lladdr 02:00:00:00:00:03 dev e0",
            "link set e0 down",
            "link set e0 up",
            "route add default via 10.0.0.2 metric 1",
            "addr del 10.1.0.1/16 dev e1",
            "neigh flush dev e0");

    @Test
    void shouldSendPacketsWhereTheKernelWould() throws Exception {
        try (TestNetNs router = TestNetNs.create("h6r"); TestNetNs other = TestNetNs.create("h6o");
                RoutingFixture net = new RoutingFixture()) {
            router.veth("e0", other, "e0");
            router.veth("e1", other, "e1");
            router.veth("e2", other, "e2");
            net.routing.removePort(RoutingFixture.LAN);
            net.routing.removePort(RoutingFixture.WAN);
            try (KernelMirror mirror = NetNs.within(router.name(), () -> KernelMirror.open(net.routing))) {
                final Map<String, Integer> ports = Map.of("e0", 0, "e1", 1);
                final List<String> names = new ArrayList<>();
                for (final Link link : List.copyOf(mirror.links())) {
                    if (ports.containsKey(link.name())) {
                        net.routing.addPort(new RoutingPort(ports.get(link.name()), link.ifindex(), link.name(),
                                link.mac(), link.mtu()));
                        names.add(link.name());
                    }
                }
                assertEquals(List.of("e0", "e1"), names);
                for (final String command : COMMANDS) {
                    router.ip(command);
                    follow(mirror);
                    for (final String destination : DESTINATIONS) {
                        assertEquals(kernelSays(router, destination), weSay(net, mirror, destination),
                                () -> destination + " after '" + command + "'");
                    }
                    if (command.startsWith("neigh add")) {
                        assertTrue(net.describe("10.0.0.2").contains(" 020000000002 "), net.describe("10.0.0.2"));
                    } else if (command.startsWith("neigh replace")) {
                        assertTrue(net.describe("10.0.0.2").contains(" 020000000003 "), net.describe("10.0.0.2"));
                    }
                }
                assertTrue(net.routing.notes().isEmpty(), net.routing.notes()::toString);
            }
        }
    }

    private static void follow(final KernelMirror mirror) {
        int events;
        do {
            events = mirror.poll(50);
        } while (events > 0 || mirror.dueInMs() >= 0);
    }

    private static String kernelSays(final TestNetNs router, final String destination) {
        final Shell.Result result =
                Shell.attempt(List.of("ip", "-n", router.name(), "-o", "route", "get", destination));
        final String text = result.output();
        if (result.exit() != 0) {
            return text.contains("Network is unreachable") ? "no route"
                    : text.contains("No route to host") ? "unreachable"
                    : text.contains("Permission denied") ? "prohibit"
                    : text.contains("Invalid argument") ? "blackhole" : text;
        }
        if (text.startsWith("local") || text.startsWith("anycast")) {
            return "local";
        }
        if (text.startsWith("broadcast")) {
            return "broadcast";
        }
        final Matcher way = WAY.matcher(text);
        assertTrue(way.find(), text);
        return way.group(2) + (way.group(1) == null || way.group(2).equals("e2") ? "" : " via " + way.group(1));
    }

    private static String weSay(final RoutingFixture net, final KernelMirror mirror, final String destination) {
        return net.way(destination, ifindex -> mirror.link(ifindex).name());
    }
}
