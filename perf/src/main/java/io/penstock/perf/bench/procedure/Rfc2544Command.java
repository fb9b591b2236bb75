package io.penstock.perf.bench.procedure;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.demo.DemoException;
import io.penstock.dataplane.demo.PenstockCommand;
import io.penstock.dataplane.metrics.CounterFileException;
import io.penstock.os.sys.SysException;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.Options;
import io.penstock.perf.bench.measure.ShutdownHooks;
import io.penstock.perf.bench.procedure.Rfc2544Settings.Test;
import io.penstock.perf.bench.wire.WireCommand;
import io.penstock.perf.bench.wire.WirePeer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench rfc2544}: throughput, latency, frame loss rate and back-to-back frames, alone or against a peer. */
@Command(
        name = "rfc2544",
        description = "Measure forwarding by the procedures of RFC 2544, section 26, between network namespaces, alone or against a peer.",
        footer = "%nAs RFC 6815 says of such tests, they are for a laboratory and not for a network in use; here nothing leaves this "
                + "machine's own namespaces.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed; the sizes that were done before are printed", "2:usage, or the peer is not installed",
            "130:interrupted; the sizes that were done are printed"})
public final class Rfc2544Command implements Callable<Integer> {

    private static final int MAX_FLOWS = 1 << 24;
    private static final int MAX_RUNS = 1_000;
    private static final double MIN_SECONDS = 0.1;
    private static final double MAX_SECONDS = 3_600;
    private static final double MIN_RESOLUTION = 0.01;
    private static final double MAX_RESOLUTION = 25;
    private static final double MAX_LOSS_PPM = 100_000;
    private static final double PERCENT = 100;

    @Spec
    private CommandSpec spec;

    @Option(names = "--tests", paramLabel = "LIST", defaultValue = "throughput,latency,loss,back-to-back",
            description = "Which (default: ${DEFAULT-VALUE}). Latency is measured at parts of the throughput, and needs it.")
    private String tests;

    @Option(names = "--sizes", paramLabel = "LIST", defaultValue = Sizes.ALL, description = "Of frames, with the check sequence; imix "
            + "is 7 : 4 : 1 of 64, 594 and 1518 bytes, imix:64=5,1518=2 another mix (default: ${DEFAULT-VALUE}).")
    private String sizes;

    @Option(names = "--against", paramLabel = "PEER", defaultValue = "none",
            description = "none, testpmd, kernel or ovs; devices take turns, size by size (default: none).")
    private String against;

