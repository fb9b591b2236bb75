package io.penstock.perf.bench.procedure;

/**
 * The longest burst of frames, each as soon after the one before as can be, of which none is lost (RFC 2544, section 26.4).
 *
 * <p>Bursts get longer by a factor of two until one fails or the longest that is worth sending passed; halving finds the length
 * between; then the length is tried {@link #CONFIRMATIONS} times more, and made shorter until as many pass in a row. Threads: one.
 */
final class BurstSearch {

    /** Trials in a row that a result has to pass; a burst lasts for milliseconds, so they cost little. */
    static final int CONFIRMATIONS = 3;
    /** The first: what the shortest ring on the way holds, that of a veth. */
    private static final long FIRST_FRAMES = 256;

    private final Trials trials;
    private final long mostFrames;
    private final double resolution;

    /** Prepares searches for lengths up to one. */
    BurstSearch(final Trials trials, final long mostFrames, final double resolution) {
        this.trials = trials;
        this.mostFrames = Math.max(1, mostFrames);
        this.resolution = resolution;
    }

    /** The length in frames; {@code mostFrames} when none fails, 0 when every one does. */
    long search() {
        long low = 0;
        long high = Math.min(FIRST_FRAMES, mostFrames);
        while (passes(high)) {
            low = high;
            if (high == mostFrames) {
                return confirm(high);
            }
            high = Math.min(high * 2, mostFrames);
        }
        while (high - low > Math.max(1, (long) (resolution * high))) {
            final long middle = (low + high) >>> 1;
            if (passes(middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return confirm(low);
    }

    private long confirm(final long candidate) {
        long frames = candidate;
        double step = resolution;
        int passed = 0;
        while (frames > 0 && passed < CONFIRMATIONS) {
            if (passes(frames)) {
                passed++;
            } else {
                passed = 0;
                frames = Math.min(frames - 1, (long) (frames * (1 - Math.min(step, 0.5))));
                step *= 2;
            }
        }
        return frames;
    }

    private boolean passes(final long frames) {
        return trials.burst(frames).passed();
    }
}
