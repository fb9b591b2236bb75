package io.penstock.perf.bench.engine;

import java.lang.invoke.VarHandle;

/**
 * A time that passes on the processor alone: it reads no clock, and touches one word of memory.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A step needs the result of the one before, and the first needs the last of the time before: they cannot overlap one another.</li>
 *   <li>A fence follows: no load of what comes after begins before the steps are done.</li>
 * </ol>
 *
 * <p>Threads: one at a time.
 */
final class Delay {

    /** Odd; from Knuth's MMIX generator. */
    private static final long FACTOR = 6_364_136_223_846_793_005L;
    /** Enough for the JIT compiler's last tier. */
    private static final int WARM_CALLS = 30_000;
    /** The best of so many tells the processor's time without what else happens on it. */
    private static final int ATTEMPTS = 15;
    /** Unit: ns. A measured attempt lasts about so long: many reads of the clock, and few enough that some attempts are undisturbed. */
    private static final long ATTEMPT_NS = 1_000_000;
    private static final int FEW_STEPS = 4;
    private static final int MORE_STEPS = 64;

    private final int steps;
    private long value = 1;

    private Delay(final int steps) {
        this.steps = steps;
    }

    /** As near to so many ns as whole steps come; the least is what a fence takes, some 5 to 10 ns. */
    static Delay ofNs(final int ns) {
        final double few = nsOf(FEW_STEPS);
        final double step = (nsOf(MORE_STEPS) - few) / (MORE_STEPS - FEW_STEPS);
        return new Delay(Math.max(0, (int) Math.round(FEW_STEPS + (ns - few) / step)));
    }

    /** Lets it pass. */
    void pass() {
        long x = value;
        for (int i = steps; i > 0; i--) {
            x = x * FACTOR + i;
        }
        value = x;
        VarHandle.fullFence();
    }

    private static double nsOf(final int steps) {
        final Delay delay = new Delay(steps);
        for (int i = 0; i < WARM_CALLS; i++) {
            delay.pass();
        }
        final int calls = (int) (ATTEMPT_NS / Math.max(1, delay.ns(WARM_CALLS) / WARM_CALLS));
        double best = Double.MAX_VALUE;
        for (int i = 0; i < ATTEMPTS; i++) {
            best = Math.min(best, (double) delay.ns(calls) / calls);
        }
        return best;
    }

    private long ns(final int calls) {
        final long startNs = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            pass();
        }
        return System.nanoTime() - startNs;
    }
}
