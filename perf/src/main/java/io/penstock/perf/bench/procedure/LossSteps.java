package io.penstock.perf.bench.procedure;

import io.penstock.perf.bench.wire.WireTrial;
import java.util.ArrayList;
import java.util.List;

/**
 * What part of the frames is lost at which rate: from the highest rate down in tenths of it, until two trials one after the other
 * lose none (RFC 2544, section 26.3). Threads: one.
 */
final class LossSteps {

    private static final int STEPS = 10;
    private static final int CLEAN = 2;

    private final Trials trials;
    private final double maxPps;

    LossSteps(final Trials trials, final double maxPps) {
        this.trials = trials;
        this.maxPps = maxPps;
    }

    /**
     * One trial.
     *
     * @param share of the highest rate
     */
    record Step(double share, WireTrial trial) {

        /** The part that was lost, 0 to 1. */
        double loss() {
            return (double) trial.lost() / trial.sent();
        }
    }

    List<Step> run() {
        final List<Step> steps = new ArrayList<>();
        int clean = 0;
        for (int step = STEPS; step > 0 && clean < CLEAN; step--) {
            final double share = (double) step / STEPS;
            final WireTrial trial = trials.run(maxPps * share).trial();
            steps.add(new Step(share, trial));
            clean = trial.lost() == 0 ? clean + 1 : 0;
        }
        return steps;
    }
}
