package io.penstock.perf.bench.peer;

import io.penstock.dataplane.demo.Programs;
import io.penstock.os.netlink.Interfaces;
import io.penstock.os.netns.PrivateNetNs;
import io.penstock.perf.bench.measure.BenchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * The kernel as a router between two veth devices in a namespace of its own.
 *
 * <pre>
 *   clients' packets come  -&gt;  lan  -&gt;  default route, by 192.0.2.254  -&gt;  wan, counted and freed
 *   servers' packets come  -&gt;  wan  -&gt;  10.0.0.0/8, by 100.64.0.2      -&gt;  lan, counted and freed
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>Next hops are known for good, so that nothing is resolved while it is measured. IPv6 is off: nobody but the sources sends.</li>
 *   <li>Nothing of it is left when this process ends, however it ends.</li>
 * </ol>
 *
 * <p>Source: ip-link(8), ip-neighbour(8); Linux, networking/ip-sysctl.rst. Threads: one at a time.
 */
final class KernelRouter implements AutoCloseable {

    /** The clients' side, as rules know it. */
    static final String CLIENTS = "lan";
    /** The servers'. */
    static final String SERVERS = "wan";
    private static final Path CONNECTIONS = Path.of("/proc/thread-self/net/nf_conntrack");
    /** A line of names, then one for each CPU; the first number of each, in hexadecimal, is how many there are. */
    private static final Path STATISTICS = Path.of("/proc/thread-self/net/stat/nf_conntrack");

    private static final List<String> COMMANDS = List.of(
            "ip link add lan address %s type veth peer name lan-end",
            "ip link add wan address %s type veth peer name wan-end",
            "ip link set lan-end up", "ip link set lan up", "ip link set wan-end up", "ip link set wan up",
            "ip address add 100.64.0.1/24 dev lan",
            "ip address add 192.0.2.1/24 dev wan",
            "ip neighbour add 100.64.0.2 lladdr 02:00:00:00:00:02 dev lan nud permanent",
            "ip neighbour add 192.0.2.254 lladdr 02:00:00:00:00:03 dev wan nud permanent",
            "ip route add 10.0.0.0/8 via 100.64.0.2 dev lan",
            "ip route add default via 192.0.2.254 dev wan");
    private static final List<String> SYSCTLS = List.of("ipv4/ip_forward=1", "ipv4/conf/all/rp_filter=0", "ipv4/conf/lan/rp_filter=0",
            "ipv4/conf/wan/rp_filter=0");

    private final PrivateNetNs netns = PrivateNetNs.create();
    private final List<String> told = new ArrayList<>();

    /** A router whose ports receive what is for this address. */
    KernelRouter(final long mac) {
        within(() -> {
            // Nobody but the source sends: no router solicitations, no neighbours sought.
            write("ipv6/conf/all/disable_ipv6", "1", false);
            write("ipv6/conf/default/disable_ipv6", "1", false);
            COMMANDS.forEach(command -> run(List.of(String.format(Locale.ROOT, command, text(mac)).split(" "))));
            for (final String sysctl : SYSCTLS) {
                final String[] words = sysctl.split("=");
                write(words[0], words[1], true);
                told.add("sysctl net." + sysctl.replace('/', '.'));
            }
            return null;
        });
    }

    /** Runs a program inside. */
    void run(final List<String> command) {
        told.add(String.join(" ", command));
        within(() -> Programs.run(command));
    }

    /** Everything that it was configured by. */
    List<String> told() {
        return told;
    }

    /** A device's number. */
    int ifindex(final String device) {
        return within(() -> Interfaces.byName(device).ifindex());
    }

    /** How many connections there are. */
    long connections() {
        return within(() -> Long.parseLong(Files.readAllLines(STATISTICS).get(1).split(" ")[0], 16));
    }

    /** What they are. */
    List<TranslatedFlow> flows() {
        return TranslatedFlow.parse(within(() -> Files.readString(CONNECTIONS)));
    }

    /** Does something inside. */
    <T> T within(final Callable<T> action) {
        try {
            return netns.within(action);
        } catch (final RuntimeException e) {
            throw e;
        } catch (final Exception e) {
            throw new BenchException("the kernel's router failed: " + e.getMessage() + "; see whether this kernel has what it needs");
        }
    }

    @Override
    public void close() {
        netns.close();
    }

    private static void write(final String name, final String value, final boolean needed) throws IOException {
        final Path file = Path.of("/proc/sys/net", name);
        if (needed || Files.exists(file)) {
            Files.writeString(file, value);
        }
    }

    private static String text(final long mac) {
        return String.format(Locale.ROOT, "%012x", mac).replaceAll("..(?!$)", "$0:");
    }
}
