package io.penstock.perf.bench.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What is measured, in which order: ceilings of what measures, the engine, what budgets ask for twice and more, tables, the wire, procedures,
 * profiles.
 *
 * <p>Two variants: quick, to be done within ten minutes on two CPUs, and full. Seconds are what a round took on a machine of that kind.
 *
 * @param measurements in order
 */
record Plan(List<Measurement> measurements) {

    /** Commands of {@code bench} that have an option {@code --seed}. */
    private static final Set<String> SEEDED = Set.of("generator", "rfc2544", "wire", "latency", "soak");

    Plan {
        measurements = List.copyOf(measurements);
        final Set<String> ids = new LinkedHashSet<>();
        for (final Measurement measurement : measurements) {
            if (!ids.add(measurement.id())) {
                throw new IllegalArgumentException("two measurements of one name: id=" + measurement.id());
            }
        }
    }

    /**
     * The quick or the full one.
     *
     * @param seed of what is random in any of it
     */
    static Plan of(final boolean quick, final long seed) {
        final List<Measurement> all = new ArrayList<>();
        all.addAll(new EnginePlan(quick).measurements());
        all.addAll(new WirePlan(quick).measurements());
        all.addAll(new PeerPlan(quick).measurements());
        all.addAll(new TablePlan(quick).measurements());
        all.addAll(new ProcedurePlan(quick).measurements());
        return new Plan(all.stream().map(each -> isRandom(each) ? each.with("--seed", Long.toString(seed)) : each).toList());
    }

    /** Whether its command takes a seed. */
    private static boolean isRandom(final Measurement measurement) {
        return measurement.command().getFirst().equals("bench") && SEEDED.contains(measurement.command().get(1));
    }

    /** The measurements that one of these words is about; all where there is no word. */
    Plan only(final List<String> words) {
        return new Plan(measurements.stream().filter(each -> words.isEmpty() || words.stream().anyMatch(each::matches)).toList());
    }

    /**
     * What is to be done on a machine: the first rounds of all, then the second ones and so on, so that a machine that changes meanwhile
     * shows in the spread.
     *
     * @param isThere what the machine has
     */
    List<Step> steps(final Predicate<Need> isThere) {
        final List<Step> steps = new ArrayList<>();
        final int most = measurements.stream().mapToInt(Measurement::rounds).max().orElse(0);
        for (int round = 1; round <= most; round++) {
            for (final Measurement measurement : measurements) {
                if (round <= measurement.rounds()) {
                    final boolean peer = measurement.peer() != null && isThere.test(measurement.peer());
                    steps.add(new Step(measurement, round, measurement.command(peer), absence(measurement, isThere)));
                }
            }
        }
        return steps;
    }

    /** Why measurements are not made on a machine, by their ids. */
    static Map<String, String> absences(final List<Step> steps) {
        final Map<String, String> all = new LinkedHashMap<>();
        steps.stream().filter(step -> step.absent() != null).forEach(step -> all.put(step.measurement().id(), step.absent()));
        return all;
    }

    private static String absence(final Measurement measurement, final Predicate<Need> isThere) {
        for (final Need need : measurement.needs()) {
            if (!isThere.test(need)) {
                return need.absence();
            }
        }
        return measurement.isAloneToo() || isThere.test(measurement.peer()) ? null : measurement.peer().absence();
    }
}
