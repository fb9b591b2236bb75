package io.penstock.perf.bench.update;

import io.penstock.perf.bench.measure.JitLog;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.RoundLog;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The order of things in {@code bench update}: packets flow, then they flow while the rules change, then the last of them are waited
 * for and all is added up.
 *
 * <p>Threads: one.
 */
final class UpdateBench {

    /** Unit: s, at the most; no longer than the warm-up. What the same packets do while nothing changes is the noise. */
    private static final double QUIET_SECONDS = 2;
    /** Unit: s. After the last class has come into force. */
    private static final double END_SECONDS = 0.5;
    /** Unit: ns. A class is made within a few seconds, or given up in half a minute. */
    private static final long CLASS_PATIENCE_NS = 60_000_000_000L;
    private static final int SLOWEST = 5;
    /** What counts as a wait. Unit: ns. */
    static final long WAIT_NS = 1_000_000;

    private final UpdateOptions options;
    private final UpdateScenario scenario;
    private final List<Double> classSeconds = new ArrayList<>();
    private final Map<UpdateResult.Phase, List<RoundLog.Span>> spans = new EnumMap<>(UpdateResult.Phase.class);

    UpdateBench(final UpdateOptions options, final UpdateScenario scenario) {
        this.options = options;
        this.scenario = scenario;
    }

    /** Measures. */
    UpdateResult run() {
        // While this thread still has every CPU.
        final MachineFacts machine = MachineFacts.ofThis();
        try (UpdateEngine engine = new UpdateEngine(options, scenario.marker(), scenario.flows()); JitLog log = new JitLog()) {
            engine.port().start();
            engine.flow(options.warmSeconds());
            engine.port().endWarmUp();
            log.start();
            final long bareNs = System.nanoTime();
            engine.flow(Math.min(QUIET_SECONDS, options.warmSeconds()));
            final long firstNs = System.nanoTime();
            final UpdateEngine.Change first = scenario.first(engine);
            awaitClass(engine, first);
            final long quietNs = System.nanoTime();
            engine.flow(Math.min(QUIET_SECONDS, options.warmSeconds()));
            final long laterNs = System.nanoTime();
            final List<UpdateEngine.Change> later = later(engine);
            engine.flow(END_SECONDS);
            final long endNs = System.nanoTime();
            log.stop();
            engine.stopOffering();
            final RoundLog rounds = engine.rounds();
            final Map<UpdateResult.Phase, RoundLog.Times> phases = new EnumMap<>(UpdateResult.Phase.class);
            spans.forEach((phase, of) -> phases.put(phase, rounds.between(of)));
            return new UpdateResult(options, scenario, engine.isAlone(), engine.totals(), engine.port(), first, later, classSeconds,
                    rounds.between(bareNs, firstNs), rounds.between(firstNs, quietNs), rounds.between(quietNs, laterNs),
                    rounds.between(laterNs, endNs), phases,
                    rounds.slowest(SLOWEST, firstNs, endNs), rounds.longerThan(WAIT_NS, firstNs, endNs), rounds.missed(), firstNs,
                    log.read(), engine.workerThread(),
                    scenario.wrong(engine), machine);
        }
    }

    private List<UpdateEngine.Change> later(final UpdateEngine engine) {
        final List<UpdateEngine.Change> changes = new ArrayList<>();
        for (int i = 0; i < scenario.laterCount(); i++) {
            final UpdateEngine.Change change = scenario.later(engine, i);
            changes.add(change);
            if (scenario.pauseSeconds() < 0 || i == scenario.laterCount() - 1) {
                phases(engine, change, awaitClass(engine, change));
            } else {
                engine.flow(scenario.pauseSeconds());
            }
        }
        return changes;
    }

    /** Only of a change that is waited for: of others the next one begins before. */
    private void phases(final UpdateEngine engine, final UpdateEngine.Change change, final long readyNs) {
        if (scenario.pauseSeconds() < 0) {
            span(UpdateResult.Phase.COMMAND, change.startNs(), change.inForceNs());
            span(engine.hasOwnClass(scenario.table()) ? UpdateResult.Phase.MAKING : UpdateResult.Phase.NO_CLASS, change.inForceNs(), readyNs);
            span(UpdateResult.Phase.REST, readyNs, System.nanoTime());
        }
    }

    private void span(final UpdateResult.Phase phase, final long fromNs, final long toNs) {
        spans.computeIfAbsent(phase, _ -> new ArrayList<>()).add(new RoundLog.Span(fromNs, toNs));
    }

    /** Returns when the table was settled; some time after it. */
    private long awaitClass(final UpdateEngine engine, final UpdateEngine.Change change) {
        engine.awaitSettled(scenario.table(), CLASS_PATIENCE_NS);
        final long readyNs = System.nanoTime();
        if (engine.hasOwnClass(scenario.table())) {
            classSeconds.add((readyNs - change.inForceNs()) / 1e9);
        }
        engine.flow(END_SECONDS);
        return readyNs;
    }
}
