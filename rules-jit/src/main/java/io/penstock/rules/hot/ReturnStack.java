package io.penstock.rules.hot;

import java.util.Arrays;

/**
 * Where chains are to be returned to, of one packet under way.
 *
 * <p>Threads: the worker that owns the packet.
 */
final class ReturnStack {

    /** Jumps within jumps that most tables do with. Unit: entries; a deeper table makes the stack grow once. */
    private static final int USUAL_DEPTH = 64;

    private int[] entries = new int[USUAL_DEPTH];

    /** The entries, at least as many as asked for. */
    int[] entries(final int depth) {
        return depth <= entries.length ? entries : growSlow(depth);
    }

    private int[] growSlow(final int depth) {
        entries = Arrays.copyOf(entries, depth);
        return entries;
    }
}
