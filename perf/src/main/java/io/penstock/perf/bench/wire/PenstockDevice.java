package io.penstock.perf.bench.wire;

import io.penstock.dataplane.cli.RuntimePaths;
import io.penstock.dataplane.demo.Programs;
import io.penstock.dataplane.demo.WatchedProcess;
import io.penstock.dataplane.metrics.CounterReader;
import io.penstock.dataplane.metrics.CounterSnapshot;
import io.penstock.perf.bench.measure.Folders;
import io.penstock.perf.bench.measure.ScratchFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code penstock run} with one spinning worker, in a process of its own. Its counters are read from its counter file. */
final class PenstockDevice implements WireDevice {

    /** Not the usual place: nothing may be left, and the lock file of an instance stays. */
    private final Path folder = RuntimePaths.FOLDER.resolve("pw-" + ProcessHandle.current().pid());
    private final Path socket = folder.resolve("bench.sock");
    private final WatchedProcess process = new WatchedProcess("penstock", "ready"::equals);
    private final String netns;
    private final List<String> penstock;
    private final Path config;
    private final WireTracking tracking;
    private ScratchFolder scratch;
    private String told = "";
    private CounterReader counters;

    /**
     * Not started yet.
     *
     * @param penstock the command line that stands for {@code penstock}
     * @param config   a configuration for the ports d0 and d1, or null
     * @param tracking by its rules, or its virtual service
     */
    PenstockDevice(final String netns, final List<String> penstock, final Path config, final WireTracking tracking) {
        this.netns = netns;
        this.penstock = penstock;
        this.config = config;
        this.tracking = tracking;
    }

    @Override
    public String name() {
        return "penstock";
    }

    @Override
    public void start() {
        final List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", netns));
        command.addAll(penstock);
        command.add("run");
        if (config != null) {
            command.addAll(List.of("--config", config.toString()));
        }
        if (tracking != WireTracking.NONE) {
            scratch = ScratchFolder.make("bench");
            command.addAll(tracking.isService() ? List.of("--services", WireTracking.serviceFile(scratch.path()).toString())
                    : List.of("--rules", tracking.saveFile(scratch.path()).toString()));
        }
        command.addAll(List.of("--port", WireNetwork.PORT_IN, "--port", WireNetwork.PORT_OUT,
                "--cpus", Integer.toString(WireCpus.WORKER), "--idle", "spin", "--socket", socket.toString()));
        told = String.join(" ", command);
        process.start(command);
        counters = CounterReader.open(RuntimePaths.counters(socket));
    }

    @Override
    public long pid() {
        return process.isAlive() ? process.pid() : -1;
    }

    @Override
    public List<String> configuration() {
        final List<String> all = new ArrayList<>(List.of(told));
        if (tracking != WireTracking.NONE) {
            all.addAll((tracking.isService() ? WireTracking.serviceText() : tracking.saveText()).lines().toList());
        }
        return all;
    }

    @Override
    public CounterSnapshot counters() {
        return counters.snapshot();
    }

    @Override
    public long connections() {
        final List<String> command = new ArrayList<>(List.of("env", "PENSTOCK_SOCKET=" + socket));
        command.addAll(penstock);
        if (tracking.isService()) {
            command.addAll(List.of("ipvsadm", "-Ln"));
            return WireTracking.listed(Programs.run(command));
        }
        command.addAll(List.of("conntrack", "-C"));
        return WireTracking.number(command);
    }

    @Override
    public String printed() {
        return process.printed();
    }

    @Override
    public void close() {
        // A stopped process does not see that it should end.
        resume();
        process.close();
        synchronized (this) {
            if (counters != null) {
                counters.close();
                counters = null;
            }
            if (scratch != null) {
                scratch.close();
                scratch = null;
            }
        }
        Folders.remove(folder);
    }
}
