package io.penstock.perf.bench;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.cli.RuntimePaths;
import io.penstock.dataplane.demo.Programs;
import io.penstock.dataplane.demo.WatchedProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Open vSwitch with its user-space datapath over DPDK's af_xdp ports and one flow that does what a router does: it lowers the
 * TTL and writes both Ethernet addresses.
 *
 * <p>An instance of its own, with its own database and sockets in a folder that is removed at the end: one that the machine
 * runs is left alone.
 *
 * <p>Source: Open vSwitch, "Using Open vSwitch with DPDK"; ovs-vswitchd(8), ovs-actions(7).
 */
final class OvsDevice implements WireDevice {

    /** Where Debian puts the one of two builds that has DPDK; {@code ovs-vswitchd} may be either. */
    private static final Path DEBIAN = Path.of("/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk");
    private static final String PROGRAM = "ovs-vswitchd";
    private static final String MISSING = "the peer ovs needs " + PROGRAM + " with DPDK; run 'apt install "
            + "openvswitch-switch-dpdk'";
    /** Says for both programs that they serve. */
    private static final Predicate<String> SERVES = line -> line.contains("(Open vSwitch)");
    private static final String TIMEOUT = "--timeout=30";

    private final Path folder = RuntimePaths.FOLDER.resolve("pw-" + ProcessHandle.current().pid() + "-ovs");
    private final WatchedProcess database = new WatchedProcess("ovsdb-server", SERVES);
    private final WatchedProcess process = new WatchedProcess(PROGRAM, SERVES);
    private final String netns;
    private final WireTracking tracking;

    /** Not started yet. */
    OvsDevice(final String netns, final WireTracking tracking) {
        this.netns = netns;
        this.tracking = tracking;
    }

    /** Refuses a machine without it. */
    static void require() {
        if (!Stream.of("ovsdb-server", "ovsdb-tool", "ovs-vsctl", "ovs-ofctl").allMatch(Programs::exist)) {
            throw new BenchException(ExitCode.USAGE, MISSING);
        }
        program();
    }

    @Override
    public String name() {
        return "ovs";
    }

    @Override
    public void start() {
        try {
            Files.createDirectories(folder);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        final String socket = "unix:" + folder.resolve("db.sock");
        Programs.run(List.of("ovsdb-tool", "create", folder.resolve("conf.db").toString(), schema()));
        database.start(environment(List.of("ovsdb-server", "--remote=p" + socket,
                "--unixctl=" + folder.resolve("db.ctl"), folder.resolve("conf.db").toString())));
        final List<String> ask = List.of("ovs-vsctl", TIMEOUT, "--db=" + socket);
        // Without huge pages; then OVS's own choice, memory that is not in files, is not to be had either.
        Programs.run(join(ask, List.of("--no-wait", "set", "Open_vSwitch", ".", "other_config:dpdk-init=true",
                "other_config:dpdk-lcore-mask=" + mask(WireCpus.GENERATOR),
                "other_config:pmd-cpu-mask=" + mask(WireCpus.WORKER),
                "other_config:dpdk-extra=\"--no-huge --legacy-mem -m 1024 --no-pci --no-telemetry --file-prefix="
                        + DpdkFolder.prefix() + "\"")));
        final List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", netns));
        command.addAll(environment(List.of(program(), socket, "--unixctl=" + folder.resolve("ctl"))));
        process.start(command);
        // Each waits until it is done.
        Programs.run(join(ask, List.of("add-br", "br0", "--", "set", "bridge", "br0", "datapath_type=netdev",
                "fail-mode=secure")));
        addPort(ask, "1", WireNetwork.PORT_IN);
        addPort(ask, "2", WireNetwork.PORT_OUT);
        final String forward = "dec_ttl,mod_dl_src:" + WireNetwork.mac(WireNetwork.PORT_OUT_MAC) + ",mod_dl_dst:"
                + WireNetwork.mac(WireNetwork.SINK_MAC) + ",output:2";
        if (tracking == WireTracking.NONE) {
            addFlow("in_port=1,ip,actions=" + forward);
        } else {
            addFlow("table=1,ip,actions=" + forward);
            addFlow("in_port=1,ip,actions=" + tracking.ovsAction());
        }
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
        database.close();
        DpdkFolder.remove();
        Folders.remove(folder);
    }

    private void addFlow(final String flow) {
        Programs.run(List.of("ovs-ofctl", TIMEOUT, "add-flow", "unix:" + folder.resolve("br0.mgmt"), flow));
    }

    private static void addPort(final List<String> ask, final String number, final String device) {
        final String port = "dpdk" + number;
        Programs.run(join(ask, List.of("add-port", "br0", port, "--", "set", "interface", port, "type=dpdk",
                "options:dpdk-devargs=net_af_xdp" + number + ",iface=" + device, "ofport_request=" + number)));
    }

    /** With the folders that OVS would otherwise share with the machine's own instance. */
    private List<String> environment(final List<String> command) {
        return join(List.of("env", "OVS_RUNDIR=" + folder, "OVS_LOGDIR=" + folder, "OVS_DBDIR=" + folder), command);
    }

    private static String program() {
        if (Files.isExecutable(DEBIAN)) {
            return DEBIAN.toString();
        }
        if (Programs.exist(PROGRAM) && Programs.run(List.of(PROGRAM, "--version")).contains("DPDK")) {
            return PROGRAM;
        }
        throw new BenchException(ExitCode.USAGE, MISSING);
    }

    private static String schema() {
        return System.getenv().getOrDefault("OVS_PKGDATADIR", "/usr/share/openvswitch") + "/vswitch.ovsschema";
    }

    private static String mask(final int cpu) {
        return "0x" + Long.toHexString(1L << cpu);
    }

    private static List<String> join(final List<String> first, final List<String> second) {
        final List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
