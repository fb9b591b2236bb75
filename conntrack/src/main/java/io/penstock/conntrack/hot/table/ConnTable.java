package io.penstock.conntrack.hot.table;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.sys.Parts;
import java.lang.invoke.VarHandle;

/**
 * The connections of one family in one namespace.
 *
 * <p>An entry has 192 bytes (IPv4) or 256 (IPv6), a link 8, and its two tuples 8 each in the index, which is kept at most 4/7 full:
 * 228 or 292 bytes a connection in a table that is full, more in the index as far as its power of two is above that. Address space is
 * reserved for all entries and for two indexes of the largest size; memory is taken by first touch.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Entries do not move. An entry is used again only after every worker has passed a batch boundary since it was given up; so within a
 *       batch an address names one connection.</li>
 *   <li>What a look-up finds was in the table, alive and of that tuple at an instant during the look-up; what was so all the while is found.</li>
 *   <li>Two connections that a look-up could find do not share a tuple.</li>
 * </ol>
 *
 * <p>Threads: workers through their {@link TableWorker}; control threads through the methods here. With one worker nothing on its path is atomic
 * but the changes of state words.
 */
public final class ConnTable implements AutoCloseable {

    /** The most entries: 28 bits of number. */
    public static final int MAX_ENTRIES = 1 << 28;

    /** Slots in use for each bucket when the index is as full as it should get: 4 of 7. Fuller, and walks get long; emptier, and it leaves the caches. */
    private static final int TUPLES_IN_BUCKET = 4;
    private static final int MIN_BUCKETS = 16;
    /** Entries beyond the limit, by worker: those that it has given up and cannot use yet, and those that it holds free. */
    private static final int SPARE_ENTRIES = 1024;

    private final int family;
    private final long secret0;
    private final long secret1;
    private final ConnLimit limit;
    private final MappedMemory entries;
    private final MappedMemory links;
    private final MappedMemory indexMemory;
    private final MappedMemory controlMemory;
    private final TableControl control;
    private final EntryPool pool;
    private final ConnIndex[] indexes;
    private final int maxBuckets;
    private final IndexMover mover;
    private final TableWorker[] workers;
    private boolean keepsAssured;

    /**
     * An empty table, with an index for as many connections as the limit now allows.
     *
     * @param family     {@link ConnLayout#FAMILY_IPV4} or {@link ConnLayout#FAMILY_IPV6}
     * @param maxEntries the most connections that there can ever be
     * @param limit      how many there may be now, with the other family's
     * @param secret0    half of the secret of the hash
     * @param secret1    the other half
     * @param workers    how many threads use it
     */
    public ConnTable(
            final int family, final int maxEntries, final ConnLimit limit, final long secret0, final long secret1, final int workers) {
        if (maxEntries < 1 || maxEntries > MAX_ENTRIES) {
            throw new IllegalArgumentException("a table of so many connections is not possible: maxEntries=" + maxEntries
                    + "; choose 1 to " + MAX_ENTRIES);
        }
        this.family = family;
        this.secret0 = secret0;
        this.secret1 = secret1;
        this.limit = limit;
        final int entryBytes = family == ConnLayout.FAMILY_IPV4 ? ConnLayout.IPV4_BYTES : ConnLayout.IPV6_BYTES;
        final int capacity = maxEntries + SPARE_ENTRIES * workers;
        maxBuckets = bucketsFor(maxEntries);
        // Up to the power of two: words that agree in a bucket are combined, and what they name then is touched.
        final long addressable = Integer.highestOneBit(capacity) * 2L;
        final long indexBytes = (long) maxBuckets * BucketLayout.BYTES;
        final Parts parts = new Parts();
        try {
            entries = parts.keep(MappedMemory.reserve(addressable * entryBytes, MappedMemory.Pages.HUGE), MappedMemory::close);
            links = parts.keep(MappedMemory.reserve(EntryPool.linksBytes(capacity), MappedMemory.Pages.HUGE), MappedMemory::close);
            indexMemory = parts.keep(MappedMemory.reserve(2 * indexBytes, MappedMemory.Pages.HUGE), MappedMemory::close);
            controlMemory = MappedMemory.reserve(TableControl.bytes(workers), MappedMemory.Pages.NORMAL);
        } catch (final RuntimeException | Error e) {
            parts.abandon();
            throw e;
        }
        control = new TableControl(controlMemory.address(), workers);
        pool = new EntryPool(entries.address(), links.address(), control.pool(), entryBytes, capacity);
        indexes = new ConnIndex[] {
            new ConnIndex(indexMemory.address(), workers > 1), new ConnIndex(indexMemory.address() + indexBytes, workers > 1)};
        final long now = limit.max();
        indexes[0].setBuckets(bucketsFor(now == 0 ? maxEntries : (int) Math.min(now, maxEntries)));
        indexes[1].setBuckets(MIN_BUCKETS);
        mover = new IndexMover(this);
        this.workers = new TableWorker[workers];
        for (int i = 0; i < workers; i++) {
            this.workers[i] = new TableWorker(this, i);
        }
    }

    /** How many buckets are right for so many connections. */
    public static int bucketsFor(final int entries) {
        final long buckets = (2L * entries + TUPLES_IN_BUCKET - 1) / TUPLES_IN_BUCKET;
        return (int) Math.max(MIN_BUCKETS, Long.highestOneBit(Math.max(1, buckets - 1)) * 2);
    }

