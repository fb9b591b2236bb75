package io.penstock.perf.bench.peer;

import io.penstock.dataplane.cli.RuntimePaths;
import io.penstock.dataplane.demo.Programs;
import io.penstock.dataplane.demo.WatchedProcess;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.DpdkFolder;
import io.penstock.perf.bench.measure.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Open vSwitch with its user-space datapath over DPDK: one bridge without flows.
 *
 * <p>An instance of its own, with its own database and sockets in a folder that is removed at the end: one that the machine
 * runs is left alone.
 *
 * <p>Source: Open vSwitch, "Using Open vSwitch with DPDK"; ovs-vswitchd(8), ovs-vsctl(8), ovs-appctl(8). Threads: one, and {@link #close} from any.
 */
public final class OvsInstance implements AutoCloseable {

    /** The program that serves, of which there may be a build without DPDK. */
    static final String PROGRAM = "ovs-vswitchd";
    /** Where Debian puts the one of two builds that has DPDK; {@link #PROGRAM} may be either. */
    private static final Path DEBIAN = Path.of("/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk");
    /** Says for both programs that they serve. */
    private static final Predicate<String> SERVES = line -> line.contains("(Open vSwitch)");
    private static final String TIMEOUT = "--timeout=30";
    private static final String BRIDGE = "br0";

    private final Path folder = RuntimePaths.FOLDER.resolve("pw-" + ProcessHandle.current().pid() + "-ovs");
    private final WatchedProcess database = new WatchedProcess("ovsdb-server", SERVES);
    private final WatchedProcess process = new WatchedProcess(PROGRAM, SERVES);
    private final List<String> told = new ArrayList<>();
    private final List<String> inside;
    private final int mainCpu;
    private final int workerCpu;
    private final List<String> memory;

    /**
     * Not started yet.
     *
     * @param inside    what its command line begins with: enters a network namespace, in which its bridge's devices stay when it ends
     * @param mainCpu   of all its threads but one
     * @param workerCpu of the one that polls
     * @param memory    DPDK's options for it
     */
    public OvsInstance(final List<String> inside, final int mainCpu, final int workerCpu, final List<String> memory) {
        this.inside = inside;
        this.mainCpu = mainCpu;
        this.workerCpu = workerCpu;
        this.memory = memory;
    }

    /** Refuses a machine without it; its version. */
    public static String require() {
        return Peers.of(Peers.OVS).require();
    }

    /** The build with DPDK, where it is known. */
    static String program() {
        return Files.isExecutable(DEBIAN) ? DEBIAN.toString() : PROGRAM;
    }

    /** Starts it. */
    public void start() {
        try {
            Files.createDirectories(folder);
        } catch (final IOException e) {
            throw new BenchException("no folder for Open vSwitch can be made: " + e.getMessage() + "; run as root");
        }
        run(List.of("ovsdb-tool", "create", folder.resolve("conf.db").toString(), schema()));
        database.start(environment(List.of("ovsdb-server", "--remote=p" + socket(), "--unixctl=" + folder.resolve("db.ctl"),
                folder.resolve("conf.db").toString())));
        final List<String> extra = new ArrayList<>(memory);
        extra.addAll(List.of("--no-pci", "--no-telemetry"));
        ask(List.of("--no-wait", "set", "Open_vSwitch", ".", "other_config:dpdk-init=true",
                "other_config:dpdk-lcore-mask=" + mask(mainCpu), "other_config:pmd-cpu-mask=" + mask(workerCpu),
                "other_config:dpdk-extra=\"" + String.join(" ", extra) + '"'));
        final List<String> command = new ArrayList<>(inside);
        command.addAll(environment(List.of(program(), socket(), "--unixctl=" + control())));
        told.add(String.join(" ", command));
        process.start(command);
        // This waits until it is done, as do those that add ports.
        ask(List.of("add-br", BRIDGE, "--", "set", "bridge", BRIDGE, "datapath_type=netdev", "fail-mode=secure"));
    }

    /** Adds a port of DPDK's. */
    public void addPort(final int number, final String devargs) {
        final String port = "dpdk" + number;
        final String complaint = ask(List.of("add-port", BRIDGE, port, "--", "set", "interface", port, "type=dpdk",
                "options:dpdk-devargs=" + devargs, "ofport_request=" + number)).strip();
        if (!complaint.isEmpty()) {
            throw new BenchException("Open vSwitch refuses the port " + devargs + ": " + complaint.lines().collect(Collectors.joining("; ")));
        }
    }

    /** Removes a port. */
    public void removePort(final int number) {
        ask(List.of("del-port", BRIDGE, "dpdk" + number));
    }

    /** Adds a flow. */
    public void addFlow(final String flow) {
        run(List.of("ovs-ofctl", TIMEOUT, "add-flow", "unix:" + folder.resolve(BRIDGE + ".mgmt"), flow));
    }

    /** Asks its database. */
    public String ask(final List<String> words) {
        final List<String> command = new ArrayList<>(List.of("ovs-vsctl", TIMEOUT, "--db=" + socket()));
        command.addAll(words);
        return run(command);
    }

    /** Tells it something, and returns its answer. */
    public String control(final String... words) {
        final List<String> command = new ArrayList<>(List.of("ovs-appctl", "--target=" + control()));
        command.addAll(List.of(words));
        return Programs.run(command);
    }

    /** What it was configured by, command by command. */
    public List<String> told() {
        return List.copyOf(told);
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Its process; it must have been started. */
    public long pid() {
        return process.pid();
    }

    /** What it printed last. */
    public String printed() {
        return process.printed();
    }

    @Override
    public void close() {
        process.close();
        database.close();
        DpdkFolder.remove();
        Folders.remove(folder);
    }

    private String run(final List<String> command) {
        told.add(String.join(" ", command));
        return Programs.run(command);
    }

    private String socket() {
        return "unix:" + folder.resolve("db.sock");
    }

    private String control() {
        return folder.resolve("ctl").toString();
    }

    /** With the folders that it would otherwise share with the machine's own instance. */
    private List<String> environment(final List<String> command) {
        final List<String> all = new ArrayList<>(List.of("env", "OVS_RUNDIR=" + folder, "OVS_LOGDIR=" + folder, "OVS_DBDIR=" + folder));
        all.addAll(command);
        return all;
    }

    private static String schema() {
        return System.getenv().getOrDefault("OVS_PKGDATADIR", "/usr/share/openvswitch") + "/vswitch.ovsschema";
    }

    private static String mask(final int cpu) {
        return "0x" + Long.toHexString(1L << cpu);
    }
}
