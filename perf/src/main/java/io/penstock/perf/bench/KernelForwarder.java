package io.penstock.perf.bench;

import com.sun.management.ThreadMXBean;
import io.penstock.dataplane.demo.Programs;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.netns.PrivateNetNs;
import io.penstock.os.tap.TapDevice;
import io.penstock.perf.rules.RuleSet;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The kernel as a router between two TUN devices in a namespace of its own.
 *
 * <p>Invariants:
 * <ol>
 *   <li>What the kernel does with a packet is done in the write that brings it, by the writing thread.</li>
 *   <li>Nobody reads what leaves: the second device's queue is full, and what comes to it ends there. That costs the same with rules
 *       and without.</li>
 * </ol>
 *
 * <p>Source: drivers/net/tun.c tun_get_user. Threads: one at a time.
 */
final class KernelForwarder implements AutoCloseable {

    /** Programs that it runs. */
    static final String RESTORE = "iptables-legacy-restore";
    static final String IPTABLES = "iptables-legacy";

    /** For the lock that all namespaces share. */
    private static final String WAIT_SECONDS = "60";

    /** A router as the built-in configuration has it, for sources anywhere. */
    private static final List<List<String>> COMMANDS = List.of(
            List.of("ip", "link", "set", BuiltIn.INPUT, "up"),
            List.of("ip", "link", "set", BuiltIn.OUTPUT, "up"),
            List.of("ip", "address", "add", "10.0.0.254/8", "dev", BuiltIn.INPUT),
            List.of("ip", "address", "add", "192.0.2.1/24", "dev", BuiltIn.OUTPUT),
            List.of("ip", "route", "add", "default", "dev", BuiltIn.OUTPUT));
    private static final List<String> SYSCTLS =
            List.of("ip_forward=1", "conf/all/rp_filter=0", "conf/default/rp_filter=0", "conf/" + BuiltIn.INPUT + "/rp_filter=0");

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final CaptureMemory packets;
    private final PrivateNetNs netns = PrivateNetNs.create();
    private final int rules;
    private TapDevice input;
    private TapDevice output;
    private int next;
    private long pushed;

    /** A router with rules, or with null without any table. */
    KernelForwarder(final CaptureMemory packets, final RuleSet rules) {
        this.packets = packets;
        this.rules = rules == null ? 0 : rules.rules().size();
        try {
            within(() -> configure(rules));
        } catch (final RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Pushes packets for a while, so many between two looks at the clock; the CPU time of one. Unit: ns. */
    double push(final long ns, final int step) {
        final int count = packets.lengths().length;
        final long before = pushed;
        final long startNs = System.nanoTime();
        final long startCpuNs = threads.getCurrentThreadCpuTime();
        while (System.nanoTime() - startNs < ns) {
            for (int i = 0; i < step; i++) {
                final int bytes = packets.lengths()[next] - EthernetLayout.HEADER_BYTES;
                final int written = input.write(packets.address(next) + EthernetLayout.HEADER_BYTES, bytes);
                if (written != bytes) {
                    throw new BenchException("a packet could not be written to the kernel: result=" + written);
                }
                next = next + 1 == count ? 0 : next + 1;
            }
            pushed += step;
        }
        return (double) (threads.getCurrentThreadCpuTime() - startCpuNs) / (pushed - before);
    }

    /** Compares the last rule's counter with what was pushed. */
    void checkLastRule() {
        within(() -> {
            final String line = Programs.run(List.of(IPTABLES, "-w", WAIT_SECONDS, "-nvxL", "FORWARD", Integer.toString(rules))).strip();
            final long counted = Long.parseLong(line.split("\\s+")[0]);
            if (counted != pushed) {
                throw new BenchException("not every packet reached the kernel's last rule: packets=" + pushed + " last_rule="
                        + counted);
            }
        });
    }

    @Override
    public void close() {
        if (input != null) {
            input.close();
        }
        if (output != null) {
            output.close();
        }
        netns.close();
    }

    private void configure(final RuleSet set) {
        input = TapDevice.open(BuiltIn.INPUT, TapDevice.Kind.TUN, TapDevice.Option.EXCLUSIVE);
        output = TapDevice.open(BuiltIn.OUTPUT, TapDevice.Kind.TUN, TapDevice.Option.EXCLUSIVE);
        COMMANDS.forEach(Programs::run);
        try (ScratchFolder folder = ScratchFolder.make("rules")) {
            for (final String sysctl : SYSCTLS) {
                final String[] words = sysctl.split("=");
                Files.writeString(Path.of("/proc/sys/net/ipv4", words[0]), words[1]);
            }
            if (set != null) {
                final Path file = Files.writeString(folder.path().resolve("rules"), set.saveText());
                Programs.run(List.of(RESTORE, "-w", WAIT_SECONDS, file.toString()));
            }
        } catch (final IOException e) {
            throw new BenchException("the kernel's router cannot be set up: " + e.getMessage() + "; run as root");
        }
    }

    private void within(final Runnable action) {
        try {
            netns.within(() -> {
                action.run();
                return null;
            });
        } catch (final RuntimeException e) {
            throw e;
        } catch (final Exception e) {
            throw new BenchException("the kernel's router failed: " + e.getMessage());
        }
    }
}
