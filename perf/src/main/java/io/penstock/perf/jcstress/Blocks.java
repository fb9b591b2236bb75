package io.penstock.perf.jcstress;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Off-heap memory for states, of which jcstress makes millions: blocks that are given out in turn.
 *
 * <p>A block is used again after {@value #COUNT} others; jcstress holds some ten thousand states at a time.
 */
final class Blocks {

    /** Bytes of a block: what any state here needs. */
    static final int BYTES = 1024;

    private static final int COUNT = 1 << 16;
    private static final MappedMemory MEMORY = MappedMemory.reserve((long) BYTES * COUNT, MappedMemory.Pages.HUGE);
    private static final AtomicInteger NEXT = new AtomicInteger();

    private Blocks() {
    }

    /** The address of a block of zeros. */
    static long next() {
        final long block = MEMORY.address() + (long) (NEXT.getAndIncrement() & COUNT - 1) * BYTES;
        Memory.fill(block, BYTES, (byte) 0);
        return block;
    }
}
