package io.penstock.conntrack.hot.table;

import io.penstock.os.hot.memory.Memory;

/**
 * A walk over the entries whose tuple's hash agrees with one in its low half, in whichever index they are: the slow way to look up, which sees
 * what the first bucket does not show.
 *
 * <p>Threads: its worker; one walk at a time, in which entries may be removed.
 */
final class ChainCursor {

    private final EntryPool pool;
    private final IndexView view;

    private ConnIndex index;
    private ConnIndex following;
    private long low;
    private long bucket;
    private long end;
    private int slots;
    private int chain;

    ChainCursor(final EntryPool pool, final IndexView view) {
        this.pool = pool;
        this.view = view;
    }

    /** Starts a walk; its first entry, as {@link #next}. */
    long first(final long hash) {
        low = hash & 0xFFFF_FFFFL;
        chain = 0;
        following = view.second();
        begin(view.first());
        return next();
    }

    /** The next entry, with the direction in bit 0; 0 when there is none. */
    long next() {
        while (true) {
            while (slots != 0) {
                final long word = Memory.getLongAcquire(ConnIndex.slot(bucket, Integer.numberOfTrailingZeros(slots)));
                slots &= slots - 1;
                // It may have been emptied, and filled again, since.
                if (word != 0 && BucketLayout.hash(word) == low) {
                    return pool.address(BucketLayout.number(word)) | BucketLayout.direction(word);
                }
            }
            if (!advance()) {
                return 0;
            }
        }
    }

    /** How many tuples with the same home the walk has met. */
    int chain() {
        return chain;
    }

    private boolean advance() {
        final long after = index.next(bucket);
        if (BucketLayout.passed(bucket) != 0 && after != end) {
            enter(after);
            return true;
        }
        if (following == null) {
            return false;
        }
        begin(following);
        following = null;
        return true;
    }

    private void begin(final ConnIndex in) {
        index = in;
        end = in.home(low);
        enter(end);
    }

    private void enter(final long next) {
        bucket = next;
        slots = BucketLayout.agreeing(next, low);
        chain += BucketLayout.sharing(next, low, index.mask());
    }
}
