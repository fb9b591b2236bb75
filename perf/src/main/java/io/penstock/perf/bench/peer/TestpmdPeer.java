package io.penstock.perf.bench.peer;

import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.DpdkFolder;
import io.penstock.perf.bench.measure.PollingThread;
import io.penstock.perf.bench.measure.ScratchFolder;
import io.penstock.perf.connections.ConnectionMix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * DPDK's testpmd with one port in memory: it receives the packets of a capture over and over, each copied into a fresh buffer, and what it sends by the
 * same port is freed. No route is looked up, no TTL lowered, nothing kept.
 *
 * <p>Source: DPDK's testpmd user guide and "Libpcap and Ring Based Poll Mode Drivers": infinite_rx; a port that receives from a file and has nothing to
 * send to counts and frees.
 */
final class TestpmdPeer implements MemoryPeer {

    static final String PROGRAM = "dpdk-testpmd";
    /** The port has a buffer for every packet of its file; what is under way needs few, which the cores' caches multiply. */
    private static final int SPARE_BUFFERS = 8192;
    private static final int BUFFER_BYTES = 2432;
    private static final int BASE_MB = 128;
    private static final int MOST_FLOWS = 1 << 18;
    /** What it takes at a time: its own default, faster than 64 by more than the noise. */
    private static final String BURST = "32";
    private static final String SHOW = "show port stats 0";
    /** By its own clock, since it was shown last. */
    static final Pattern RATE = Pattern.compile("RX-errors: (\\d+)\\s+RX-nombuf:\\s+(\\d+)(?s:.*?)Tx-pps:\\s+(\\d+)");
    static final Pattern FORWARDED =
            Pattern.compile("Accumulated forward statistics(?s:.*?)RX-packets: (\\d+)(?s:.*?)TX-packets: (\\d+)\\s+TX-dropped: (\\d+)");

    private final Mode mode;

    TestpmdPeer(final Mode mode) {
        this.mode = mode;
    }

    /** How it forwards. */
    enum Mode {
        /** With new Ethernet addresses. */
        MAC("mac", "new Ethernet addresses"),
        /** The same, and IPv4's and UDP's checksums are reckoned anew. */
        CSUM("csum", "new Ethernet addresses, IPv4's and UDP's checksums reckoned anew"),
        /** With Ethernet's, IP's and UDP's source and destination exchanged. */
        SWAP("5tswap", "sources and destinations exchanged");

        private final String text;
        private final String what;

        Mode(final String text, final String what) {
            this.text = text;
            this.what = what;
        }
    }

    @Override
    public String name() {
        return Peers.TESTPMD;
    }

    @Override
    public String what(final boolean tracked) {
        return "DPDK's testpmd, " + mode.text + " forwarding from a capture in memory: " + mode.what + "; no route, no TTL, no state";
    }

    @Override
    public String require(final boolean tracked) {
        return Peers.of(Peers.TESTPMD).require();
    }

    @Override
    public int mostFlows() {
        return MOST_FLOWS;
    }

    @Override
    public String refusal(final ConnectionMix mix, final int rulesBetween) {
        return mix == null ? null : "testpmd tracks no connections; leave --connections out, or compare with ovs, kernel or nft";
    }

    @Override
    public PeerRun run(final PeerTraffic traffic, final int cpu, final double warmSeconds, final double seconds) {
        final int buffers = traffic.count() + SPARE_BUFFERS;
        try (ScratchFolder folder = ScratchFolder.make("testpmd");
                HugePages memory = HugePages.reserve(BASE_MB + (int) ((long) buffers * BUFFER_BYTES >> 20));
                CleanUp _ = new CleanUp(DpdkFolder::remove)) {
            final Path capture = traffic.requests().writeCapture(folder.path().resolve("packets.pcap"), traffic.requestOrder());
            final List<String> command = command(capture, memory.options(), buffers, cpu);
            try (TestpmdConsole console = TestpmdConsole.start(command)) {
                return measure(console, cpu, warmSeconds, seconds, List.of(String.join(" ", command)));
            }
        }
    }

    List<String> command(final Path capture, final List<String> memory, final int buffers, final int cpu) {
        // Its output is read line by line, not by the 4 KiB of a pipe's buffer.
        final List<String> command = new ArrayList<>(List.of("stdbuf", "-oL", PROGRAM, "--lcores", "0@" + Cpus.besides(cpu) + ",1@" + cpu));
        command.addAll(memory);
        command.addAll(List.of("--no-pci", "--no-telemetry", "--force-max-simd-bitwidth=512",
                "--vdev", "net_pcap0,rx_pcap=" + capture + ",infinite_rx=1",
                "--", "-i", "--auto-start", "--forward-mode=" + mode.text, "--port-topology=loop", "--no-flush-rx", "--burst=" + BURST,
                "--total-num-mbufs=" + buffers));
        return command;
    }

    private static PeerRun measure(
            final TestpmdConsole console, final int cpu, final double warmSeconds, final double seconds, final List<String> configuration) {
        Cpus.await(warmSeconds);
        final PollingThread thread = Cpus.polling(console.pid(), cpu);
        console.ask(SHOW, RATE);
        final long startNs = System.nanoTime();
        final long startCpuNs = thread.cpuNs();
        Cpus.await(seconds);
        final Matcher rate = console.ask(SHOW, RATE);
        final double share = (double) (thread.cpuNs() - startCpuNs) / (System.nanoTime() - startNs);
        final double mpps = mpps(rate);
        checkForwarded(console.ask("stop", FORWARDED));
        return new PeerRun(mpps, mpps / share, configuration);
    }

    /** Of what it shows of its port. */
    static double mpps(final Matcher rate) {
        if (!rate.group(1).equals("0") || !rate.group(2).equals("0")) {
            throw new BenchException("testpmd lost packets of its capture: rx_errors=" + rate.group(1) + " rx_nombuf=" + rate.group(2));
        }
        return Long.parseLong(rate.group(3)) / 1e6;
    }

    /** What it received has to be what it sent. */
    static void checkForwarded(final Matcher forwarded) {
        if (!forwarded.group(1).equals(forwarded.group(2)) || !forwarded.group(3).equals("0")) {
            throw new BenchException("testpmd did not forward every packet: received=" + forwarded.group(1) + " sent=" + forwarded.group(2)
                    + " dropped=" + forwarded.group(3));
        }
    }
}
