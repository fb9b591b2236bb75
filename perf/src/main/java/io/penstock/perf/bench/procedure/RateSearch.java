package io.penstock.perf.bench.procedure;

import io.penstock.perf.bench.procedure.Trials.Outcome;
import io.penstock.perf.bench.wire.WireTrial;

/**
 * The highest rate at which no frame is lost, or no more than may be (RFC 2544, section 26.1).
 *
 * <p>A first trial at the highest rate tells what the device forwards when there is too much. From there, or from where an earlier
 * search ended, steps of growing length lead past the rate that is looked for, and halving leads back to it. Then the rate is tried
 * once more; when that fails, lower ones are tried until one passes. So no result rests on one lucky trial, and what the machine
 * does to single trials moves it by little.
 *
 * <p>Threads: one.
 */
final class RateSearch {

    /** Of the highest rate: below it the search gives up. */
    private static final double LEAST = 1e-4;
    /** A search that a restless machine keeps from ending ends here, with what has passed so far. */
    private static final int MOST_TRIALS = 40;

    private final Trials trials;
    private final double maxPps;
    private final double resolution;
    private WireTrial failed;
    private double highestOffered;

    /**
     * Prepares searches.
     *
     * @param maxPps     the highest rate that is worth asking for
     * @param resolution the part of a rate by which results may be off
     */
    RateSearch(final Trials trials, final double maxPps, final double resolution) {
        this.trials = trials;
        this.maxPps = maxPps;
        this.resolution = resolution;
    }

    /**
     * A result.
     *
     * @param pps    frames a second, or 0 when frames were lost at every rate
     * @param failed the slowest trial above it that lost frames, or null when the generator could not offer more
     * @param passed the trial that confirmed it, or null
     */
    record Found(double pps, WireTrial failed, WireTrial passed) {
    }

    /** Searches from nothing. */
    Found search() {
        failed = null;
        final Outcome top = run(maxPps);
        if (top.passed()) {
            return offered(top);
        }
        failed = top.trial();
        return search(top.trial().receivedPps() * (1 - resolution));
    }

    /** Searches around a rate that an earlier search found. */
    Found searchAround(final double pps) {
        failed = null;
        return search(pps);
    }

    private Found search(final double first) {
        double low = 0;
        double high = maxPps;
        double rate = first > low && first < high ? first : (low + high) / 2;
        double step = resolution;
        for (int i = 0; i < MOST_TRIALS && high - low > resolution * high && high > LEAST * maxPps; i++) {
            final Outcome outcome = run(rate);
            if (isGeneratorsLimit(outcome)) {
                return offered(outcome);
            }
            if (outcome.passed()) {
                low = Math.max(low, Math.min(rate, outcome.trial().offeredPps()));
                rate = Math.min((low + high) / 2, rate * (1 + step));
            } else {
                high = rate;
                failed = outcome.trial();
                rate = Math.max((low + high) / 2, rate * (1 - step));
            }
            step *= 2;
        }
        return confirm(low);
    }

    private Found confirm(final double candidate) {
        double rate = candidate;
        double step = resolution;
        while (rate > LEAST * maxPps) {
            final Outcome outcome = run(rate);
            if (outcome.passed()) {
                return isGeneratorsLimit(outcome) ? offered(outcome)
                        : new Found(Math.min(rate, outcome.trial().offeredPps()), failed, outcome.trial());
            }
            failed = outcome.trial();
            rate *= 1 - Math.min(step, 0.5);
            step *= 2;
        }
        return new Found(0, failed, null);
    }

    private Outcome run(final double rate) {
        final Outcome outcome = trials.run(rate);
        highestOffered = Math.max(highestOffered, Math.min(outcome.trial().offeredPps(), outcome.trial().askedPps()));
        return outcome;
    }

    /** A generator that has been faster in another trial was held up in this one: that is no limit. */
    private boolean isGeneratorsLimit(final Outcome outcome) {
        return outcome.passed() && outcome.slow() && outcome.trial().offeredPps() >= Trials.SLOW * highestOffered;
    }

    /** All that the generator could offer came through. */
    private static Found offered(final Outcome outcome) {
        return new Found(Math.min(outcome.trial().receivedPps(), outcome.trial().askedPps()), null, outcome.trial());
    }
}