    /** What is assured is never dropped early, whatever its state: states here are not the trackers'. Before it is used. */
    public void keepAssured() {
        keepsAssured = true;
    }

    /** {@link #keepAssured}. */
    boolean keepsAssured() {
        return keepsAssured;
    }

    /** A worker's part. */
    public TableWorker worker(final int number) {
        return workers[number];
    }

    /** {@link ConnLayout#FAMILY_IPV4} or {@link ConnLayout#FAMILY_IPV6}. */
    public int family() {
        return family;
    }

    /** Bytes of an entry. */
    public int entryBytes() {
        return pool.entryBytes();
    }

    /** The count and its limit. */
    public ConnLimit limit() {
        return limit;
    }

    /** Control: the highest number that an entry may have now. */
    public int used() {
        return pool.used();
    }

    /** An entry's number, 1 and up. */
    public int number(final long entry) {
        return pool.number(entry);
    }

    /** An entry's address. */
    public long address(final int number) {
        return pool.address(number);
    }

    /** The address of a connection that was named across batches; 0 when it is no more. */
    public long entry(final int number, final int generation) {
        if (number < 1 || number > pool.used()) {
            return 0;
        }
        final long entry = pool.address(number);
        return isShown(ConnLayout.state(entry), generation) ? entry : 0;
    }

    /**
     * Control: copies an entry that is in the table to {@link #entryBytes} bytes, to be read through {@link ConnLayout} there; false when there is
     * none of that number. Fields of one instant each, all of one connection.
     */
    public boolean snapshot(final int number, final long to) {
        if (number < 1 || number > pool.used()) {
            return false;
        }
        final long entry = pool.address(number);
        final long state = ConnLayout.state(entry);
        if (!isShown(state, ConnLayout.generationOf(state))) {
            return false;
        }
        for (int offset = 0; offset < pool.entryBytes(); offset += Long.BYTES) {
            Memory.putLong(to + offset, Memory.getLongOpaque(entry + offset));
        }
        // Pairs with the fence of TableWorker.allocate: who saw a field of the next connection sees its generation.
        VarHandle.loadLoadFence();
        return ConnLayout.generation(entry) == ConnLayout.generationOf(state);
    }

    /**
     * Control: asks for a connection's end; false when it is no more. From now on packets do not find it; the workers' sweep, or a packet of its
     * tuple, removes it.
     */
    public boolean condemn(final int number, final int generation) {
        final long entry = entry(number, generation);
        while (entry != 0) {
            final long state = ConnLayout.state(entry);
            if (!isShown(state, generation)) {
                return false;
            }
            if (Memory.compareAndSetLong(entry + ConnLayout.STATE, state, state | TableState.CONDEMNED)) {
                return true;
            }
        }
        return false;
    }

    /** Control: a counter of {@link TableCounter}, of one worker. */
    public long counter(final int worker, final int counter) {
        return workers[worker].counters().get(counter);
    }

    /**
     * Control: asks for another number of buckets, a power of two; workers move the index there through {@link TableWorker#maintain}. No
     * connection goes for it: a smaller index that turns out to have no room for all is given up, and the number stays. {@link #bucketsFor}
     * says what is right.
     */
    public void resize(final int buckets) {
        if (buckets < MIN_BUCKETS || buckets > maxBuckets || Integer.bitCount(buckets) != 1) {
            throw new IllegalArgumentException("the index cannot have so many buckets: buckets=" + buckets
                    + "; choose a power of two from " + MIN_BUCKETS + " to " + maxBuckets);
        }
        control.setWanted(buckets);
    }

    /** Control: whether a resize is under way or wanted. */
    public boolean isResizing() {
        return control.wanted() != 0 || IndexView.step(control.phase()) != IndexView.STABLE;
    }

    /** Control: the number of buckets, of the old index while a resize is under way. */
    public int buckets() {
        return indexes[(int) (control.phase() / IndexView.STEPS) & 1].buckets();
    }

    /** The most buckets that {@link #resize} takes. */
    public int maxBuckets() {
        return maxBuckets;
    }

    /** Control: wall clock less workers' clock, for time stamps. */
    public void setWallOffset(final long offsetNs) {
        control.setWallOffset(offsetNs);
    }

    /** Frees the memory; no thread may use the table any more. */
    @Override
    public void close() {
        controlMemory.close();
        indexMemory.close();
        links.close();
        entries.close();
    }

    long wallNs(final long nowNs) {
        return nowNs + control.wallOffset();
    }


    long hash(final long entry, final int direction) {
        return TupleHash.ofEntry(secret0, secret1, entry, direction);
    }

    long secret0() {
        return secret0;
    }

    long secret1() {
        return secret1;
    }

    EntryPool pool() {
        return pool;
    }

    ConnIndex[] indexes() {
        return indexes;
    }

    TableControl control() {
        return control;
    }

    IndexMover mover() {
        return mover;
    }

    private static boolean isShown(final long state, final int generation) {
        return ConnLayout.generationOf(state) == generation
                && (state & (ConnLayout.IN_TABLE | ConnStatus.DYING | TableState.CONDEMNED)) == ConnLayout.IN_TABLE;
    }
}
