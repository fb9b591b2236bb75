package io.penstock.rules.hot.set.table;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.SysException;
import io.penstock.rules.hot.SetScratch;
import io.penstock.rules.hot.set.Boundaries;
import io.penstock.rules.set.table.RetiredBlocks;
import io.penstock.rules.set.table.TableBlock;
import io.penstock.rules.set.table.TableMemory;
import io.penstock.rules.set.table.TableSecrets;
import io.penstock.rules.set.table.Waiting;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * The keys of a set, and what its elements have besides: changed in place while workers look in it.
 *
 * <p>Keys are found by an index of cache lines ({@link KeyIndex}). Where the lane of a line can tell all that there is to know of an element
 * ({@link KeyForm}), that is all: 4 bytes for an IPv4 address, 8 for a network or an address with a port, with half of that to as much again for room.
 * Else a lane names an entry ({@link TableEntries}).
 *
 * <p>Invariants:
 * <ol>
 *   <li>What a look-up finds was there, and not over, at an instant during the look-up; what was so all the while is found. A look-up reads a
 *       bounded number of words, waits for nobody, and looks in one index.</li>
 *   <li>There is one writer at a time. The element that it adds is found with its extensions, or not yet.</li>
 *   <li>An entry that a look-up answered is that element's, though it may have been removed since, until the worker's next batch boundary.</li>
 *   <li>Memory that a look-up may be in is freed after every worker has passed a boundary.</li>
 *   <li>The writer takes no memory but what control has reserved; that is address space, and so is plenty.</li>
 * </ol>
 *
 * <p>Threads: workers look, and write after {@link #tryLock}. Any other thread looks and writes after {@link #lock} only, and uses an entry until
 * {@link #unlock}: nobody waits for it to pass boundaries. Methods of the writer say so; those of control take and give up the lock by themselves,
 * where the thread does not have it.
 */
public final class KeyTable implements AutoCloseable {

    /** What {@link #find} answers, with flags above this bit, for an element that has no entry: less than any address. */
    public static final long PRESENT = Extensions.PRESENT;

    /** The most elements that can be asked for. */
    public static final long MAX_ELEMENTS = 0xFFFF_FFFFL;

    private static final VarHandle INDEX;

    /** Tries to become the writer, some 50 ns each: longer than what a writer does, shorter than what a packet may wait. */
    private static final int TRIES = 256;
    /** Lines of an index that a core's second cache does not hold any more, beside what else is in it: half a MiB. */
    private static final long LARGE_BUCKETS = 8192;
    /** Elements of which a set of ipset(8) keeps so many in a bucket, before it has more buckets. */
    private static final int ELEMENTS_IN_BUCKET = 4;
    private static final int INT_MAX = Integer.MAX_VALUE;

    static {
        try {
            INDEX = MethodHandles.lookup().findVarHandle(KeyTable.class, "index", KeyIndex.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final KeyForm form;
    private final Extensions extensions;
    private final boolean entries;
    private final boolean narrowLanes;
    private final int flagBits;
    private final long hashsize;
    private final long maxelem;
    private final Boundaries boundaries;
    private final TableBlock controlBlock;
    private final TableControl control;
    private final KeyWriter writer;
    private final TableSweeper sweeper;
    private final TableUpkeep upkeep;
    private KeyIndex index;
    private TableStorage storage;
    private Thread owner;
    private boolean closed;

    private KeyTable(final KeyForm form, final long hashsize, final long maxelem, final Boundaries boundaries) {
        if (hashsize < 1 || maxelem < 1 || maxelem > MAX_ELEMENTS) {
            throw new IllegalArgumentException("a table of such a size is not possible: hashsize=" + hashsize + " maxelem=" + maxelem
                    + "; choose 1 to " + MAX_ELEMENTS + " elements");
        }
        this.form = form;
        this.extensions = form.extensions();
        this.entries = form.hasEntries();
        this.narrowLanes = form.hasNarrowLanes();
        this.flagBits = form.flagBits();
        this.hashsize = hashsize;
        this.maxelem = maxelem;
        this.boundaries = boundaries;
        RetiredBlocks.collect();
        controlBlock = TableMemory.allocate(TableControl.BYTES);
        control = new TableControl(controlBlock.address());
        storage = firstStorage();
        storage.begin();
        index = storage.current();
        writer = new KeyWriter(this, form, control);
        sweeper = new TableSweeper(this, form, control, writer);
        upkeep = new TableUpkeep(this);
    }

    /**
     * Control: an empty table.
     *
     * @param keyWords   words of a key, 1 to 5. With {@link Extensions#FLAGS} and no other extension a key of one word has at most 62 bits
     * @param narrow     whether the one word has at most 32 bits
     * @param extensions what elements have besides the key
     * @param hashsize   elements to have room for at once
     * @param maxelem    the most elements
     * @param boundaries when workers have let go of what they found
     */
    public static KeyTable create(final int keyWords, final boolean narrow, final Extensions extensions, final long hashsize, final long maxelem,
            final Boundaries boundaries) {
        return create(keyWords, narrow, extensions, hashsize, maxelem, boundaries, TableSecrets.next(), TableSecrets.next());
    }

    /** The same with known secrets, for tests. */
    static KeyTable create(final int keyWords, final boolean narrow, final Extensions extensions, final long hashsize, final long maxelem,
            final Boundaries boundaries, final long secret0, final long secret1) {
        return new KeyTable(new KeyForm(keyWords, narrow, extensions, secret0, secret1), hashsize, maxelem, boundaries);
    }

    /** How to read and write what elements have, at the addresses that this table answers. */
    public Extensions extensions() {
        return extensions;
    }

    /**
     * Any worker, or the writer: the element's entry, or {@link #PRESENT} with flags where it has none, to be asked through {@link #extensions}; 0
     * when it is absent, or over.
     */
    public long find(final SetScratch key, final long nowNs) {
        return findWord(form.word(key), key, nowNs);
    }

    /** The same of a key of one word. */
    public long findNarrow(final long key0, final long nowNs) {
        return findWord(form.word(key0), key0, nowNs);
    }

    /**
     * What a key is looked for by: who looks for several keys gets their words, then {@linkplain #touch touches} them, so that the loads of their
     * lines overlap, and then looks for them by {@link #findWord}.
     */
    public long word(final SetScratch key) {
        return form.word(key);
    }

    /** The same of a key of one word. */
    public long word(final long key0) {
        return form.word(key0);
    }

    /**
     * Any worker, or the writer: loads the line that is looked in first. The result means nothing, but has to be used for something, or the compiler
     * takes the load away.
     */
    public long touch(final long word) {
        return Memory.getLong(index().home(word));
    }

    /** Whether lines that are looked in are more often than not outside of the caches of one core: then it pays to touch several before looking in one. */
    public boolean isLarge() {
        return indexBuckets() >= LARGE_BUCKETS;
    }

    /** As {@link #find}, of a key of which the word is known. */
    public long findWord(final long word, final SetScratch key, final long nowNs) {
        return entries ? findEntry(word, key.key0, key.key1, key.key2, key.key3, key.key4, nowNs) : findLane(word);
    }

    /** As {@link #findNarrow}, of a key of which the word is known. */
    public long findWord(final long word, final long key0, final long nowNs) {
        return entries ? findEntry(word, key0, 0, 0, 0, 0, nowNs) : findLane(word);
    }

    /**
     * Control, before the table is used: who is told of each element that the table takes out of its own accord, because it is over or has to make
     * room; not of what {@link #remove} and {@link #clear} take out. The writer tells, while the entry can still be read.
     */
    public void onRemoval(final EntryVisitor listener) {
        writer.onRemoval(listener);
    }

    /** Workers: becomes the writer if there is none, or will be none within microseconds. */
    public boolean tryLock() {
        for (int tries = 0; tries < TRIES; tries++) {
            if (control.tryLock()) {
                return true;
            }
            Thread.onSpinWait();
        }
        control.countBusy();
        return false;
    }

    /** Control: becomes the writer. Memory for a million additions, or as many as may be, is reserved. */
    public void lock() {
        int tries = 0;
        while (!control.tryLock()) {
            if (control.isClosed()) {
                throw new IllegalStateException("the table is closed: elements=" + control.size() + "; a set that is destroyed is not to be used");
            }
            if (++tries % TRIES == 0) {
                Waiting.pause();
            } else {
                Thread.onSpinWait();
            }
        }
        owner = Thread.currentThread();
        reserve();
    }

    /** The writer is so no more. An element that was added and not published is forgotten. */
    public void unlock() {
        writer.forget();
        // Only control is an owner: so workers leave alone the line that everybody reads.
        if (owner != null) {
            owner = null;
        }
        control.unlock();
    }

    /** Any thread: how often {@link #tryLock} was in vain. */
    public long busy() {
        return control.busy();
    }

    /**
     * The writer: a new element, its extensions all zero, which is not found before {@link #publish}: its entry, or {@link #PRESENT}; 0 when the
     * table is full. Where there are as many elements as there may be, one that is over makes room: looked for among some if a worker is the writer,
     * among thousands if control is. An element that is there and not over is answered as it is.
     */
    public long add(final SetScratch key, final long nowNs) {
        return writer.add(key, nowNs);
    }

    /** The writer: the element that was added last is found from now on. */
    public void publish(final long entry) {
        writer.publish();
    }

    /** The writer: sets the flags of an element that is there, or was added last. Needs {@link Extensions#FLAGS}. */
    public void setFlags(final SetScratch key, final long entry, final boolean nomatch, final boolean wildcard) {
        writer.setFlags(key, entry, Extensions.flags(nomatch, wildcard));
    }

    /** The writer: takes an element out; false when it was not there, or was over. */
    public boolean remove(final SetScratch key, final long nowNs) {
        return writer.remove(key, nowNs);
    }

    /**
     * The writer: whether nothing but the most elements that there may be keeps a key out, so that it helps to take another one out. Where a worker
     * is held up there may be no entry to be had for a while, however few elements are left.
     */
    public boolean isOnlyFull(final SetScratch key) {
        return control.size() >= maxelem && (form.isSpecial(form.word(key)) || storage.isReadyFor(form.word(key)));
    }

    /** The writer: takes some element out, of some that lie where the hint says the one that is over first; false when there is none. */
    public boolean evict(final long hint) {
        return sweeper.evict(hint);
    }

    /** Any thread: elements, those included that are over and not taken out yet. */
    public int size() {
        return (int) Math.min(control.size(), INT_MAX);
    }

    /** Any thread: bytes of memory in use. */
    public long memoryBytes() {
        return TableControl.BYTES + storage.memoryBytes();
    }

    /** Any thread: how many buckets a set of ipset(8) of this size would have, about: a power of two. */
    public long hashsize() {
        final long wanted = Math.max(hashsize, index().capacity() / ELEMENTS_IN_BUCKET);
        return Long.highestOneBit(2 * wanted - 1);
    }

    /**
     * Control: takes all elements out, and begins as if new. Where the system has no memory for that, nothing has changed. Who has the lock sees to
     * it that {@link RetiredBlocks#collect} is called later: that takes long.
     */
    public void clear() {
        final boolean entered = enter();
        try {
            clear(allocateFresh());
        } finally {
            leave(entered);
        }
        if (entered) {
            RetiredBlocks.collect();
        }
    }

    /** Control, with the lock: what {@link #clear(FreshStorage)} needs. */
    public FreshStorage allocateFresh() {
        return new FreshStorage(allocateStorage());
    }

    /** Control, with the lock: as {@link #clear()}, with memory that is there. */
    public void clear(final FreshStorage with) {
        final TableStorage before = storage;
        final TableStorage fresh = with.storage();
        writer.forget();
        control.setSize(0);
        for (int i = 0; i < TableControl.SPECIAL_WORDS; i++) {
            control.setSpecial(i, 0);
        }
        fresh.begin();
        storage = fresh;
        INDEX.setRelease(this, storage.current());
        RetiredBlocks.add(before.allocatedBlocks(), boundaries);
    }

    /** Control: looks through a part of the table, of a small one through all, for what is over, and takes at most so many out; how many. */
    public int expire(final long nowNs, final int atMost) {
        return upkeep.expire(sweeper, nowNs, atMost);
    }

    /** Control: memory for what may be added, growth, memory that nobody looks in any more; whether there is more to do now. */
    public boolean maintain() {
        return upkeep.maintain();
    }

    /**
     * Control: tells of each element, those included that are over. An element that is there all the while is told exactly once; what comes, goes or
     * changes meanwhile may be told. Workers can write in between.
     */
    public void forEach(final EntryVisitor visitor) {
        TableListing.create(this, form, control).tell(visitor);
    }

    /** Control: nobody finds the table any more, or will write to it; its memory is freed when all workers have passed a boundary. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        enter();
        owner = null;
        closed = true;
        control.close();
        final List<TableBlock> blocks = storage.allocatedBlocks();
        blocks.add(controlBlock);
        RetiredBlocks.add(blocks, boundaries);
        RetiredBlocks.collect();
    }

    /** Becomes the writer, if this thread is not; whether it was not. */
    boolean enter() {
        if (owner == Thread.currentThread()) {
            return false;
        }
        lock();
        return true;
    }

    void leave(final boolean entered) {
        if (entered) {
            unlock();
        }
    }

    /** The writer: whether it is control. */
    boolean isControl() {
        return owner != null;
    }

    /** The writer. */
    TableStorage storage() {
        return storage;
    }

    /** Any thread: buckets of the index in force. */
    long indexBuckets() {
        return index().buckets();
    }

    long maxelem() {
        return maxelem;
    }

    TableSweeper sweeper() {
        return sweeper;
    }

    /** The writer: the storage may have another index in force. */
    void adoptIndex() {
        final KeyIndex inForce = storage.current();
        if (inForce != index) {
            INDEX.setRelease(this, inForce);
            storage.observe();
        }
    }

    private KeyIndex index() {
        return (KeyIndex) INDEX.getAcquire(this);
    }

    private long findLane(final long word) {
        if (form.isSpecial(word)) {
            return control.special(form.special(word));
        }
        final KeyIndex in = index();
        final long bucket = in.home(word);
        if (narrowLanes) {
            if (NarrowBucket.holds(bucket, word)) {
                return PRESENT;
            }
            return NarrowBucket.isPassed(bucket) ? findNarrowSlow(in, word, bucket) : 0;
        }
        if (WordBucket.holds(bucket, word, flagBits)) {
            return presentIn(bucket, word);
        }
        return WordBucket.isPassed(bucket) ? findWordSlow(in, word, bucket) : 0;
    }

    /** Where words of this home may lie past it. */
    private long findNarrowSlow(final KeyIndex in, final long word, final long home) {
        long bucket = home;
        for (int walked = 1; walked < KeyIndex.MAX_WALK && NarrowBucket.isPassed(bucket); walked++) {
            bucket = in.next(bucket);
            if (NarrowBucket.holds(bucket, word)) {
                return PRESENT;
            }
        }
        return 0;
    }

    /** Where words of this home may lie past it. */
    private long findWordSlow(final KeyIndex in, final long word, final long home) {
        long bucket = home;
        for (int walked = 1; walked < KeyIndex.MAX_WALK && WordBucket.isPassed(bucket); walked++) {
            bucket = in.next(bucket);
            if (WordBucket.holds(bucket, word, flagBits)) {
                return presentIn(bucket, word);
            }
        }
        return 0;
    }

    /** What is answered for a word that was seen in a bucket. */
    private long presentIn(final long bucket, final long word) {
        if (flagBits == 0) {
            return PRESENT;
        }
        for (int lane = 0; lane < WordBucket.LANES; lane++) {
            final long found = WordBucket.lane(bucket, lane);
            if ((found ^ word) >>> flagBits == 0) {
                return form.answerOf(found);
            }
        }
        // Taken out meanwhile.
        return 0;
    }

    private long findEntry(
            final long word,
            final long key0,
            final long key1,
            final long key2,
            final long key3,
            final long key4,
            final long nowNs) {
        final KeyIndex in = index();
        final long bucket = in.home(word);
        final long lane = WordBucket.matching(bucket, word);
        // A last lane that was left has the hash 0, and is no word.
        if (KeyIndex.isWord(lane)) {
            // Pairs with the release of KeyIndex.put: the entry's content is what was there before the lane was.
            VarHandle.acquireFence();
            final long entry = in.entries().address(KeyForm.numberOf(lane));
            // What several lanes of one hash give together may name an entry that is in none of them.
            if (form.isEntryOf(entry, key0, key1, key2, key3, key4) && WordBucket.holds(bucket, lane, 0)) {
                return extensions.isOver(entry, nowNs) ? 0 : entry;
            }
        } else if (!WordBucket.isPassed(bucket)) {
            return 0;
        }
        final long entry = form.locateEntry(in, word, key0, key1, key2, key3, key4);
        return entry == 0 || extensions.isOver(entry, nowNs) ? 0 : entry;
    }

    /** Without it there is no table, and nothing of it stays. */
    private TableStorage firstStorage() {
        try {
            return allocateStorage();
        } catch (final SysException e) {
            controlBlock.free();
            throw e;
        }
    }

    private TableStorage allocateStorage() {
        return new TableStorage(form, hashsize, maxelem, control, boundaries);
    }

    /** Where the system has no memory to reserve the table is full sooner, and tells so. */
    private void reserve() {
        if (storage.isShort()) {
            try {
                storage.reserve();
            } catch (final SysException e) {
                // Address space is at its end: what there is goes on being used, and the next call asks again.
            }
        }
    }
}
