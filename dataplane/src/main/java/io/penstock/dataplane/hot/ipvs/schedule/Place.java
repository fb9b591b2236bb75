package io.penstock.dataplane.hot.ipvs.schedule;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Where a scheduler has got to: one word that all workers move on.
 *
 * <p>Assumptions and guarantees: any number of threads; a move succeeds for one of those that saw the same place, so that each place is left once.
 */
final class Place {

    /**
     * How often a worker tries to move on before it takes what it has chosen without moving. Unit: tries. Lower breaks proportions where many
     * workers choose at once; higher holds up a worker longer, at worst for some 10 us.
     */
    static final int TRIES = 256;

    /** The word is apart from others by two cache lines, as the second is fetched with the first. Unit: words */
    private static final int SPACING = 16;
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] words = new long[2 * SPACING + 1];

    Place(final long at) {
        words[SPACING] = at;
    }

    long load() {
        return (long) WORD.getOpaque(words, SPACING);
    }

    /** Moves on from a place that {@link #load} returned, unless another worker has. */
    boolean move(final long from, final long to) {
        return WORD.compareAndSet(words, SPACING, from, to);
    }
}
