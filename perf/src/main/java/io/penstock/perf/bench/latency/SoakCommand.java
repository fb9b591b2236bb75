package io.penstock.perf.bench.latency;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.demo.DemoException;
import io.penstock.dataplane.replay.ReplayException;
import io.penstock.os.sys.SysException;
import io.penstock.perf.bench.engine.Injection;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.Options;
import io.penstock.perf.bench.measure.ScratchFolder;
import io.penstock.perf.bench.measure.ShutdownHooks;
import java.io.Console;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench soak}: whether anything changes in the course of hours. */
@Command(
        name = "soak",
        description = {
            "Let the engine carry a constant load for long, and tell whether anything drifts.",
            "",
            "Every so many seconds a point is taken: rate, work and latency since the point before, memory, collections, connections. In the end "
                + "each of them is looked at for a slope or a step that is no noise. Ctrl-C ends it, with what there is so far."},
        sortOptions = false,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:usage", "4:configuration refused"})
public final class SoakCommand implements Callable<Integer> {

    private static final double MIN_SECONDS = 0.5;
    private static final double MAX_HOURS = 24 * 31;
    private static final double SECONDS_PER_HOUR = 3_600;
    private static final double DEFAULT_SECONDS = 60;
    /** Points unless told otherwise: enough for a verdict, few enough to look at. */
    private static final int DEFAULT_POINTS = 60;
    private static final double MIN_EVERY = 0.1;
    private static final double MAX_DEFAULT_EVERY = 60;
    /** How long the end of the process waits for the result. Unit: s. */
    private static final long PATIENCE_SECONDS = 20;
    private static final String SAME_LINE = "\r\033[2K";

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--seconds", paramLabel = "S", description = "How long (default 60).")
    private Double seconds;

    @Option(names = "--hours", paramLabel = "H", description = "The same in hours.")
    private Double hours;

    @Option(names = "--every", paramLabel = "S", description = "From point to point (default: a sixtieth of the time, 1 to 60 s).")
    private Double every;

    @Mixin
    private LoadArguments load;

    @Option(names = "--inject", paramLabel = "WHAT", description = "Make a stage worse, as in bench engine: slow:NS, allocate:BYTES; may be "
            + "repeated.")
    private List<String> inject = List.of();

    @Option(names = "--json", description = "One JSON object, in one line.")
    private boolean json;

    private volatile boolean interrupted;

    @Override
    public Integer call() {
        final double duration = duration();
        final double step = every == null ? Math.clamp(duration / DEFAULT_POINTS, 1, MAX_DEFAULT_EVERY) : every;
        Options.checkSeconds(spec, "--every", step, MIN_EVERY, Math.max(MIN_EVERY, duration));
        load.check(spec);
        final List<Injection> injections = injections();
        final PrintWriter err = spec.commandLine().getErr();
        final CountDownLatch done = new CountDownLatch(1);
        final Thread hook = Thread.ofPlatform().name("soak-end").unstarted(() -> endWith(done));
        Runtime.getRuntime().addShutdownHook(hook);
        try (ScratchFolder scratch = ScratchFolder.make("soak")) {
            final SoakResult result =
                    new SoakBench(load.options(scratch, injections), duration, step, this::progress, () -> interrupted).run();
            if (isLive()) {
                err.print(SAME_LINE);
                err.flush();
            }
            Options.print(spec, json ? result.json() + '\n' : result.text());
            final String failure = result.failure();
            if (failure != null) {
                err.println(failure);
            }
            return failure == null ? ExitCode.DONE : ExitCode.FAILED;
        } catch (final ReplayException e) {
            err.println(e.getMessage());
            return e.exitCode();
        } catch (final BenchException e) {
            err.println(e.getMessage());
            return e.exitCode();
        } catch (final DemoException | SysException e) {
            err.println(e.getMessage());
            return ExitCode.FAILED;
        } finally {
            done.countDown();
            ShutdownHooks.forget(hook);
        }
    }

    private double duration() {
        if (seconds != null && hours != null) {
            throw Options.usage(spec, "--seconds and --hours do not go together; leave one of them out");
        }
        if (hours != null) {
            Options.checkSeconds(spec, "--hours", hours, MIN_SECONDS / SECONDS_PER_HOUR, MAX_HOURS);
            return hours * SECONDS_PER_HOUR;
        }
        final double duration = seconds == null ? DEFAULT_SECONDS : seconds;
        Options.checkSeconds(spec, "--seconds", duration, MIN_SECONDS, MAX_HOURS * SECONDS_PER_HOUR);
        return duration;
    }

    private List<Injection> injections() {
        final List<Injection> injections = new ArrayList<>();
        for (final String text : inject) {
            try {
                injections.add(Injection.of(text));
            } catch (final IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), e.getMessage(), e);
            }
        }
        return injections;
    }

    /** On a terminal the last point, in one line; else each in a line of its own. */
    private void progress(final SoakPoint point) {
        final PrintWriter err = spec.commandLine().getErr();
        if (isLive()) {
            err.print(SAME_LINE + point.text());
        } else {
            err.println(point.text());
        }
        err.flush();
    }

    private static boolean isLive() {
        final Console console = System.console();
        return console != null && console.isTerminal();
    }

    /** The process is told to end: what has been measured is told before it does. */
    private void endWith(final CountDownLatch done) {
        interrupted = true;
        try {
            if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
