package io.penstock.dataplane.demo;

import io.penstock.os.netns.NetNs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Network namespaces of a demonstration, by short names, and links between them.
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
final class Namespaces implements AutoCloseable {

    private final String prefix = "penstock-" + ProcessHandle.current().pid() + '-';
    private final Deque<String> made = new ArrayDeque<>();
    private boolean closed;

    /** What a namespace of that short name is called. */
    String name(final String shortName) {
        return prefix + shortName;
    }

    /** Makes a namespace with that whole name. */
    void make(final String name) {
        synchronized (this) {
            if (closed) {
                throw new DemoException("interrupted");
            }
            ip("netns", "add", name);
            made.push(name);
        }
        // Addresses are ours alone: no need to wait until nobody has objected to them.
        setSysctls(name, Map.of("net/ipv6/conf/default/accept_dad", "0"));
        in(name, "link", "set", "lo", "up");
    }

    /** What removes namespaces by hand. */
    static String removal(final List<String> names) {
        return names.stream().map(name -> "ip netns del " + name).collect(Collectors.joining(" && "));
    }

    /** A pair of devices, both up. */
    static void link(final String end, final String device, final String router, final String port) {
        in(end, "link", "add", device, "type", "veth", "peer", "name", port, "netns", router);
        in(end, "link", "set", device, "up");
        in(router, "link", "set", port, "up");
    }

    /** {@code ip -n}. */
    static void in(final String namespace, final String... arguments) {
        final String[] all = new String[arguments.length + 2];
        all[0] = "-n";
        all[1] = namespace;
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        ip(all);
    }

    /** Sets settings, named by their paths in /proc/sys. */
    static void setSysctls(final String namespace, final Map<String, String> values) {
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

    private static void ip(final String... arguments) {
        final String[] all = new String[arguments.length + 1];
        all[0] = "ip";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        Programs.run(List.of(all));
    }

    @Override
    public synchronized void close() {
        closed = true;
        while (!made.isEmpty()) {
            Programs.attempt(List.of("ip", "netns", "del", made.pop()));
        }
    }
}
