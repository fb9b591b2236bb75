package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.ShutdownHooks;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes the steps of a plan, one at a time, and keeps what comes of each as it comes.
 *
 * <p>Threads: the caller's; of children, see {@link LabChild}.
 */
final class Laboratory {

    /** How a step's child is run; tests have children of their own. */
    interface Runner {

        LabChild.Result run(Step step, long mostSeconds, Consumer<String> said);
    }

    /** So many times what is expected, and no child of a healthy machine is still at work. */
    private static final double PATIENCE = 8;
    /** A machine that does much else takes long even for short steps. Unit: s. */
    private static final long LEAST_PATIENCE_S = 300;
    private static final double NS_PER_S = 1e9;

    private final Journal journal;
    private final Runner runner;
    private final PrintWriter err;
    private final boolean live;

    /**
     * Nothing yet.
     *
     * @param err  is told what is under way
     * @param live whether that is a terminal
     */
    Laboratory(final Journal journal, final Runner runner, final PrintWriter err, final boolean live) {
        this.journal = journal;
        this.runner = runner;
        this.err = err;
        this.live = live;
    }

    /** Makes what is not made yet. */
    void run(final List<Step> steps) {
        final Thread hook = Thread.ofPlatform().name("interrupted").unstarted(this::tellOfInterruption);
        Runtime.getRuntime().addShutdownHook(hook);
        final TimeLeft left = new TimeLeft(steps.stream().mapToDouble(step -> step.measurement().seconds()).sum());
        try (Progress progress = new Progress(err, live, steps.size(), left)) {
            for (final Step step : steps) {
                final Outcome done = step.absent() == null ? journal.done(step) : null;
                if (step.absent() != null) {
                    progress.skip(step.name() + ": " + step.absent(), step.measurement().seconds());
                } else if (done != null) {
                    progress.skip(step.name() + ": done before, " + Headline.of(done.report()), step.measurement().seconds());
                } else {
                    make(step, progress);
                }
            }
        } finally {
            ShutdownHooks.forget(hook);
        }
    }

    private void make(final Step step, final Progress progress) {
        final double expected = step.measurement().seconds();
        progress.begin(step.name());
        final String started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        final MachineLoad.Ticks before = MachineLoad.Ticks.now();
        final long startNs = System.nanoTime();
        final LabChild.Result result = result(step, Math.max(LEAST_PATIENCE_S, (long) (PATIENCE * expected)), progress);
        final double seconds = (System.nanoTime() - startNs) / NS_PER_S;
        final MachineLoad.Ticks after = MachineLoad.Ticks.now();
        final Outcome outcome = new Outcome(step.measurement().id(), step.measurement().title(), step.round(), step.command(), started, seconds,
                result.exitCode(), after.stealShare(before), after.othersSeconds(before), result.errors(), Outcome.object(result.output()), session(),
                journal.failures(step));
        journal.keep(step, outcome);
        progress.end(step.name() + ": " + (outcome.isDone() ? Headline.of(outcome.report()) : "FAILED: " + outcome.failure()), expected);
    }

    /** One that cannot be run to its end has failed, and the others are made; but where this process is ending, nothing is to be told of it. */
    private LabChild.Result result(final Step step, final long mostSeconds, final Progress progress) {
        try {
            return runner.run(step, mostSeconds, progress::said);
        } catch (final BenchException e) {
            if (ShutdownHooks.areRunning() || Thread.currentThread().isInterrupted()) {
                throw e;
            }
            return new LabChild.Result(-1, "", List.of(e.getMessage()));
        }
    }

    private String session() {
        return journal.sessions().isEmpty() ? "" : journal.sessions().getLast().started();
    }

    private void tellOfInterruption() {
        err.println((live ? "\n" : "") + "interrupted: what is measured is kept; the same command goes on, and 'bench report "
                + journal.folder() + "' tells what there is");
        err.flush();
    }
}