    @Option(names = "--flows", paramLabel = "N", defaultValue = "16384", description = "UDP flows (default: ${DEFAULT-VALUE}).")
    private int flows;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "2",
            description = "Of a trial; RFC 2544 wants 60 (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--resolution", paramLabel = "PERCENT", defaultValue = "1",
            description = "By which a throughput may be off (default: ${DEFAULT-VALUE}).")
    private double resolution;

    @Option(names = "--loss", paramLabel = "PPM", defaultValue = "0", description = "Frames of a million that may be lost. RFC 2544 "
            + "wants none; on a machine that is shared, each stall costs some (default: ${DEFAULT-VALUE}).")
    private double loss;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "3", description = "Searches for each throughput and each burst, which "
            + "tell the spread (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(names = "--warm-up", paramLabel = "S", defaultValue = "5",
            description = "Of traffic before the first trial, for both devices (default: ${DEFAULT-VALUE}).")
    private double warmUp;

    @Option(names = "--config", paramLabel = "FILE",
            description = "Penstock's configuration, with ports whose devices are d0 (from the generator) and d1.")
    private Path config;

    @Option(names = "--connections", paramLabel = "WHAT", defaultValue = "none", description = "Let the flows be tracked (tracked), their "
            + "source translated (snat) or their destination, by a virtual service (service), as in 'bench wire' (default: none).")
    private String connections;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "2544", description = "Of the order of sizes (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private final List<String> penstock;
    private final AtomicBoolean printed = new AtomicBoolean();

    /** The command as a user starts it: the data plane is this same program. */
    public Rfc2544Command() {
        this(null);
    }

    /** A command that starts its data plane by another command line; null means this program's own. */
    Rfc2544Command(final List<String> penstock) {
        this.penstock = penstock;
    }

    @Override
    public Integer call() {
        final Rfc2544Settings settings = settings();
        final PrintWriter err = spec.commandLine().getErr();
        try {
            settings.setup(List.of()).require("bench rfc2544");
        } catch (final BenchException e) {
            err.println(e.getMessage());
            return e.exitCode();
        }
        return measure(new Rfc2544Bench(settings, penstock == null ? PenstockCommand.ofThisProcess() : penstock, line -> {
            err.println(line);
            err.flush();
        }));
    }

    /** All of it; where the process is told to end before, or a later size fails, what there is by then is printed, once. */
    int measure(final Procedure procedure) {
        final Thread hook = Thread.ofPlatform().name("interrupted").unstarted(() -> interrupted(procedure.soFar()));
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            final Rfc2544Result result = procedure.run();
            print(result, "");
            return ExitCode.DONE;
        } catch (final BenchException e) {
            failed(procedure.soFar(), e);
            return e.exitCode();
        } catch (final DemoException | SysException | CounterFileException e) {
            failed(procedure.soFar(), e);
            return ExitCode.FAILED;
        } finally {
            ShutdownHooks.forget(hook);
        }
    }

    private void failed(final Rfc2544Result soFar, final RuntimeException why) {
        spec.commandLine().getErr().println(why.getMessage());
        // The end of the process is why: its hook prints.
        if (soFar != null && !ShutdownHooks.areRunning()) {
            print(soFar, "failed: " + what(soFar) + '\n');
        }
    }

    /** The process is about to end. */
    void interrupted(final Rfc2544Result soFar) {
        if (soFar != null) {
            print(soFar, "interrupted: " + what(soFar) + '\n');
        } else {
            final PrintWriter err = spec.commandLine().getErr();
            err.println("interrupted before the first size was done");
            err.flush();
        }
    }

    private static String what(final Rfc2544Result soFar) {
        return "what follows is of the sizes that were done, " + soFar.own().size() + " of " + soFar.settings().sizes().size();
    }

    /** Unless something was printed already; whoever comes second waits until all of it is. */
    private void print(final Rfc2544Result result, final String before) {
        synchronized (printed) {
            if (printed.compareAndSet(false, true)) {
                final PrintWriter err = spec.commandLine().getErr();
                err.print(before);
                err.flush();
                Options.print(spec, json ? result.json() + '\n' : result.text());
            }
        }
    }

    /** The options, checked. */
    Rfc2544Settings settings() {
        Options.check(spec, "--flows", flows, 1, MAX_FLOWS);
        Options.check(spec, "--runs", runs, 1, MAX_RUNS);
        Options.checkSeconds(spec, "--seconds", seconds, MIN_SECONDS, MAX_SECONDS);
        Options.checkSeconds(spec, "--warm-up", warmUp, MIN_SECONDS, MAX_SECONDS);
        Options.checkSeconds(spec, "--resolution", resolution, MIN_RESOLUTION, MAX_RESOLUTION);
        Options.checkSeconds(spec, "--loss", loss, 0, MAX_LOSS_PPM);
        final WirePeer peer = WirePeer.of(against);
        if (peer == null) {
            throw Options.usage(
                    spec, "there is no peer '" + against + "'; supported are " + String.join(", ", WirePeer.names()));
        }
        return new Rfc2544Settings(tests(), Sizes.parse(spec, sizes, seed), peer,
                WireCommand.tracking(spec, connections, peer, flows), flows, seconds, resolution / PERCENT, loss, runs, warmUp,
                config);
    }

    private Set<Test> tests() {
        final Set<Test> set = EnumSet.noneOf(Test.class);
        for (final String name : tests.split(",", -1)) {
            final Test test = Test.of(name);
            if (test == null) {
                throw Options.usage(spec, "there is no test '" + name + "'; supported are " + String.join(", ", Test.names()));
            }
            set.add(test);
        }
        if (set.contains(Test.LATENCY)) {
            set.add(Test.THROUGHPUT);
        }
        return set;
    }

    /** What is measured, size by size. */
    interface Procedure {

        /** Measures all sizes. */
        Rfc2544Result run();

        /** The sizes that are done, for any thread; null before the first one is. */
        Rfc2544Result soFar();
    }
}
