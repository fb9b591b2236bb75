package io.penstock.rules.hot.set.table;

import io.penstock.os.hot.memory.Memory;
import io.penstock.rules.hot.SetScratch;
import io.penstock.rules.set.table.TableBlock;
import io.penstock.rules.set.table.TableMemory;

/**
 * Tells of a table's elements in the order of their hashes, which is the same in every index: so growth in between neither repeats an element nor
 * passes one over. A few buckets' elements are copied while no worker can be the writer, and told when one can.
 *
 * <p>Threads: control; one listing.
 */
final class TableListing {

    /** Buckets whose elements are copied at once: some microseconds, most of them misses of the cache. */
    private static final int BUCKETS = 8;
    private static final long END = 1L << Integer.SIZE;
    private static final int LANE_BYTES = 8;

    private final KeyTable table;
    private final KeyForm form;
    private final TableControl control;
    private final int entryBytes;
    private final SetScratch key = new SetScratch();
    private TableBlock copies;
    private int count;

    private TableListing(final KeyTable table, final KeyForm form, final TableControl control) {
        this.table = table;
        this.form = form;
        this.control = control;
        entryBytes = form.hasEntries() ? form.extensions().entryBytes() : 0;
    }

    static TableListing create(final KeyTable table, final KeyForm form, final TableControl control) {
        return new TableListing(table, form, control);
    }

    /** As {@link KeyTable#forEach}. */
    void tell(final EntryVisitor visitor) {
        final int lanes = KeyIndex.lanes(form.hasNarrowLanes());
        copies = TableMemory.allocate((long) (BUCKETS + KeyIndex.MAX_WALK) * lanes * (LANE_BYTES + entryBytes));
        try {
            boolean entered = table.enter();
            try {
                copySpecials();
            } finally {
                table.leave(entered);
            }
            tellCopies(visitor);
            long from = 0;
            while (from < END) {
                entered = table.enter();
                try {
                    from = copy(table.storage().current(), from);
                } finally {
                    table.leave(entered);
                }
                TableUpkeep.letWorkers(entered);
                tellCopies(visitor);
            }
        } finally {
            copies.free();
        }
    }

    /** Copies the elements of some hashes; where to go on. */
    private long copy(final KeyIndex index, final long from) {
        final long first = from * index.buckets() >>> Integer.SIZE;
        final long end = Math.min(first + BUCKETS, index.buckets());
        final long to = ((end << Integer.SIZE) + index.buckets() - 1) / index.buckets();
        final long most = Math.min(index.buckets(), end - first + KeyIndex.MAX_WALK);
        long bucket = index.bucket(first);
        for (long looked = 1; looked <= most; looked++) {
            for (int lane = 0; lane < index.lanes(); lane++) {
                final long word = index.word(index.lane(bucket, lane));
                if (KeyIndex.isWord(word) && index.hash(word) >= from && index.hash(word) < to) {
                    copyElement(index, word);
                }
            }
            if (looked >= end - first && !index.isPassed(bucket)) {
                break;
            }
            bucket = index.next(bucket);
        }
        return to;
    }

    private void copyElement(final KeyIndex index, final long word) {
        final long copy = copy(count++);
        Memory.putLong(copy, word);
        if (entryBytes > 0) {
            final long entry = index.entries().address(KeyForm.numberOf(word));
            for (int offset = 0; offset < entryBytes; offset += Long.BYTES) {
                Memory.putLong(copy + LANE_BYTES + offset, Memory.getLongOpaque(entry + offset));
            }
        }
    }

    private void copySpecials() {
        for (int i = 0; i < TableControl.SPECIAL_WORDS && !form.hasEntries(); i++) {
            final long answer = control.special(i);
            if (answer != 0) {
                Memory.putLong(copy(count++), form.specialWord(i, answer));
            }
        }
    }

    private void tellCopies(final EntryVisitor visitor) {
        for (int i = 0; i < count; i++) {
            final long lane = Memory.getLong(copy(i));
            final long entry = copy(i) + LANE_BYTES;
            form.keyOf(lane, entry, key);
            visitor.visit(key, form.hasEntries() ? entry : form.answerOf(lane));
        }
        count = 0;
    }

    private long copy(final int number) {
        return copies.address() + (long) number * (LANE_BYTES + entryBytes);
    }
}
