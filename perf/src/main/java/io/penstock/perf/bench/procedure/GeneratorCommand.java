package io.penstock.perf.bench.procedure;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.cli.Json;
import io.penstock.dataplane.demo.DemoException;
import io.penstock.os.sys.SysException;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.Options;
import io.penstock.perf.bench.measure.Samples;
import io.penstock.perf.bench.wire.Patterns;
import io.penstock.perf.bench.wire.WireLoad;
import io.penstock.perf.bench.wire.WirePriority;
import io.penstock.perf.bench.wire.WireSetup;
import io.penstock.perf.wire.ArrivalPattern;
import io.penstock.perf.wire.SizeMix;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench generator}: what no measurement over veth on this machine can exceed. */
@Command(
        name = "generator",
        description = "Measure how many frames the generator of 'bench wire' and 'bench rfc2544' makes, and how many the sink counts, "
                + "with nothing between them.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:usage"})
public final class GeneratorCommand implements Callable<Integer> {

    private static final String SATURATING = "saturating";
    private static final int MAX_FLOWS = 1 << 24;
    private static final int MAX_RUNS = 1_000;
    private static final double MIN_SECONDS = 0.05;
    private static final double MAX_SECONDS = 3_600;

    @Spec
    private CommandSpec spec;

    @Option(names = "--sizes", paramLabel = "LIST", defaultValue = Sizes.ALL,
            description = "Of frames, with the check sequence (default: ${DEFAULT-VALUE}).")
    private String sizes;

    @Option(names = "--patterns", paramLabel = "LIST", defaultValue = "saturating,constant,poisson,burst:32", description = "Of the "
            + "generator: saturating, as fast as it goes; constant, poisson, burst:N, as fast as these go "
            + "(default: ${DEFAULT-VALUE}).")
    private String patterns;

    @Option(names = "--flows", paramLabel = "N", defaultValue = "16384", description = "UDP flows (default: ${DEFAULT-VALUE}).")
    private int flows;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "0.5", description = "Of a run (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "3", description = "Of each (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "2544",
            description = "Of what is random: gaps, the order of sizes (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        Options.check(spec, "--flows", flows, 1, MAX_FLOWS);
        Options.check(spec, "--runs", runs, 1, MAX_RUNS);
        Options.checkSeconds(spec, "--seconds", seconds, MIN_SECONDS, MAX_SECONDS);
        final List<SizeMix> mixes = Sizes.parse(spec, sizes, seed);
        final List<String> names = List.of(patterns.split(",", -1));
        names.stream().filter(name -> !name.equals(SATURATING)).forEach(name -> pattern(name));
        final PrintWriter err = spec.commandLine().getErr();
        try {
            WireSetup.requireRoot("bench generator");
            final List<CeilingRow> generator = new ArrayList<>();
            final List<CeilingRow> sink = new ArrayList<>();
            measure(mixes, names, generator, sink, err);
            Options.print(spec, json ? json(generator, sink) : text(generator, sink));
            return ExitCode.DONE;
        } catch (final BenchException e) {
            err.println(e.getMessage());
            return e.exitCode();
        } catch (final DemoException | SysException e) {
            err.println(e.getMessage());
            return ExitCode.FAILED;
        }
    }

    private void measure(final List<SizeMix> mixes, final List<String> names, final List<CeilingRow> generator,
            final List<CeilingRow> sink, final PrintWriter err) {
        try (WirePriority _ = WirePriority.raise(); Ceilings ceilings = Ceilings.open()) {
            for (final SizeMix mix : mixes) {
                for (final String name : names) {
                    final boolean paced = !name.equals(SATURATING);
                    final WireLoad load = new WireLoad(mix, flows, paced ? pattern(name) : ArrivalPattern.constant(), null);
                    final List<Double> mpps = new ArrayList<>();
                    for (int i = 0; i < runs; i++) {
                        mpps.add(ceilings.generatorMpps(load, paced, seconds));
                    }
                    generator.add(new CeilingRow(Sizes.text(mix), name, mpps));
                }
                final List<Double> mpps = new ArrayList<>();
                for (int i = 0; i < runs; i++) {
                    mpps.add(ceilings.sinkMpps(WireLoad.of(mix, flows), seconds));
                }
                sink.add(new CeilingRow(Sizes.text(mix), null, mpps));
                err.printf("%s: generator %s, sink %.3f Mpps%n", Sizes.text(mix), summary(generator, names.size()),
                        sink.getLast().mpps());
                err.flush();
            }
        }
    }

    private static String summary(final List<CeilingRow> rows, final int last) {
        return String.join(", ", rows.subList(rows.size() - last, rows.size()).stream()
                .map(row -> String.format(Locale.ROOT, "%s %.3f", row.pattern(), row.mpps())).toList());
    }

    private ArrivalPattern pattern(final String name) {
        return Patterns.parse(spec, "--patterns", name, seed);
    }

    private String json(final List<CeilingRow> generator, final List<CeilingRow> sink) {
        final Json out = new Json().object().field("flows", flows).field("seconds", seconds).field("seed", seed)
                .name("generator").array();
        generator.forEach(row -> row.write(out));
        out.end().name("sink").array();
        sink.forEach(row -> row.write(out));
        out.end();
        MachineFacts.ofThis().write(out.name("machine"));
        return out.end().toString() + '\n';
    }

    private String text(final List<CeilingRow> generator, final List<CeilingRow> sink) {
        final TextTable table = new TextTable("size", "what", "Mpps", "least", "most");
        for (final CeilingRow row : generator) {
            add(table, row, "generator, " + row.pattern());
        }
        for (final CeilingRow row : sink) {
            add(table, row, "sink, behind the generator");
        }
        return String.format(Locale.ROOT, "%,d UDP flows over one veth pair; medians of %d runs of %s s; sizes with the check sequence%n"
                + "generator: frames made while the far end drops them unseen; sink: frames counted and checked, on the same CPU%n",
                flows, runs, seconds) + table + "machine: " + MachineFacts.ofThis() + '\n';
    }

    private static void add(final TextTable table, final CeilingRow row, final String what) {
        final Samples samples = row.samples();
        table.row(row.size(), what, mpps(samples.median()), mpps(samples.least()), mpps(samples.most()));
    }

    private static String mpps(final double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
