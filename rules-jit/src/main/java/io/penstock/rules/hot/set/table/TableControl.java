package io.penstock.rules.hot.set.table;

import io.penstock.os.hot.memory.Memory;

/**
 * The words of a table that change with each addition, on a cache line that who only looks for keys does not read; and the few elements that an index
 * cannot hold.
 *
 * <pre>
 *    0 lock      0, 1 there is a writer, 2 closed
 *    8 size      elements, those that are over included
 *   16 busy      tries to become the writer that were in vain
 *   24 pending   the word of the element that was added and not published
 *   32 used      the lowest number that no entry has had
 *   40 free      the first number of a chain of free ones; 0 for none
 *   48 open      the first number of a chain of those that were given up last
 *   56 opened    how many those are
 *   64 special   4 longs: an answer of find, for words that mean something else in a lane; 0 for absent
 *   96 kind      of what is pending
 * </pre>
 *
 * <p>Threads: the writer, but for what says otherwise.
 */
final class TableControl {

    static final int BYTES = 128;
    /** Words that are special are below. */
    static final int SPECIAL_WORDS = 4;

    /** Nothing is pending. */
    static final int NONE = 0;
    /** A word for a lane is pending. */
    static final int LANE = 1;
    /** A special word is. */
    static final int SPECIAL = 2;

    private static final int LOCK = 0;
    private static final int SIZE = 8;
    private static final int BUSY = 16;
    private static final int PENDING = 24;
    private static final int USED = 32;
    private static final int FREE = 40;
    private static final int OPEN = 48;
    private static final int OPENED = 56;
    private static final int SPECIALS = 64;
    private static final int KIND = 96;

    private static final long UNLOCKED = 0;
    private static final long LOCKED = 1;
    private static final long CLOSED = 2;

    private final long address;

    /** Words that are zeros. */
    TableControl(final long address) {
        this.address = address;
    }

    /** Any thread: becomes the writer, if there is none. Pairs with {@link #unlock}. */
    boolean tryLock() {
        return Memory.getLongOpaque(address + LOCK) == UNLOCKED && Memory.compareAndSetLong(address + LOCK, UNLOCKED, LOCKED);
    }

    void unlock() {
        Memory.putLongRelease(address + LOCK, UNLOCKED);
    }

    /** There will be no writer any more. */
    void close() {
        Memory.putLongRelease(address + LOCK, CLOSED);
    }

    /** Any thread. */
    boolean isClosed() {
        return Memory.getLongAcquire(address + LOCK) == CLOSED;
    }

    /** Any thread. */
    long size() {
        return Memory.getLongOpaque(address + SIZE);
    }

    void setSize(final long size) {
        Memory.putLongOpaque(address + SIZE, size);
    }

    /** Any thread. */
    long busy() {
        return Memory.getLongOpaque(address + BUSY);
    }

    /** Any thread. */
    void countBusy() {
        Memory.getAndAddLong(address + BUSY, 1);
    }

    long pending() {
        return Memory.getLong(address + PENDING);
    }

    /** {@link #NONE}, {@link #LANE} or {@link #SPECIAL}. */
    int pendingKind() {
        return Memory.getInt(address + KIND);
    }

    void setPending(final int kind, final long word) {
        Memory.putInt(address + KIND, kind);
        Memory.putLong(address + PENDING, word);
    }

    /** Any thread, for {@link KeyTable#memoryBytes}. */
    long used() {
        return Memory.getLongOpaque(address + USED);
    }

    void setUsed(final long number) {
        Memory.putLongOpaque(address + USED, number);
    }

    int free() {
        return Memory.getInt(address + FREE);
    }

    void setFree(final int number) {
        Memory.putInt(address + FREE, number);
    }

    int open() {
        return Memory.getInt(address + OPEN);
    }

    int opened() {
        return Memory.getInt(address + OPENED);
    }

    void setOpen(final int number, final int count) {
        Memory.putInt(address + OPEN, number);
        Memory.putInt(address + OPENED, count);
    }

    /** Any thread: what find answers of a special word. */
    long special(final int number) {
        return Memory.getLongOpaque(address + SPECIALS + (long) number * Long.BYTES);
    }

    void setSpecial(final int number, final long answer) {
        Memory.putLongOpaque(address + SPECIALS + (long) number * Long.BYTES, answer);
    }
}
