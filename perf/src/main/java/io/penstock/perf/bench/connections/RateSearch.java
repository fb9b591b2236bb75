package io.penstock.perf.bench.connections;

import java.util.function.LongPredicate;
import java.util.function.LongSupplier;

/**
 * Finds the highest number that still passes, as RFC 2544 and RFC 9693 find rates: doubled or halved until it lies between one that passes and one that
 * does not, then halving what is between. What is found is tried once more; when that fails, lower numbers are.
 *
 * <p>Invariants:
 * <ol>
 *   <li>What is found has passed in two trials: in the search, and once more after it; or, when that failed, twice in a row
 *       at a lower number.</li>
 *   <li>A trial that fails while the machine took a CPU away is made again, {@value #AGAIN} times at the most, and counted: that is not
 *       what is measured. One that fails on a quiet machine counts at once, and so does one that passes.</li>
 * </ol>
 *
 * <p>Threads: one.
 */
final class RateSearch {

    /**
     * How often a trial that was disturbed and has failed is made again. More hides a device that loses now and then on a machine that is
     * never quiet; fewer lets one stolen time slice halve a result.
     */
    static final int AGAIN = 4;
    /** Going down, a step is at the most this part of the number. */
    private static final double LONGEST_STEP = 0.5;

    private final double resolution;
    private final LongPredicate trial;
    private final LongSupplier disturbances;
    private int trials;
    private int repeated;

    /**
     * A search.
     *
     * @param resolution   share of the result that it is known to
     * @param trial        whether a number passes
     * @param disturbances how often so far the machine took a CPU away from who takes part
     */
    RateSearch(final double resolution, final LongPredicate trial, final LongSupplier disturbances) {
        this.resolution = resolution;
        this.trial = trial;
        this.disturbances = disturbances;
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
        return passed == 0 ? 0 : confirmed(passed, least);
    }

    /** Trials so far, repeated ones included. */
    int trials() {
        return trials;
    }

    /** Of these, those that were made because the one before had been disturbed. */
    int repeated() {
        return repeated;
    }

    /** What passes once more: what has passed, or less; steps grow, so that luck far above what passes does not cost many trials. */
    private long confirmed(final long candidate, final long least) {
        long number = candidate;
        double step = resolution;
        boolean passes = passes(number);
        while (!passes && number > least) {
            number = Math.clamp((long) (number * (1 - Math.min(step, LONGEST_STEP))), least, number - 1);
            step *= 2;
            passes = passes(number) && passes(number);
        }
        return passes ? number : 0;
    }

    private boolean passes(final long number) {
        for (int i = 0; i <= AGAIN; i++) {
            final long before = disturbances.getAsLong();
            trials++;
            repeated += i == 0 ? 0 : 1;
            if (trial.test(number)) {
                return true;
            }
            if (disturbances.getAsLong() == before) {
                return false;
            }
        }
        return false;
    }
}
