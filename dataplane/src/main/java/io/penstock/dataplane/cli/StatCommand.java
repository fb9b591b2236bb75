package io.penstock.dataplane.cli;

import io.penstock.dataplane.control.ToolQuestion;
import io.penstock.dataplane.doctor.DroppingPrograms;
import io.penstock.dataplane.metrics.CounterFileException;
import io.penstock.dataplane.metrics.CounterReader;
import io.penstock.dataplane.metrics.CounterSnapshot;
import io.penstock.os.sys.SysException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code stat}: what the data plane of this network namespace does. The file of counters is opened anew for each look, so that
 * a data plane that was restarted is followed.
 */
@Command(
        name = "stat",
        description = "Show rates, drops by reason, workers, ports and their mode, and virtual services.",
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:usage", "3:no data plane runs in this network namespace"})
public final class StatCommand implements Callable<Integer> {

    /** Between the two looks that a single screen's rates come from: long enough to be steady, short enough not to wait for. */
    private static final double GLANCE_SECONDS = 0.5;

    /** A year; longer would overflow nanoseconds in the end. */
    private static final double MAX_WATCH_SECONDS = 31_536_000;

    private static final String CLEAR = "\u001b[H\u001b[2J";

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--json", description = "One JSON object, in one line; with --watch one line each time.")
    private boolean json;

    @Option(names = "--watch", paramLabel = "SECONDS", description = "Repeat, until interrupted.")
    private Double watchSeconds;

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            description = "The data plane's socket; the counters lie beside it. Also PENSTOCK_SOCKET.")
    private Path socket;

    @Override
    public Integer call() throws InterruptedException {
        if (watchSeconds != null && !(watchSeconds >= 0.01 && watchSeconds <= MAX_WATCH_SECONDS)) {
            throw new ParameterException(
                    spec.commandLine(), "--watch=" + watchSeconds + " is not a time; give seconds from 0.01 on, such as 1");
        }
        final PrintWriter out = spec.commandLine().getOut();
        try {
            return show(RuntimePaths.counters(socket), out);
        } catch (final CounterFileException e) {
            spec.commandLine().getErr().println(e.getMessage());
            if (e.isAbsent()) {
                tellWhatDrops();
            }
            return e.isAbsent() ? ExitCode.NO_DATA_PLANE : ExitCode.FAILED;
        }
    }

    private void tellWhatDrops() {
        try {
            DroppingPrograms.find().ifPresent(dropping -> spec.commandLine().getErr().println(dropping.sentence()));
        } catch (final SysException | UncheckedIOException e) {
            // Whoever may not look at pinned programs is told what everybody is told.
        }
    }

    private int show(final Path file, final PrintWriter out) throws InterruptedException {
        CounterSnapshot before = look(file);
        if (json) {
            print(out, withServices(StatJson.write(before, null)) + '\n');
        } else {
            pause(watchSeconds == null ? GLANCE_SECONDS : Math.min(GLANCE_SECONDS, watchSeconds));
            before = screen(file, before, out);
        }
        while (watchSeconds != null && !out.checkError()) {
            pause(watchSeconds);
            if (json) {
                final CounterSnapshot now = look(file);
                print(out, withServices(StatJson.write(now, now.continues(before) ? before : null)) + '\n');
                before = now;
            } else {
                before = screen(file, before, out);
            }
        }
        return ExitCode.DONE;
    }

    private CounterSnapshot screen(final Path file, final CounterSnapshot before, final PrintWriter out)
            throws InterruptedException {
        CounterSnapshot from = before;
        CounterSnapshot now = look(file);
        if (!now.continues(from)) {
            from = now;
            pause(GLANCE_SECONDS);
            now = look(file);
        }
        final boolean terminal = watchSeconds != null && System.console() != null && System.console().isTerminal();
        print(out, (terminal ? CLEAR : "") + StatScreen.of(now, from) + services());
        return now;
    }

    /** Virtual services are not among the counters: commands tell of them. Where nobody does, there is nothing to tell. */
    private String services() throws InterruptedException {
        final String text = ToolQuestion.ask(RuntimePaths.socket(socket), List.of("services", "--brief"));
        return text == null || text.isEmpty() ? "" : "\nservices\n" + text;
    }

    private String withServices(final String counters) throws InterruptedException {
        final String services = ToolQuestion.ask(RuntimePaths.socket(socket), List.of("services", "--brief", "--json"));
        return services == null ? counters : counters.substring(0, counters.length() - 1) + ",\"services\":" + services.strip() + '}';
    }

    private static CounterSnapshot look(final Path file) {
        try (CounterReader reader = CounterReader.open(file)) {
            reader.requireAlive(file);
            return reader.snapshot();
        }
    }

    private static void print(final PrintWriter out, final String text) {
        out.print(text);
        out.flush();
    }

    private static void pause(final double seconds) throws InterruptedException {
        Thread.sleep((long) (seconds * 1_000));
    }
}
