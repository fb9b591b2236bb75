package io.penstock.rules.hot;

import java.util.Arrays;

/**
 * Where the evaluation of one packet keeps what it comes back to: chains to be returned to, slots to be looked at.
 *
 * <p>Threads: the worker that owns the packet.
 */
final class RuleScratch {

    /** Jumps within jumps that most tables do with. Unit: entries; a deeper table makes the stack grow once. */
    private static final int USUAL_DEPTH = 64;

    /** Slots that are to be looked at. */
    final long[] slots = new long[FilterLayout.TUPLES];

    private int[] entries = new int[USUAL_DEPTH];

    /** The entries, at least as many as asked for. */
    int[] entries(final int depth) {
        return depth <= entries.length ? entries : growSlow(depth);
    }

    /** Makes room for so many; apart from {@link #entries}, which is then never the one that does. */
    void prepare(final int depth) {
        if (depth > entries.length) {
            growSlow(depth);
        }
    }

    private int[] growSlow(final int depth) {
        entries = Arrays.copyOf(entries, depth);
        return entries;
    }
}
