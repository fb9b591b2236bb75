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
 * Three network namespaces in a row, the middle one a router.
 *
 * <pre>
 *  client  c0 ------ d0  dut  d1 ------ s0  server
 *  198.51.100.2      .1        203.0.113.1       .2
 *  2001:db8:1::2    ::1      2001:db8:2::1      ::2
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>Names hold this process's number, so demonstrations do not meet.</li>
 *   <li>Closing removes what was made, also when making it stopped half-way, and nothing is made after it; the devices go with
 *       their namespaces.</li>
 * </ol>
 *
 * <p>Source: ip-netns(8); addresses from RFC 5737 and RFC 3849, which nobody else uses. Threads: {@link #close} from any.
 */
final class DemoNetwork implements AutoCloseable {

    static final String PORT_TO_CLIENT = "d0";
    static final String PORT_TO_SERVER = "d1";
    static final String SERVER_IPV4 = "203.0.113.2";
    static final String SERVER_IPV6 = "2001:db8:2::2";

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
        for (final String name : List.of(client(), dut(), server())) {
            make(name);
            // Addresses are ours alone: no need to wait until nobody has objected to them.
            setSysctls(name, Map.of("net/ipv6/conf/default/accept_dad", "0"));
            in(name, "link", "set", "lo", "up");
        }
        setSysctls(dut(), Map.of("net/ipv4/ip_forward", "1", "net/ipv6/conf/all/forwarding", "1"));
        link(client(), "c0", PORT_TO_CLIENT);
        link(server(), "s0", PORT_TO_SERVER);
        address(client(), "c0", "198.51.100.2/24", "2001:db8:1::2/64");
        address(dut(), PORT_TO_CLIENT, "198.51.100.1/24", "2001:db8:1::1/64");
        address(dut(), PORT_TO_SERVER, "203.0.113.1/24", "2001:db8:2::1/64");
        address(server(), "s0", SERVER_IPV4 + "/24", SERVER_IPV6 + "/64");
        in(client(), "route", "add", "default", "via", "198.51.100.1");
        in(client(), "route", "add", "default", "via", "2001:db8:1::1");
        in(server(), "route", "add", "default", "via", "203.0.113.1");
        in(server(), "route", "add", "default", "via", "2001:db8:2::1");
    }

    String client() {
        return prefix + "client";
    }

    String dut() {
        return prefix + "dut";
    }

    String server() {
        return prefix + "server";
    }

    /** What removes it by hand. */
    String removal() {
        return "ip netns del " + client() + " && ip netns del " + dut() + " && ip netns del " + server();
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
        in(namespace, "address", "add", ipv4, "dev", device);
        in(namespace, "address", "add", ipv6, "dev", device, "nodad");
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
