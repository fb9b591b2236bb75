package io.penstock.perf.bench.connections;

import io.penstock.dataplane.control.ToolClient;
import io.penstock.dataplane.demo.Programs;
import io.penstock.dataplane.demo.WatchedProcess;
import io.penstock.dataplane.metrics.CounterReader;
import io.penstock.dataplane.metrics.CounterSnapshot;
import io.penstock.dataplane.cli.RuntimePaths;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.Folders;
import io.penstock.perf.bench.measure.ScratchFolder;
import io.penstock.perf.bench.wire.WireCpus;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code penstock run} with one spinning worker, in a process of its own; it is told what to do through its control socket. */
final class PenstockGateway implements Gateway {

    /** Not the usual place: nothing may be left, and the lock file of an instance stays. */
    private final Path folder;
    private final Path socket;
    private final WatchedProcess process = new WatchedProcess("penstock", "ready"::equals);
    private final String netns;
    private final List<String> penstock;
    private final String rules;
    private final List<String> sysctls;
    private ScratchFolder scratch;
    private CounterReader counters;

    /**
     * Not started yet.
     *
     * @param penstock the command line that stands for {@code penstock}
     * @param rules    for iptables-restore
     * @param sysctls  {@code name=value}
     */
    PenstockGateway(final String netns, final List<String> penstock, final String rules, final List<String> sysctls) {
        this.netns = netns;
        this.penstock = penstock;
        this.rules = rules;
        this.sysctls = sysctls;
        folder = RuntimePaths.FOLDER.resolve(netns);
        socket = folder.resolve("bench.sock");
    }

    @Override
    public String name() {
        return "penstock";
    }

    @Override
    public String what() {
        return "penstock run in a namespace of its own, AF_XDP over veth, one worker on CPU " + WireCpus.WORKER;
    }

    @Override
    public void start() {
        final List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", netns));
        command.addAll(penstock);
        command.addAll(List.of("run", "--port", GatewayNetwork.PORT_IN, "--port", GatewayNetwork.PORT_OUT, "--cpus",
                Integer.toString(WireCpus.WORKER), "--idle", "spin", "--socket", socket.toString(), "--rules", rulesFile().toString()));
        process.start(command);
        counters = CounterReader.open(RuntimePaths.counters(socket));
        for (final String sysctl : sysctls) {
            tool("sysctl", "-w", sysctl);
        }
    }

    @Override
    public long connections() {
        return Long.parseLong(tool("conntrack", "-C").strip());
    }

    /** Its process. */
    long pid() {
        return process.pid();
    }

    /** Removes all connections; returns when they are gone. */
    void flush() {
        tool("conntrack", "-F");
    }

    @Override
    public String complaint() {
        final CounterSnapshot now = counters.snapshot();
        return now.unaccounted() == 0 ? "" : "unaccounted=" + now.unaccounted() + ' ' + dropped();
    }

    /** What it has dropped so far, by reason. */
    String dropped() {
        return "dropped=" + counters.snapshot().dropped();
    }

    @Override
    public void pause() {
        signal("-STOP");
    }

    @Override
    public void resume() {
        signal("-CONT");
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

    private synchronized Path rulesFile() {
        scratch = ScratchFolder.make("bench");
        try {
            return Files.writeString(scratch.path().resolve("rules"), rules);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void signal(final String signal) {
        if (process.isAlive()) {
            Programs.attempt(List.of("kill", signal, Long.toString(process.pid())));
        }
    }

    /** As a user's command does it, but without a JVM for it. */
    private String tool(final String... words) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final int status = new ToolClient(socket, new ByteArrayInputStream(new byte[0]), out, out).run(List.of(words));
        final String said = out.toString(StandardCharsets.UTF_8);
        if (status != 0) {
            throw new BenchException('\'' + String.join(" ", words) + "' failed: status=" + status + ": " + said.strip() + "; penstock printed:\n"
                    + process.printed());
        }
        return said;
    }
}
