package io.penstock.dataplane.demo;

import io.penstock.os.netns.NetNs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * Three network namespaces in a row, the middle one a router, with the addresses of {@link Side}.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Names hold this process's number, so demonstrations do not meet.</li>
 *   <li>Closing removes what was made, also when making it stopped half-way, and nothing is made after it; the devices go with
 *       their namespaces.</li>
 * </ol>
 *
 * <p>Source: ip-netns(8). Threads: {@link #close} from any.
 */
final class DemoNetwork implements AutoCloseable {

    private final String prefix = "penstock-" + ProcessHandle.current().pid() + '-';
    private final Deque<String> made = new ArrayDeque<>();
    private boolean closed;

    private DemoNetwork() {
    }

    /** Nothing yet, so that whoever closes it can do so however far {@link #build} came. */
    static DemoNetwork create() {
        return new DemoNetwork();
    }

    /** Makes namespaces, links, addresses and routes, and turns forwarding on in the middle. */
    void build() {
        for (final String name : List.of(host(Side.CLIENT), dut(), host(Side.SERVER))) {
            make(name);
            // Addresses are ours alone: no need to wait until nobody has objected to them.
            setSysctls(name, Map.of("net/ipv6/conf/default/accept_dad", "0"));
            in(name, "link", "set", "lo", "up");
        }
        setSysctls(dut(), Map.of("net/ipv4/ip_forward", "1", "net/ipv6/conf/all/forwarding", "1"));
        for (final Side side : Side.values()) {
            final String host = host(side);
            link(host, side.device(), side.port());
            address(host, side.device(), side.ipv4(), side.ipv6());
            address(dut(), side.port(), side.routerIpv4(), side.routerIpv6());
            in(host, "route", "add", "default", "via", side.routerIpv4());
            in(host, "route", "add", "default", "via", side.routerIpv6());
        }
    }

    /** The namespace of a host. */
    String host(final Side side) {
        return prefix + side.text();
    }

    /** The namespace of the router: the device under test. */
    String dut() {
        return prefix + "dut";
    }

    /** What removes it by hand. */
    String removal() {
        return "ip netns del " + host(Side.CLIENT) + " && ip netns del " + dut() + " && ip netns del " + host(Side.SERVER);
    }

    @Override
    public synchronized void close() {
        closed = true;
        while (!made.isEmpty()) {
            Programs.attempt(List.of("ip", "netns", "del", made.pop()));
        }
    }

    private synchronized void make(final String name) {
        if (closed) {
            throw new DemoException("interrupted");
        }
        ip("netns", "add", name);
        made.push(name);
    }

    private void link(final String end, final String device, final String port) {
        in(end, "link", "add", device, "type", "veth", "peer", "name", port, "netns", dut());
        in(end, "link", "set", device, "up");
        in(dut(), "link", "set", port, "up");
    }

    private static void address(final String namespace, final String device, final String ipv4, final String ipv6) {
        in(namespace, "address", "add", ipv4 + Side.LENGTH_IPV4, "dev", device);
        in(namespace, "address", "add", ipv6 + Side.LENGTH_IPV6, "dev", device, "nodad");
    }

    private static void in(final String namespace, final String... arguments) {
        final String[] all = new String[arguments.length + 2];
        all[0] = "-n";
        all[1] = namespace;
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        ip(all);
    }

    private static void ip(final String... arguments) {
        final String[] all = new String[arguments.length + 1];
        all[0] = "ip";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        Programs.run(List.of(all));
    }

    private static void setSysctls(final String namespace, final Map<String, String> values) {
        try {
            NetNs.within(namespace, () -> {
                for (final Map.Entry<String, String> value : values.entrySet()) {
                    Files.writeString(Path.of("/proc/sys", value.getKey()), value.getValue());
                }
                return null;
            });
        } catch (final IOException e) {
            throw new DemoException("cannot set " + values + " in netns=" + namespace + ": " + e.getMessage(), e);
        } catch (final Exception e) {
            throw new DemoException(e.getMessage(), e);
        }
    }
}
