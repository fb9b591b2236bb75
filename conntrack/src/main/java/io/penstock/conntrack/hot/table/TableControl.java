package io.penstock.conntrack.hot.table;

import io.penstock.os.hot.memory.Memory;
import java.lang.invoke.VarHandle;

/**
 * The few words that a table's workers and its control threads share, on lines of their own.
 *
 * <pre>
 *      0 {@link EntryPool}'s, 128 bytes
 *    128 sweep   long  the number of the next block to sweep, and how many before
 *    192 phase   long  {@link IndexView}'s
 *    200 wanted  long  buckets that a resize is to lead to; 0 for none
 *    208 pressure long 1 since the table was full and nothing could be dropped early
 *    216 wall    long  wall clock less workers' clock, ns
 *    224 mover   long  1 while a worker moves the index on
 *    256 by worker: 0 epoch of {@link EntryStock}, 8 phase that it has taken up; 64 bytes
 *        by worker: {@link TableCounters}, 128 bytes
 * </pre>
 *
 * <p>Threads: as said at each method.
 */
final class TableControl {

    private static final int SWEEP = 128;
    private static final int PHASE = 192;
    private static final int WANTED = 200;
    private static final int PRESSURE = 208;
    private static final int WALL = 216;
    private static final int MOVER = 224;
    private static final int WORKERS = 256;
    private static final int ADOPTED = 8;

    private final long address;
    private final int workers;

    TableControl(final long address, final int workers) {
        this.address = address;
        this.workers = workers;
    }

    static long bytes(final int workers) {
        return WORKERS + (long) workers * (EntryStock.EPOCH_BYTES + TableCounters.BYTES);
    }

    int workers() {
        return workers;
    }

    long pool() {
        return address;
    }

    long epochs() {
        return address + WORKERS;
    }

    long counters(final int worker) {
        return address + WORKERS + (long) workers * EntryStock.EPOCH_BYTES + (long) worker * TableCounters.BYTES;
    }

    /** A worker: the next block to sweep; they are numbered on and on. */
    long nextBlock() {
        if (workers > 1) {
            return Memory.getAndAddLong(address + SWEEP, 1);
        }
        final long block = Memory.getLongOpaque(address + SWEEP);
        Memory.putLongOpaque(address + SWEEP, block + 1);
        return block;
    }

    /** Any thread. */
    long phase() {
        return Memory.getLongAcquire(address + PHASE);
    }

    /** The mover: all that was written before is seen by who takes up the phase. */
    void setPhase(final long phase) {
        Memory.putLongRelease(address + PHASE, phase);
        VarHandle.fullFence();
    }

    /** A worker has taken up a phase. */
    void setAdopted(final int worker, final long phase) {
        Memory.putLongRelease(worker(worker) + ADOPTED, phase);
    }

    /** The mover: whether every worker has taken up a phase, or is away and will before it does anything. */
    boolean isAdopted(final long phase) {
        VarHandle.fullFence();
        for (int i = 0; i < workers; i++) {
            if ((Memory.getLongAcquire(worker(i)) & 1) == 0 && Memory.getLongAcquire(worker(i) + ADOPTED) != phase) {
                return false;
            }
        }
        return true;
    }

    boolean tryMove() {
        return workers == 1 || Memory.compareAndSetLong(address + MOVER, 0, 1);
    }

    void endMove() {
        Memory.putLongRelease(address + MOVER, 0);
    }

    int wanted() {
        return (int) Memory.getLongAcquire(address + WANTED);
    }

    void setWanted(final int buckets) {
        Memory.putLongRelease(address + WANTED, buckets);
    }

    /** A resize has begun; a later wish stays. */
    void clearWanted(final int buckets) {
        Memory.compareAndSetLong(address + WANTED, buckets, 0);
    }

    boolean isUnderPressure() {
        return Memory.getLongOpaque(address + PRESSURE) != 0;
    }

    void setPressure(final boolean pressure) {
        Memory.putLongOpaque(address + PRESSURE, pressure ? 1 : 0);
    }

    long wallOffset() {
        return Memory.getLongOpaque(address + WALL);
    }

    void setWallOffset(final long offsetNs) {
        Memory.putLongOpaque(address + WALL, offsetNs);
    }

    private long worker(final int worker) {
        return epochs() + (long) worker * EntryStock.EPOCH_BYTES;
    }
}
