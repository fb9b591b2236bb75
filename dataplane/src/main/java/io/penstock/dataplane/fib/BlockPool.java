package io.penstock.dataplane.fib;

import java.util.Arrays;

/**
 * Hands out blocks of cache lines: never-used ones in order, so that the memory behind them stays dense, and freed ones of the
 * same size first. Blocks are not cut or joined: a table has blocks of few sizes, and changes of it need the same again.
 *
 * <p>Invariants:
 * <ol>
 *   <li>What was retired is handed out again only after the {@link Reclaimer} has run an action that it was given by
 *       {@link #flush}, later than that; the caller has unlinked it before it calls {@link #flush}.</li>
 *   <li>At most one action waits, however many blocks do: a feed of a million routes takes no object a route.</li>
 * </ol>
 *
 * <p>Threads: the control thread.
 */
final class BlockPool {

    private static final int FIRST_CAPACITY = 64;
    /** Of each size so many blocks are as good as lines that were never used: an update takes fewer. */
    private static final int ENOUGH_BLOCKS = 64;
    /** The lowest bits of a retired block are its lines. */
    private static final int LINES_BITS = 8;

    private final Reclaimer reclaimer;
    private final int limit;
    private final int[][] free;
    private final int[] freeCounts;
    private final boolean[] known;
    private long freeLines;
    private int next;
    private long[] retired = new long[FIRST_CAPACITY];
    private int retiredCount;
    private boolean waits;
    private long linesInUse;

    /** A pool of so many lines, for blocks of {@code mostLines} or fewer. */
    BlockPool(final Reclaimer reclaimer, final int limit, final int mostLines) {
        this.reclaimer = reclaimer;
        this.limit = limit;
        this.free = new int[mostLines + 1][0];
        this.freeCounts = new int[mostLines + 1];
        this.known = new boolean[mostLines + 1];
    }

    /**
     * True while an eighth is left of what removing needs, which cannot be refused: lines that were never used, which serve for every
     * size, and for half of it those that are free again. When there are fewer than that half, a table that has become smaller still takes
     * what it gives back, as long as all sizes are among that.
     */
    boolean hasRoom() {
        final int unused = limit - next;
        return unused > limit / 8 || unused > limit / 16 && unused + freeLines > limit / 8 || hasEverySize(unused);
    }

    private boolean hasEverySize(final int unused) {
        // For a size that there was none of yet.
        if (unused < ENOUGH_BLOCKS * known.length) {
            return false;
        }
        for (int lines = 0; lines < known.length; lines++) {
            if (known[lines] && freeCounts[lines] < ENOUGH_BLOCKS) {
                return false;
            }
        }
        return true;
    }

    /** The first line of a block; the caller has asked {@link #hasRoom}. */
    int take(final int lines) {
        linesInUse += lines;
        known[lines] = true;
        if (freeCounts[lines] > 0) {
            freeLines -= lines;
            return free[lines][--freeCounts[lines]];
        }
        if (limit - next < lines) {
            throw new IllegalStateException("no block left: lines=" + limit);
        }
        final int block = next;
        next += lines;
        return block;
    }

    /** Takes a block back that nothing will lead to when the update is finished. */
    void retire(final int block, final int lines) {
        linesInUse -= lines;
        if (retiredCount == retired.length) {
            retired = Arrays.copyOf(retired, 2 * retiredCount);
        }
        retired[retiredCount++] = (long) block << LINES_BITS | lines;
    }

    /** Ends an update: now nothing leads to what was retired. */
    void flush() {
        if (waits || retiredCount == 0) {
            return;
        }
        waits = true;
        final long[] blocks = retired;
        final int count = retiredCount;
        retired = new long[FIRST_CAPACITY];
        retiredCount = 0;
        reclaimer.retire(() -> {
            for (int i = 0; i < count; i++) {
                give((int) (blocks[i] >>> LINES_BITS), (int) blocks[i] & (1 << LINES_BITS) - 1);
            }
            waits = false;
            flush();
        });
    }

    /** Lines in blocks that are linked. */
    long linesInUse() {
        return linesInUse;
    }

    private void give(final int block, final int lines) {
        if (freeCounts[lines] == free[lines].length) {
            free[lines] = Arrays.copyOf(free[lines], Math.max(FIRST_CAPACITY, 2 * free[lines].length));
        }
        free[lines][freeCounts[lines]++] = block;
        freeLines += lines;
    }
}
