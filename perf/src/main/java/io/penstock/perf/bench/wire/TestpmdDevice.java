package io.penstock.perf.bench.wire;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.demo.Programs;
import io.penstock.dataplane.demo.WatchedProcess;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.DpdkFolder;
import java.util.ArrayList;
import java.util.List;

/**
 * DPDK's testpmd over af_xdp ports, forwarding by the MAC address: each frame gets new Ethernet addresses and leaves by the
 * other port. It looks at nothing else: no checksum, route, TTL.
 *
 * <p>Source: DPDK's testpmd user guide and "AF_XDP Poll Mode Driver". Of what can be set (burst 32 to 256, ring sizes, busy
 * polling on and off, mbuf cache), nothing moved its speed over veth by more than the noise; a burst of 64 is Penstock's own.
 */
final class TestpmdDevice implements WireDevice {

    private static final String PROGRAM = "dpdk-testpmd";
    /** Anonymous memory in MB: no reservation of huge pages is needed, and its frames fit. */
    private static final String MEMORY_MB = "1024";
    /** Two ports' rings and the cores' caches; with the default for every port, memory without huge pages is short. */
    private static final String MBUFS = "16384";

    private final WatchedProcess process = new WatchedProcess("testpmd", line -> line.startsWith("Press enter"));
    private final String netns;
    private String told = "";

    /** Not started yet. */
    TestpmdDevice(final String netns) {
        this.netns = netns;
    }

    /** Refuses a machine without it. */
    static void require() {
        if (!Programs.exist(PROGRAM)) {
            throw new BenchException(ExitCode.USAGE, "the peer testpmd is not installed; run 'apt install dpdk-dev'");
        }
    }

    @Override
    public String name() {
        return "testpmd";
    }

    @Override
    public void start() {
        final List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", netns));
        // Its output is read line by line, not by the 4 KiB of a pipe's buffer: "Press enter" is the last that it prints.
        command.addAll(List.of("stdbuf", "-oL", PROGRAM,
                "-l", WireCpus.GENERATOR + "," + WireCpus.WORKER, "--main-lcore", Integer.toString(WireCpus.GENERATOR),
                "--no-huge", "-m", MEMORY_MB, "--no-pci", "--no-telemetry", "--file-prefix=" + DpdkFolder.prefix(),
                "--vdev", "net_af_xdp0,iface=" + WireNetwork.PORT_IN,
                "--vdev", "net_af_xdp1,iface=" + WireNetwork.PORT_OUT,
                "--", "--forward-mode=mac", "--auto-start", "--no-flush-rx", "--burst=64",
                "--total-num-mbufs=" + MBUFS,
                "--eth-peer=0," + WireNetwork.mac(WireNetwork.GENERATOR_MAC),
                "--eth-peer=1," + WireNetwork.mac(WireNetwork.SINK_MAC)));
        told = String.join(" ", command);
        process.start(command);
    }

    @Override
    public List<String> configuration() {
        return List.of(told);
    }

    /** It looks at Ethernet only. */
    @Override
    public int routers() {
        return 0;
    }

    @Override
    public long pid() {
        return process.isAlive() ? process.pid() : -1;
    }

    @Override
    public String printed() {
        return process.printed();
    }

    @Override
    public void close() {
        resume();
        process.close();
        DpdkFolder.remove();
    }
}
