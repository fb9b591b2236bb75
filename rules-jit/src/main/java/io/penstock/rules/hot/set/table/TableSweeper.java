package io.penstock.rules.hot.set.table;

/** Looks through a table for elements that are over, or that have to make room. Threads: the writer. */
final class TableSweeper {

    /** Buckets that one call of control looks through at least: a small table whole. */
    private static final long MIN_EACH = 1024;
    /**
     * Of a large table, the part that it looks through: at ten calls a second, an element that is over is gone within seven seconds. Larger, and
     * tables of a million elements cost control time all the while.
     */
    private static final long PART_EACH = 64;
    /** Buckets that a worker looks through for room: some microseconds. */
    private static final int PATH_BUCKETS = 32;
    /** Buckets that control looks through for room: a millisecond, in which no worker can be the writer; some 10,000 elements. */
    private static final long CONTROL_BUCKETS = 2048;
    /** Buckets among whose elements the first to be over gives way. */
    private static final int EVICT_BUCKETS = 4;
    /** 2^32 divided by the golden ratio: hints that differ little lead to places far from each other. */
    private static final long SPREAD = 0x9E37_79B9L;
    private static final long LOW = 0xFFFF_FFFFL;

    private final KeyTable table;
    private final KeyForm form;
    private final Extensions extensions;
    private final TableControl control;
    private final KeyWriter writer;
    private long cursor;

    TableSweeper(final KeyTable table, final KeyForm form, final TableControl control, final KeyWriter writer) {
        this.table = table;
        this.form = form;
        this.extensions = form.extensions();
        this.control = control;
        this.writer = writer;
    }

    /** Any thread: how many buckets one call of {@link KeyTable#expire} looks through. */
    long bucketsEach() {
        if (!extensions.has(Extensions.TIMEOUT)) {
            return 0;
        }
        final long buckets = table.indexBuckets();
        return Math.min(buckets, Math.max(MIN_EACH, buckets / PART_EACH));
    }

    /** Goes on through so many buckets, and takes at most so many elements out that are over; how many. */
    int sweep(final long nowNs, final int buckets, final int atMost) {
        final KeyIndex index = table.storage().current();
        int removed = 0;
        for (int i = 0; i < buckets && removed < atMost; i++) {
            if (cursor >= index.buckets()) {
                cursor = 0;
            }
            removed += sweepBucket(index, index.bucket(cursor), nowNs, atMost - removed);
            // A bucket that has to be left early is looked at again.
            cursor += removed < atMost ? 1 : 0;
        }
        return removed;
    }

    /** The table is full: looks for elements that are over, a while if a worker is the writer, longer if control is. */
    void makeRoom(final long nowNs) {
        if (!extensions.has(Extensions.TIMEOUT)) {
            return;
        }
        final long buckets = table.isControl() ? Math.min(CONTROL_BUCKETS, table.storage().current().buckets()) : PATH_BUCKETS;
        for (long looked = 0; looked < buckets; looked += PATH_BUCKETS) {
            if (sweep(nowNs, PATH_BUCKETS, Integer.MAX_VALUE) > 0) {
                return;
            }
        }
    }

    /** As {@link KeyTable#evict}. */
    boolean evict(final long hint) {
        final KeyIndex index = table.storage().current();
        long bucket = index.bucket((hint * SPREAD & LOW) * index.buckets() >>> Integer.SIZE);
        long first = 0;
        for (long looked = 0; looked < index.buckets() && (first == 0 || looked < EVICT_BUCKETS); looked++) {
            for (int lane = 0; lane < index.lanes(); lane++) {
                final long place = index.lane(bucket, lane);
                if (KeyIndex.isWord(index.word(place)) && (first == 0 || isBefore(index, place, first))) {
                    first = place;
                }
            }
            bucket = index.next(bucket);
        }
        if (first == 0) {
            return evictSpecial();
        }
        writer.lose(first);
        return true;
    }

    private int sweepBucket(final KeyIndex index, final long bucket, final long nowNs, final int atMost) {
        int removed = 0;
        for (int lane = 0; lane < index.lanes() && removed < atMost; lane++) {
            final long place = index.lane(bucket, lane);
            final long word = index.word(place);
            if (KeyIndex.isWord(word) && extensions.isOver(index.entries().address(KeyForm.numberOf(word)), nowNs)) {
                writer.lose(place);
                removed++;
            }
        }
        return removed;
    }

    /** Whether one element is over before another. */
    private boolean isBefore(final KeyIndex index, final long lane, final long other) {
        if (!extensions.has(Extensions.TIMEOUT)) {
            return false;
        }
        final long expiryNs = expiryNs(index, lane);
        final long otherNs = expiryNs(index, other);
        return expiryNs != 0 && (otherNs == 0 || expiryNs - otherNs < 0);
    }

    private long expiryNs(final KeyIndex index, final long lane) {
        return extensions.expiryNs(index.entries().address(KeyForm.numberOf(index.word(lane))));
    }

    private boolean evictSpecial() {
        boolean evicted = false;
        for (int i = 0; i < TableControl.SPECIAL_WORDS && !evicted && !form.hasEntries(); i++) {
            evicted = writer.loseSpecial(i);
        }
        return evicted;
    }
}
