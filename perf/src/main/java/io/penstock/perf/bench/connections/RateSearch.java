package io.penstock.perf.bench.connections;

import java.util.function.LongPredicate;

/**
 * Finds the highest number that still passes, as RFC 2544 and RFC 9693 find rates: doubled or halved until it lies between one that passes and one that
 * does not, then halving what is between.
 *
 * <p>Invariants:
 * <ol>
 *   <li>What is found has passed, and no number that passed was higher.</li>
 *   <li>A trial that fails is made again, {@value #AGAIN} times at the most: a machine that takes the CPU away for some milliseconds fails a trial and is not
 *       what is measured. A trial that passes counts at once.</li>
 * </ol>
 *
 * <p>Threads: one.
 */
final class RateSearch {

    /** How often a trial that has failed is made again. More hides a device that loses now and then; fewer lets one stolen time slice halve a result. */
    static final int AGAIN = 4;

    private final double resolution;
    private final LongPredicate trial;
    private int trials;

    /**
     * A search.
     *
     * @param resolution share of the result that it is known to
     * @param trial      whether a number passes
     */
    RateSearch(final double resolution, final LongPredicate trial) {
        this.resolution = resolution;
        this.trial = trial;
    }

    /**
     * Searches.
     *
     * @param guess where to begin
     * @param step  by what factor to go from there until it lies between two: near 1 where the guess is good
     * @param least that is tried
     * @param most  that is tried
     * @return 0 when nothing passes
     */
    long highest(final long guess, final double step, final long least, final long most) {
        long passed = 0;
        long failed = most + 1;
        long next = Math.clamp(guess, least, most);
        if (passes(next)) {
            passed = next;
            while (passed < most && failed > most) {
                next = Math.clamp((long) Math.ceil(passed * step), passed + 1, most);
                if (passes(next)) {
                    passed = next;
                } else {
                    failed = next;
                }
            }
        } else {
            failed = next;
            while (passed == 0 && failed > least) {
                next = Math.clamp((long) (failed / step), least, failed - 1);
                if (passes(next)) {
                    passed = next;
                } else {
                    failed = next;
                }
            }
        }
        while (passed > 0 && failed - passed > Math.max(1, passed * resolution)) {
            next = passed + (failed - passed) / 2;
            if (passes(next)) {
                passed = next;
            } else {
                failed = next;
            }
        }
        return passed;
    }

    /** Trials so far, repeated ones included. */
    int trials() {
        return trials;
    }

    private boolean passes(final long number) {
        for (int i = 0; i <= AGAIN; i++) {
            trials++;
            if (trial.test(number)) {
                return true;
            }
        }
        return false;
    }
}
