package io.penstock.dataplane.hot.metrics;

import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.os.hot.memory.Memory;
import java.lang.invoke.VarHandle;

/**
 * The blocks of counters. Every block starts on a pair of cache lines of its own, because the adjacent-line prefetcher
 * fetches pairs.
 *
 * <pre>
 *  worker block                                    port block (one for each worker and port)
 *  +----------------------------------------+      +----------------------------------------+
 *  |   0  sequence: odd while being written |      |   0  rx_packets, rx_bytes, tx_packets, |
 *  |   8  WorkerCounter 0, 1, 2 ...         |      |      tx_bytes, tx_full,                |
 *  |                                        |      |      handed_off             (worker)   |
 *  |   .  DropReason 0, 1, 2 ...            |      |  64  six XDP statistics     (control)  |
 *  +----------------------------------------+      +----------------------------------------+
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>One writer per cache line: the worker, or the control thread for a port's second line.</li>
 *   <li>A worker changes its block only between {@link #beginUpdate} and {@link #endUpdate}, once a batch, and leaves it in
 *       balance: {@code packets + originated + returned + handed_in = forwarded + delivered + stolen + queued + parked +
 *       handed_off + fragmented + gathered + all drops}. Keep the batch's counts in locals and write them in one go: the shorter the update, the surer a reader finds the block at
 *       rest.</li>
 *   <li>Readers never write: watching costs a worker nothing but a cache line fetched twice.</li>
 * </ol>
 */
public final class CounterLayout {

    /** Alignment and unit of size of a block: two cache lines, in bytes. */
    public static final long BLOCK_ALIGNMENT_BYTES = 128;

    /** Offset of the sequence number in a worker's block. */
    public static final long SEQUENCE = 0;

    /** Offset of the count of the drop reason with id 0. */
    public static final long DROPS = Long.BYTES * (1L + WorkerCounter.count());

    /** Size of a worker's block. */
    public static final long WORKER_BLOCK_BYTES = aligned(DROPS + (long) Long.BYTES * DropReason.count());

    /** Size of a port's block. */
    public static final long PORT_BLOCK_BYTES = BLOCK_ALIGNMENT_BYTES;

    private CounterLayout() {
    }

    /** Offset of a drop reason's count in a worker's block. */
    public static long dropOffset(final int reasonId) {
        return DROPS + (long) reasonId * Long.BYTES;
    }

    /** Marks a worker's block as changing; pairs with the reader's second look at the sequence. */
    public static void beginUpdate(final long workerBlock) {
        final long address = workerBlock + SEQUENCE;
        Memory.putLongOpaque(address, Memory.getLong(address) + 1);
        VarHandle.releaseFence();
    }

    /** Marks a worker's block as at rest; pairs with the reader's acquiring first look. */
    public static void endUpdate(final long workerBlock) {
        final long address = workerBlock + SEQUENCE;
        Memory.putLongRelease(address, Memory.getLong(address) + 1);
    }

    /** Adds to a counter that only the caller writes. */
    public static void add(final long address, final long delta) {
        Memory.putLongOpaque(address, Memory.getLong(address) + delta);
    }

    private static long aligned(final long bytes) {
        return (bytes + BLOCK_ALIGNMENT_BYTES - 1) & -BLOCK_ALIGNMENT_BYTES;
    }
}
