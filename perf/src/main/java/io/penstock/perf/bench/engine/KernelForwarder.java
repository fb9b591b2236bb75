package io.penstock.perf.bench.engine;

import com.sun.management.ThreadMXBean;
import io.penstock.dataplane.demo.Programs;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.netns.PrivateNetNs;
import io.penstock.os.tap.TapDevice;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.ScratchFolder;
import io.penstock.perf.bench.peer.NftRules;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
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

    /** Counters of this thread's namespace, a line for each device: eight numbers of what came, then of what left bytes, packets, errors, drops. */
    private static final Path DEVICES = Path.of("/proc/thread-self/net/dev");
    private static final int SENT_WORD = 9;
    private static final int SENT_DROPPED_WORD = 11;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final CaptureMemory packets;
    private final PrivateNetNs netns = PrivateNetNs.create();
    private final boolean nft;
    private final int last;
    private TapDevice input;
    private TapDevice output;
    private int next;
    private long pushed;

    /** A router with rules, or with null without any table; of nf_tables, or of iptables. */
    KernelForwarder(final CaptureMemory packets, final PeerRules rules, final boolean nft) {
        this.packets = packets;
        this.nft = nft;
        this.last = rules == null ? 0 : rules.last();
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

    /** The share of what was pushed that FORWARD's last rule took. */
    double lastShare() {
        if (last == 0) {
            return 0;
        }
        final long[] counted = new long[1];
        within(() -> counted[0] = nft ? NftRules.lastCounter(Programs.run(List.of("nft", "list", "chain", "ip", "filter", "FORWARD")))
                : Long.parseLong(Programs.run(List.of(IPTABLES, "-w", WAIT_SECONDS, "-nvxL", "FORWARD", Integer.toString(last)))
                        .strip().split("\\s+")[0]));
        return (double) counted[0] / pushed;
    }

    /** Whether at least half of what was pushed left; the device's queue is full, so that it counts as dropped there. */
    boolean forwardsMost() {
        final long[] left = new long[1];
        within(() -> {
            try {
                final String line = Files.readAllLines(DEVICES).stream().filter(each -> each.strip().startsWith(BuiltIn.OUTPUT + ':'))
                        .findFirst().orElseThrow();
                final String[] words = line.substring(line.indexOf(':') + 1).strip().split("\\s+");
                left[0] = Long.parseLong(words[SENT_WORD]) + Long.parseLong(words[SENT_DROPPED_WORD]);
            } catch (final IOException e) {
                throw new BenchException(DEVICES + " cannot be read: " + e.getMessage());
            }
        });
        return 2 * left[0] >= pushed;
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

    private void configure(final PeerRules rules) {
        input = TapDevice.open(BuiltIn.INPUT, TapDevice.Kind.TUN, TapDevice.Option.EXCLUSIVE);
        output = TapDevice.open(BuiltIn.OUTPUT, TapDevice.Kind.TUN, TapDevice.Option.EXCLUSIVE);
        COMMANDS.forEach(Programs::run);
        try (ScratchFolder folder = ScratchFolder.make("rules")) {
            for (final String sysctl : SYSCTLS) {
                final String[] words = sysctl.split("=");
                Files.writeString(Path.of("/proc/sys/net/ipv4", words[0]), words[1]);
            }
            if (rules != null) {
                final Path file = Files.writeString(folder.path().resolve("rules"), nft ? NftRules.translate(rules.text()) : rules.text(),
                        StandardCharsets.ISO_8859_1);
                if (rules.sets() != null) {
                    Programs.run(List.of("ipset", "restore", "-file", rules.sets().toString()));
                }
                Programs.run(nft ? List.of("nft", "-f", file.toString()) : List.of(RESTORE, "-w", WAIT_SECONDS, file.toString()));
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
