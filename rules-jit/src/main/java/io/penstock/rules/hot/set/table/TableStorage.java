package io.penstock.rules.hot.set.table;

import io.penstock.os.sys.SysException;
import io.penstock.rules.hot.set.Boundaries;
import io.penstock.rules.set.table.TableBlock;
import io.penstock.rules.set.table.TableMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * What a table keeps its elements in from one flush to the next: the index in force, the one that it grows into, those that some worker may still
 * look in, and the entries.
 *
 * <p>Invariants:
 * <ol>
 *   <li>While the index grows, the next one has exactly the words of those buckets of the present one that have been moved; who changes one of
 *       these changes both. When all are moved the next one is put into force whole: who looks for a key looks in one index.</li>
 *   <li>Growth needs nobody but the writer, whoever that is: each addition moves a few buckets, in the order of memory, so that the next index is
 *       full of all before the present one is full. Its memory was reserved by control before.</li>
 *   <li>An index that was replaced is given back after every worker has passed a boundary.</li>
 * </ol>
 *
 * <p>Threads: the writer.
 */
final class TableStorage {

    /**
     * Buckets moved by an addition. The index has room for 2.5 words a bucket while it grows, so one would do; more is on the safe side of bursts,
     * and costs an addition more.
     */
    private static final int BUCKETS_EACH = 4;
    /** Buckets a table begins with, for default sizes: a page. */
    private static final int FEW_BUCKETS = 64;
    private static final int DEFAULT_HASHSIZE = 1024;
    private static final int MIN_BUCKETS = 8;
    /** From so many buckets, a megabyte, on an index grows by half, for then memory and caches count; below it doubles. */
    private static final int MANY_BUCKETS = 16_384;
    /**
     * Of eight lanes five are in use when an index grows. Fewer, and it leaves the caches; more, and many look-ups that find nothing need a second
     * line: one in eight where a line has eight lanes, one in twenty where it has sixteen.
     */
    private static final int GROW_OF_8 = 5;
    /** Of sixteen lanes fifteen can be in use. */
    private static final int FULL_OF_16 = 15;
    /** Memory for an index and those that it grew out of: growing by half, a series of 3 times the last one. */
    private static final int SERIES = 4;
    /** Elements that memory for indexes is reserved for at once. */
    private static final long FIRST_ELEMENTS = 65_536;
    private static final long MORE_ELEMENTS = 4L << 20;
    /** Elements beyond those there that the reserve has to suffice for: what a worker can add until control comes by, a few times over. */
    private static final long AHEAD = 1 << 20;
    /** Indexes that are in use or wait: with each the size doubles, or grows by half. */
    private static final int INDEXES = 32;
    /** Bytes given back to the system at once, while no worker can be the writer: two huge pages, or some microseconds of normal ones. */
    private static final long DISCARD_BYTES = 512 << 10;
    private static final long DISCARD_HUGE_BYTES = 4 << 20;

    private static final int IDLE = 0;
    private static final int IN_USE = 1;
    private static final int RETIRED = 2;

    private final KeyForm form;
    private final long maxelem;
    private final TableControl control;
    private final Boundaries boundaries;
    private final TableEntries entries;
    private final KeyIndex[] indexes = new KeyIndex[INDEXES];
    private final int[] states = new int[INDEXES];
    private final IndexRegion[] regionOf = new IndexRegion[INDEXES];
    private final long[] discarded = new long[INDEXES];
    private final long[][] seen;
    private IndexRegion region;
    private IndexRegion spare;
    /** Regions that nothing more is cut from. */
    private final IndexRegion[] left = new IndexRegion[INDEXES];
    private int leftCount;
    private KeyIndex current;
    private KeyIndex next;
    private long moved;
    private long growAt;
    private long fullAt;
    private int crowded;

    /** Nothing in it. Where there is not memory for all of it, nothing of it stays. */
    TableStorage(final KeyForm form, final long hashsize, final long maxelem, final TableControl control, final Boundaries boundaries) {
        this.form = form;
        this.maxelem = maxelem;
        this.control = control;
        this.boundaries = boundaries;
        entries = form.hasEntries() ? new TableEntries(form.extensions().entryBytes(), maxelem, control, boundaries) : null;
        for (int i = 0; i < INDEXES; i++) {
            indexes[i] = new KeyIndex(form.hasNarrowLanes());
        }
        seen = new long[INDEXES][boundaries.workers()];
        final long buckets = Math.min(hashsize <= DEFAULT_HASHSIZE ? FEW_BUCKETS : bucketsFor(hashsize), maxBuckets());
        try {
            region = allocateRegion(Math.max(buckets, bucketsFor(Math.min(maxelem, FIRST_ELEMENTS))));
            current = cutIndex(buckets);
            adopt();
            reserve();
        } catch (final SysException e) {
            allocatedBlocks().forEach(TableBlock::free);
            throw e;
        }
    }

