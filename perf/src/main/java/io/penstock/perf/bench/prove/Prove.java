package io.penstock.perf.bench.prove;

import io.penstock.perf.bench.compare.Comparison;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.ChildBench;
import io.penstock.perf.bench.measure.Repeatability;
import io.penstock.perf.bench.measure.ScratchFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures in turn, so that a machine that gets slower or faster meanwhile does so for all: the path as it is, twice, and made worse.
 *
 * <p>Threads: one.
 */
final class Prove {

    static final String SLOWER = "slow:20";
    static final String ALLOCATING = "allocate:16";
    static final String PAUSE = "pause:2";
    private static final String PLAIN = "plain";
    private static final String AGAIN = "plain again";
    private static final double PAUSE_US = 2_000;
    /** Packets a second: far below what any worker carries, and of a pause of 2 ms it makes 400 that are late. */
    private static final int RATE = 200_000;
    /** A pause comes once a second. */
    private static final double LATENCY_SECONDS = 3;
    /** A pause may begin when the worker is on its way to another thread anyway. */
    private static final double SHORTEST_PAUSE_US = 1_900;
    /** What takes a thread's CPU away is seen as either. */
    private static final List<String> PAUSE_CAUSES = List.of("involuntary_switch", "off_cpu");
    private static final String SPEED = "mpps_cpu";
    private static final String BYTES = "allocated_bytes_per_packet";

    private final double seconds;
    private final int runs;
    private final PrintWriter progress;
    private final List<Proof> proofs = new ArrayList<>();

    /**
     * Nothing yet.
     *
     * @param seconds of each measurement
     * @param runs    processes for each
     */
    Prove(final double seconds, final int runs, final PrintWriter progress) {
        this.seconds = seconds;
        this.runs = runs;
        this.progress = progress;
    }

    /** Measures all. */
    List<Proof> run() {
        try (ScratchFolder folder = ScratchFolder.make("prove")) {
            final Path rules = Files.writeString(folder.path().resolve("rules"), Scenario.RULES);
            engine(new Scenario("forwarding", List.of()), List.of(SLOWER, ALLOCATING));
            engine(new Scenario("tracked and translated", List.of("--rules-file", rules.toString(), "--tier", "specialized")),
                    List.of(SLOWER, ALLOCATING));
        } catch (final IOException e) {
            throw new BenchException("the rules cannot be written: " + e.getMessage());
        }
        proofs.add(latency());
        return proofs;
    }

    /** What is found so far is told even where this cannot be measured. */
    private Proof latency() {
        try {
            return pause(latency(null), latency(PAUSE));
        } catch (final BenchException e) {
            return new Proof("latency, " + PAUSE, false, e.getMessage());
        }
    }

    private Report latency(final String inject) {
        final List<String> command = new ArrayList<>(List.of("bench", "latency", "--rate", Integer.toString(RATE), "--seconds",
                Double.toString(Math.max(seconds, LATENCY_SECONDS))));
        if (inject != null) {
            command.addAll(List.of("--inject", inject));
        }
        return Report.parse("bench latency", new ChildBench(command, progress)
                .run("latency, " + (inject == null ? PLAIN : inject), List.of()));
    }

    private void engine(final Scenario scenario, final List<String> injections) {
        final Map<String, Repeated> measured = new LinkedHashMap<>();
        final List<String> turns = new ArrayList<>(List.of(PLAIN, AGAIN));
        turns.addAll(injections);
        for (int run = 0; run < runs; run++) {
            for (final String turn : turns) {
                final boolean plain = turn.equals(PLAIN) || turn.equals(AGAIN);
                final String json = new ChildBench(scenario.command(seconds, plain ? null : turn), progress)
                        .run(scenario.name() + ", " + turn, List.of());
                measured.computeIfAbsent(turn, name -> new Repeated()).add(Report.parse(turn, json));
            }
        }
        final Report plain = measured.get(PLAIN).whole();
        final Repeatability processes = Repeatability.of(measured.values().stream().map(Repeated::speeds).toList());
        proofs.add(same(scenario.name(), plain, measured.get(AGAIN).whole(), processes));
        for (final String injection : injections) {
            proofs.add(injected(scenario.name() + ", " + injection, plain, measured.get(injection).whole(),
                    injection.equals(ALLOCATING) ? BYTES : SPEED, processes));
        }
    }

    private Comparison compare(final Report before, final Report after, final Repeatability processes) {
        return Comparison.of(List.of(before), List.of(after), processes, runs);
    }

    /** That two measurements of the same do not differ; better would be as wrong as worse. */
    Proof same(final String where, final Report one, final Report other, final Repeatability processes) {
        final Comparison there = compare(one, other, processes);
        final Comparison back = compare(other, one, processes);
        return new Proof(where + ", twice the same: no difference", !there.isWorse() && !back.isWorse(), told(there, one, other));
    }

    /** That the number that an injection is about got worse. */
    Proof injected(final String what, final Report plain, final Report worse, final String metric, final Repeatability processes) {
        final Comparison comparison = compare(plain, worse, processes);
        return new Proof(what, comparison.worse().contains(metric), told(comparison, plain, worse));
    }

    /** That the latency report shows the pauses, as many as there were, and says whose they are; a machine that pauses by itself must not pass for it. */
    static Proof pause(final Report plain, final Report paused) {
        final int before = pauses(plain);
        final int told = pauses(paused);
        final Double seconds = paused.number("seconds");
        final int least = seconds == null ? 1 : Math.max(1, (int) (seconds - 1));
        final Double max = paused.number("latency_us.max");
        return new Proof("latency, " + PAUSE, told >= least && told > before, String.format(Locale.ROOT,
                "of %.0f us, once a second: %d told of and blamed on a CPU that was lost, %d without; max %.0f us", PAUSE_US, told, before,
                max == null ? 0 : max));
    }

    private static int pauses(final Report latency) {
        int count = 0;
        if (latency.values().get("slowest") instanceof final List<?> slowest) {
            for (final Object row : slowest) {
                if (row instanceof final Map<?, ?> map && map.get("us") instanceof final Number us && us.doubleValue() >= SHORTEST_PAUSE_US
                        && PAUSE_CAUSES.stream().anyMatch(cause -> String.valueOf(map.get("cause")).startsWith(cause))) {
                    count++;
                }
            }
        }
        return count;
    }

    private static String told(final Comparison comparison, final Report before, final Report after) {
        final double was = 1e3 / before.samples(SPEED).median();
        final double is = 1e3 / after.samples(SPEED).median();
        return String.format(Locale.ROOT, "%.1f to %.1f ns a packet (%s), %.3f to %.3f bytes; worse: %s", was, is,
                comparison.change(SPEED), before.number(BYTES), after.number(BYTES),
                comparison.worse().isEmpty() ? "nothing" : String.join(", ", comparison.worse()));
    }
}
