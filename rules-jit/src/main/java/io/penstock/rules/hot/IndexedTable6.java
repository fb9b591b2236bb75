package io.penstock.rules.hot;

/**
 * An IPv6 table all of whose chains are searched as {@link SearchedTable6} does.
 *
 * <p>Threads: its worker.
 */
public final class IndexedTable6 extends SearchedTable6 {

    /** A program; see {@link SearchedTable6}. */
    public IndexedTable6(final TableImage image, final long counters, final long[] blocks) {
        super(image, counters, blocks);
    }
}