    /** No number of an entry has been used: before the first element, when no other storage is in use any more. */
    void begin() {
        if (entries != null) {
            entries.begin();
        }
    }

    /** The index that should be in force. */
    KeyIndex current() {
        return current;
    }

    TableEntries entries() {
        return entries;
    }

    boolean isGrowing() {
        return next != null;
    }

    /**
     * Before an element is added: goes on with growth, or begins with it; false when the index has no room for a word.
     */
    boolean makeRoom(final long word) {
        if (next == null && control.size() >= growAt) {
            grow();
        }
        if (next != null) {
            move(BUCKETS_EACH);
        }
        return control.size() < fullAt && current.place(word) != 0;
    }

    /** Whether a word could be put in, and an entry be had for it, if there were one element less. */
    boolean isReadyFor(final long word) {
        return control.size() <= fullAt && current.place(word) != 0 && (entries == null || entries.hasFree());
    }

    /** Puts a word in; there must be room. */
    void insert(final long word) {
        final long place = current.place(word);
        current.put(place, word);
        if (isMoved(place) && !next.insert(word)) {
            giveUpGrowth();
        }
    }

    /** Takes a word out of its lane in the index in force, and wherever else it is. */
    void take(final long place) {
        final long word = current.word(place);
        final boolean both = isMoved(place);
        current.take(place);
        if (both) {
            next.take(next.locate(word, 0));
        }
    }

    /** Replaces a word, in its lane in the index in force, by one with other flags. */
    void replace(final long place, final long word) {
        final long before = current.word(place);
        current.put(place, word);
        if (isMoved(place)) {
            next.put(next.locate(before, 0), word);
        }
    }

    /** Control: begins to grow a little before an addition would. */
    void growEarly() {
        if (next == null && control.size() >= growAt - growAt / 16) {
            grow();
        }
    }

    /** Moves so many buckets to the next index, which comes into force when all are moved. */
    void move(final int count) {
        final long end = Math.min(moved + count, current.buckets());
        while (next != null && moved < end) {
            moveBucket(current.bucket(moved));
        }
        if (next != null && moved == current.buckets()) {
            retire(current);
            current = next;
            next = null;
            adopt();
        }
    }

    /**
     * The workers look in the index in force from now on: those that were replaced are no longer found. What is observed of the workers is observed
     * after that.
     */
    void observe() {
        for (int i = 0; i < INDEXES; i++) {
            if (states[i] == RETIRED && discarded[i] < 0) {
                for (int worker = 0; worker < seen[i].length; worker++) {
                    seen[i][worker] = boundaries.observe(worker);
                }
                discarded[i] = 0;
            }
        }
    }

    /** Control: whether memory should be reserved. */
    boolean isShort() {
        return entries != null && entries.isShort() || lacksRegion();
    }

    /** Control: reserves memory for what may be added until it is called again. */
    void reserve() {
        if (entries != null) {
            entries.provide();
        }
        if (lacksRegion()) {
            spare = allocateRegion(bucketsFor(Math.min(maxelem, Math.max(8 * control.size(), MORE_ELEMENTS))));
        }
    }

    /** Control: ends the batch of entries that were given up, so that they become free. */
    void closeBatch() {
        if (entries != null) {
            entries.close();
        }
        observe();
    }

    /** Control: gives some memory of indexes that nobody looks in any more back; whether there is more. */
    boolean discard() {
        boolean more = false;
        for (int i = 0; i < INDEXES && !more; i++) {
            if (states[i] == RETIRED && isPassed(i)) {
                more = true;
                discard(i);
            }
        }
        return more;
    }

    /** Control: a block that nothing is in any more, for who frees it; null for none. */
    TableBlock emptyBlock() {
        for (int i = 0; i < leftCount; i++) {
            final IndexRegion each = left[i];
            if (each.isEmpty()) {
                left[i] = left[--leftCount];
                return each.block();
            }
        }
        return null;
    }

