package io.penstock.rules.set.table;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Address space for tables; memory is taken by first touch.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A block is zeros when it is got.</li>
 *   <li>A large block is a mapping of its own, with huge pages. A small one, such as a small set needs, is cut from a mapping with many others:
 *       the kernel allows a process some 65,000 mappings (vm.max_map_count), and there may be as many sets.</li>
 *   <li>So is one of which little is touched ({@link #allocateThin}), up to an eighth of such a mapping, and without huge pages: each rule may have one.</li>
 *   <li>Small blocks have sizes of powers of two, and are used again for blocks of that size. Their pages go back to the kernel in between.</li>
 * </ol>
 *
 * <p>Threads: control, any number.
 */
public final class TableMemory {

    /** The largest block that is cut from a shared mapping: more, and huge pages are worth a mapping. */
    static final long MAX_SHARED_BYTES = 16L << 20;

    /** Bytes of a shared mapping. Fewer, and many sets need many mappings; address space is all that it costs. */
    private static final long CHUNK_BYTES = 1L << 30;
    /** The largest block of which little is touched that is cut from a shared mapping. */
    private static final long MAX_THIN_BYTES = CHUNK_BYTES / 8;
    private static final int PAGE_BYTES = 4096;
    private static final int MIN_BYTES = 64;

    private static final AtomicLong BLOCKS = new AtomicLong();
    private static final List<Deque<TableBlock>> FREE = new ArrayList<>();

    static {
        for (long bytes = MIN_BYTES; bytes <= MAX_THIN_BYTES; bytes *= 2) {
            FREE.add(new ArrayDeque<>());
        }
    }

    private static TableChunk chunk;
    private static long used;
    private static volatile LongConsumer asked = bytes -> {
    };

    private TableMemory() {
    }

    /**
     * A block of at least so many bytes.
     *
     * @throws io.penstock.os.sys.SysException where the system has none
     */
    public static TableBlock allocate(final long bytes) {
        return taken(bytes > MAX_SHARED_BYTES ? own(bytes, MappedMemory.Pages.HUGE) : shared(bytes));
    }

    /** The same, of which little is touched: it is never made of huge pages. */
    public static TableBlock allocateThin(final long bytes) {
        return taken(bytes > MAX_THIN_BYTES ? own(bytes, MappedMemory.Pages.NORMAL) : shared(bytes));
    }

    /** Who is told before a block of so many bytes is taken, and may throw as where the system has none: for tests. */
    static void watch(final LongConsumer watcher) {
        asked = watcher;
    }

    /** Blocks that are taken and not given back. */
    static long blocks() {
        return BLOCKS.get();
    }

    private static TableBlock taken(final TableBlock block) {
        BLOCKS.incrementAndGet();
        return block;
    }

    private static TableBlock own(final long bytes, final MappedMemory.Pages pages) {
        asked.accept(bytes);
        final MappedMemory memory = MappedMemory.reserve(bytes, pages);
        return new TableBlock(new TableChunk(memory, false), memory.address(), memory.bytes());
    }

    private static synchronized TableBlock shared(final long bytes) {
        asked.accept(bytes);
        final int size = sizeOf(bytes);
        final TableBlock free = FREE.get(size).poll();
        return free != null ? free : cut((long) MIN_BYTES << size);
    }

    /** The kernel takes long to take much back: others get blocks meanwhile. */
    static void free(final TableBlock block) {
        BLOCKS.decrementAndGet();
        if (!block.chunk().shared()) {
            block.chunk().memory().close();
            return;
        }
        if (block.bytes() < PAGE_BYTES) {
            Memory.fill(block.address(), block.bytes(), (byte) 0);
        } else {
            block.discard(block.address(), block.bytes());
        }
        giveBack(block);
    }

    private static synchronized void giveBack(final TableBlock block) {
        FREE.get(sizeOf(block.bytes())).push(block);
    }

    private static TableBlock cut(final long bytes) {
        final long aligned = used + Math.min(bytes, PAGE_BYTES) - 1 & -Math.min(bytes, PAGE_BYTES);
        if (chunk == null || aligned + bytes > CHUNK_BYTES) {
            chunk = new TableChunk(MappedMemory.reserve(CHUNK_BYTES, MappedMemory.Pages.NORMAL), true);
            used = 0;
            return cut(bytes);
        }
        used = aligned + bytes;
        return new TableBlock(chunk, chunk.memory().address() + aligned, bytes);
    }

    private static int sizeOf(final long bytes) {
        final long units = (Math.max(bytes, MIN_BYTES) - 1) / MIN_BYTES;
        return Long.SIZE - Long.numberOfLeadingZeros(units);
    }
}
