package io.penstock.rules.hot;

/**
 * An IPv4 table all of whose chains are searched as {@link SearchedTable4} does.
 *
 * <p>Threads: its worker.
 */
public final class IndexedTable4 extends SearchedTable4 {

    /** A program; see {@link SearchedTable4}. */
    public IndexedTable4(final TableImage image, final long counters, final long[] blocks) {
        super(image, counters, blocks);
    }
}