    /** Control: all memory, for who frees it. */
    List<TableBlock> allocatedBlocks() {
        final List<TableBlock> blocks = new ArrayList<>();
        for (int i = 0; i < leftCount; i++) {
            blocks.add(left[i].block());
        }
        if (region != null) {
            blocks.add(region.block());
        }
        if (spare != null) {
            blocks.add(spare.block());
        }
        if (entries != null) {
            blocks.addAll(entries.allocatedBlocks());
        }
        return blocks;
    }

    /** Bytes of memory in use. */
    long memoryBytes() {
        long bytes = 0;
        for (int i = 0; i < INDEXES; i++) {
            if (states[i] != IDLE) {
                bytes += indexes[i].bytes() - Math.max(0, discarded[i]);
            }
        }
        return bytes + (entries == null ? 0 : (control.used() - TableEntries.FIRST) * form.extensions().entryBytes());
    }

    private boolean isMoved(final long place) {
        return next != null && current.number(place) < moved;
    }

    private void moveBucket(final long bucket) {
        for (int lane = 0; lane < current.lanes(); lane++) {
            final long word = current.word(current.lane(bucket, lane));
            if (KeyIndex.isWord(word) && !next.insert(word)) {
                giveUpGrowth();
                return;
            }
        }
        moved++;
    }

    private void grow() {
        final long wanted = Math.min(maxBuckets(), grown(current.buckets()) << crowded);
        final KeyIndex index = cutIndex(wanted);
        if (index != null) {
            next = index;
            moved = 0;
        }
    }

    /** The next index is full at one place: chance does not do that, so it begins again with more. */
    private void giveUpGrowth() {
        retire(next);
        next = null;
        crowded++;
    }

    private void adopt() {
        growAt = current.buckets() == maxBuckets() ? Long.MAX_VALUE : current.capacity() * GROW_OF_8 / 8;
        fullAt = current.capacity() * FULL_OF_16 / 16;
    }

    /** An index of so many buckets, in memory that is there; null when there is none. */
    private KeyIndex cutIndex(final long buckets) {
        final long bytes = buckets * KeyIndex.BUCKET_BYTES;
        if (region.rest() < bytes && spare != null && spare.rest() >= bytes && leftCount < left.length) {
            left[leftCount++] = region;
            region = spare;
            spare = null;
        }
        for (int i = 0; i < INDEXES && region.rest() >= bytes; i++) {
            if (states[i] == IDLE) {
                states[i] = IN_USE;
                regionOf[i] = region;
                indexes[i].place(region.cut(bytes), buckets, entries);
                return indexes[i];
            }
        }
        return null;
    }

    private void retire(final KeyIndex index) {
        for (int i = 0; i < INDEXES; i++) {
            if (indexes[i] == index) {
                states[i] = RETIRED;
                discarded[i] = -1;
            }
        }
    }

    private boolean isPassed(final int number) {
        boolean passed = discarded[number] >= 0;
        for (int worker = 0; worker < seen[number].length && passed; worker++) {
            passed = boundaries.hasPassed(worker, seen[number][worker]);
        }
        return passed;
    }

    private void discard(final int number) {
        final KeyIndex index = indexes[number];
        final long bytes = Math.min(index.bytes() - discarded[number], regionOf[number].isHuge() ? DISCARD_HUGE_BYTES : DISCARD_BYTES);
        regionOf[number].discard(index.base() + discarded[number], bytes);
        discarded[number] += bytes;
        if (discarded[number] == index.bytes()) {
            regionOf[number].give();
            regionOf[number] = null;
            states[number] = IDLE;
        }
    }

    private boolean lacksRegion() {
        if (spare != null || current.buckets() == maxBuckets()) {
            return false;
        }
        final long elements = Math.min(maxelem, Math.max(4 * control.size(), control.size() + AHEAD));
        final long wanted = Math.max(bucketsFor(elements), grown(current.buckets()));
        final long series = grown(current.buckets()) == wanted ? 1 : SERIES - 1;
        return region.rest() < series * wanted * KeyIndex.BUCKET_BYTES;
    }

    private IndexRegion allocateRegion(final long buckets) {
        return new IndexRegion(TableMemory.allocate(SERIES * buckets * KeyIndex.BUCKET_BYTES));
    }

    private long grown(final long buckets) {
        return Math.min(maxBuckets(), buckets + (buckets < MANY_BUCKETS ? buckets : buckets / 2));
    }

    private long maxBuckets() {
        return bucketsFor(maxelem);
    }

    private long bucketsFor(final long elements) {
        final long lanes = KeyIndex.lanes(form.hasNarrowLanes());
        return Math.max(MIN_BUCKETS, elements * 8 / (GROW_OF_8 * lanes) + 1);
    }
}
