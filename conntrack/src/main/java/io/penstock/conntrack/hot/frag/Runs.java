package io.penstock.conntrack.hot.frag;

/**
 * The pieces of a packet in the packet's order.
 *
 * <p>A run is pieces that came one behind the other, each the last of the packet so far; a piece that came out of order is a run of its own.
 * What lies within a run is a duplicate, what crosses a run's border is an overlap: so it depends on the order of arrival, as in the kernel,
 * whether a repetition with other borders costs the packet.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Runs do not overlap. The last one ends with the queue's tail.</li>
 *   <li>A run is listed in the bucket of its start, in order; the mask has the buckets that have any.</li>
 *   <li>A search looks at two buckets at the most.</li>
 * </ol>
 *
 * <p>Source: net/ipv4/inet_fragment.c, inet_frag_queue_insert. Threads: the store's.
 */
final class Runs {

    /** A KiB of offsets a bucket. */
    private static final int BUCKET_SHIFT = 10;

    /** Where {@link #judge} found room: the piece goes to the end of the last run. */
    private boolean append;
    /** It is a run of its own, and the last. */
    private boolean last;
    /** It is a run behind this one of the same bucket, or 0: the first of its bucket. */
    private long before;

    /** Nothing judged yet. */
    Runs() {
    }

    /** Whether a piece fits ({@link FragmentResult#HELD}), or is a duplicate or an overlap; where it fits is kept for {@link #insert}. */
    int judge(final long queue, final int offset, final int end) {
        final long tail = QueueLayout.tail(queue);
        append = false;
        last = true;
        if (tail != 0) {
            final int tailEnd = PieceLayout.end(tail);
            if (tailEnd >= end) {
                last = false;
                return judgeSlow(queue, offset, end);
            }
            if (offset < tailEnd) {
                return FragmentResult.OVERLAP;
            }
            append = offset == tailEnd;
        }
        return FragmentResult.HELD;
    }

    /** Puts a piece where the last {@link #judge} found room for it. */
    void insert(final long queue, final long piece) {
        if (append) {
            PieceLayout.setNextInRun(QueueLayout.tail(queue), piece);
            PieceLayout.setRunEnd(QueueLayout.lastRun(queue), PieceLayout.end(piece));
        } else {
            final int bucket = PieceLayout.offset(piece) >>> BUCKET_SHIFT;
            if (last) {
                // What a bucket as far back as this has, the last run is the end of.
                before = isUsed(queue, bucket) ? QueueLayout.lastRun(queue) : 0;
                QueueLayout.setLastRun(queue, piece);
            }
            list(queue, bucket, piece);
        }
        if (last) {
            QueueLayout.setTail(queue, piece);
        }
    }

    /** The run at the packet's beginning, of a queue that has it; its first piece is the first fragment. */
    static long first(final long queue) {
        return QueueLayout.head(queue, 0);
    }

    /** The run behind a run, or 0. */
    static long after(final long queue, final long run) {
        final long next = PieceLayout.nextRun(run);
        return next != 0 ? next : headAfter(queue, PieceLayout.offset(run) >>> BUCKET_SHIFT);
    }

    private int judgeSlow(final long queue, final int offset, final int end) {
        final int bucket = offset >>> BUCKET_SHIFT;
        long run = isUsed(queue, bucket) ? QueueLayout.head(queue, bucket) : 0;
        before = 0;
        while (run != 0 && PieceLayout.offset(run) <= offset) {
            before = run;
            run = PieceLayout.nextRun(run);
        }
        final long left = before != 0 ? before : lastBefore(queue, bucket);
        if (left != 0 && offset < PieceLayout.runEnd(left)) {
            return end <= PieceLayout.runEnd(left) ? FragmentResult.DUPLICATE : FragmentResult.OVERLAP;
        }
        final long right = run != 0 ? run : headAfter(queue, bucket);
        return right != 0 && PieceLayout.offset(right) < end ? FragmentResult.OVERLAP : FragmentResult.HELD;
    }

    private void list(final long queue, final int bucket, final long piece) {
        if (before != 0) {
            PieceLayout.setNextRun(piece, PieceLayout.nextRun(before));
            PieceLayout.setNextRun(before, piece);
            return;
        }
        PieceLayout.setNextRun(piece, isUsed(queue, bucket) ? QueueLayout.head(queue, bucket) : 0);
        QueueLayout.setHead(queue, bucket, piece);
        QueueLayout.setMask(queue, QueueLayout.mask(queue) | 1L << bucket);
    }

    private static boolean isUsed(final long queue, final int bucket) {
        return (QueueLayout.mask(queue) >>> bucket & 1) != 0;
    }

    private static long lastBefore(final long queue, final int bucket) {
        final long used = QueueLayout.mask(queue) & (1L << bucket) - 1;
        if (used == 0) {
            return 0;
        }
        long run = QueueLayout.head(queue, Long.SIZE - 1 - Long.numberOfLeadingZeros(used));
        for (long next = PieceLayout.nextRun(run); next != 0; next = PieceLayout.nextRun(run)) {
            run = next;
        }
        return run;
    }

    private static long headAfter(final long queue, final int bucket) {
        // Two shifts, as one by 64 would be none.
        final long used = QueueLayout.mask(queue) >>> bucket >>> 1;
        return used == 0 ? 0 : QueueLayout.head(queue, bucket + 1 + Long.numberOfTrailingZeros(used));
    }
}
