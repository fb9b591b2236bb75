package io.penstock.rules.hot.set.table;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.SysException;
import io.penstock.rules.hot.set.Boundaries;
import io.penstock.rules.set.table.TableBlock;
import io.penstock.rules.set.table.TableMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * The entries of a table, and which of them are free.
 *
 * <p>Invariants:
 * <ol>
 *   <li>An entry has a number from {@value #FIRST} and never moves. Memory comes in segments, each as large as all before it, which control
 *       provides before they are needed; an entry's memory is touched when it is first used.</li>
 *   <li>The bits of two numbers that are in use, combined by OR, name memory that is there: a look-up may touch it before it knows better.</li>
 *   <li>A number that was given up is used again after every worker has passed a boundary since it could be found last. Until then nothing of its
 *       entry changes; chains of such numbers are linked beside the entries, which costs memory where something was given up only.</li>
 *   <li>One observation of the workers is for a batch: {@value #BATCH} numbers and more, for while {@value #BATCHES} batches wait the next one
 *       grows.</li>
 * </ol>
 *
 * <p>Threads: the writer; {@link #address} any thread, for a number that it found.
 */
final class TableEntries {

    /** The lowest number: 0 and 1 are what lanes without a word hold. */
    static final int FIRST = 2;

    /**
     * Numbers given up, after which the workers are observed. Lower, and giving up costs more; higher, and memory lies about in tables of few
     * elements.
     */
    private static final int BATCH = 64;
    /** Batches that may wait. A boundary comes some ten thousand times a second; more than some wait only while a worker is held up. */
    private static final int BATCHES = 8;
    /** The first segment's numbers, as a power of two, at most: small enough for memory that small tables share. */
    private static final int MAX_FIRST_SHIFT = 17;
    private static final int LINK_BYTES = 4;
    private static final long LOW = 0xFFFF_FFFFL;
    /** Numbers have 32 bits. */
    private static final long MAX_NUMBER = LOW - 1;
    /** Numbers beyond the most elements, for those that wait: some, and a part of all. */
    private static final long SPARE = 4096;
    private static final int SPARE_PART = 4;
    /** Numbers that are provided beyond those in use, if there may be so many: what a worker can add until control comes by. */
    private static final long AHEAD = 1 << 20;

    private final int entryBytes;
    private final int firstShift;
    private final long end;
    private final TableControl control;
    private final Boundaries boundaries;
    private final TableBlock[] segments;
    private final long[] bases;
    private final long[] links;
    private long provided;
    private final int[] chains = new int[BATCHES];
    private final long[][] seen;
    private int oldest;
    private int waiting;

    /** No entry is in use; memory for as many as are provided ahead, or nothing of it stays. */
    TableEntries(final int entryBytes, final long maxelem, final TableControl control, final Boundaries boundaries) {
        this.entryBytes = entryBytes;
        this.control = control;
        this.boundaries = boundaries;
        end = Math.min(FIRST + maxelem + maxelem / SPARE_PART + SPARE, MAX_NUMBER);
        firstShift = Math.min(MAX_FIRST_SHIFT, bits(end));
        final int most = bits(end) - firstShift + 1;
        segments = new TableBlock[most];
        bases = new long[most];
        links = new long[most];
        seen = new long[BATCHES][boundaries.workers()];
        try {
            provide(FIRST);
        } catch (final SysException e) {
            allocatedBlocks().forEach(TableBlock::free);
            throw e;
        }
    }

    /** No number has been used: the table's control says so from now on. */
    void begin() {
        control.setUsed(FIRST);
        control.setFree(0);
        control.setOpen(0, 0);
    }

    /** The address of an entry that was found. */
    long address(final long number) {
        return bases[segment(number)] + number * entryBytes;
    }

    /** Whether there is an entry of which nobody knows. */
    boolean hasFree() {
        if (control.free() != 0 || reclaim() || control.used() < provided) {
            return true;
        }
        // The last resort: those given up a moment ago, if the workers move on before the next try.
        close();
        return false;
    }

    /** An entry of which nobody knows; 0 when there is none. */
    long take() {
        if (!hasFree()) {
            return 0;
        }
        final long number = control.free() & LOW;
        if (number != 0) {
            control.setFree(Memory.getInt(link(number)));
            return number;
        }
        final long unused = control.used();
        control.setUsed(unused + 1);
        return unused;
    }

    /** Takes an entry back that nobody could find. */
    void giveBack(final long number) {
        Memory.putInt(link(number), control.free());
        control.setFree((int) number);
    }

    /** Takes an entry back that nobody can find any more, but some may know. */
    void giveUp(final long number) {
        Memory.putInt(link(number), control.open());
        final int opened = control.opened() + 1;
        control.setOpen((int) number, opened);
        if (opened >= BATCH) {
            close();
        }
    }

    /** Ends the batch that is being filled, so that its entries become free with the next boundaries. */
    void close() {
        if (control.opened() == 0 || waiting == BATCHES) {
            return;
        }
        final int batch = (oldest + waiting) % BATCHES;
        final long[] at = seen[batch];
        for (int worker = 0; worker < at.length; worker++) {
            at[worker] = boundaries.observe(worker);
        }
        chains[batch] = control.open();
        control.setOpen(0, 0);
        waiting++;
    }

    /** Control: whether memory should be provided. */
    boolean isShort() {
        return isShort(control.used());
    }

    private boolean isShort(final long used) {
        return provided < end && provided < used + AHEAD;
    }

    /** Control, the writer: provides memory. */
    void provide() {
        provide(control.used());
    }

    private void provide(final long used) {
        while (isShort(used)) {
            final int segment = segment(provided);
            final long first = segment == 0 ? 0 : 1L << firstShift + segment - 1;
            final long count = segment == 0 ? 1L << firstShift : first;
            final TableBlock block = TableMemory.allocate(count * (entryBytes + LINK_BYTES));
            segments[segment] = block;
            links[segment] = block.address() + count * entryBytes - first * LINK_BYTES;
            bases[segment] = block.address() - first * entryBytes;
            provided = Math.min(first + count, end);
        }
    }

    /** Control: all memory, for who frees it. */
    List<TableBlock> allocatedBlocks() {
        final List<TableBlock> blocks = new ArrayList<>();
        for (final TableBlock segment : segments) {
            if (segment != null) {
                blocks.add(segment);
            }
        }
        return blocks;
    }

    /** Makes the numbers of the batch that waits longest free, if all workers have passed. There must be no free ones. */
    private boolean reclaim() {
        if (waiting == 0) {
            return false;
        }
        final long[] at = seen[oldest];
        for (int worker = 0; worker < at.length; worker++) {
            if (!boundaries.hasPassed(worker, at[worker])) {
                return false;
            }
        }
        control.setFree(chains[oldest]);
        oldest = (oldest + 1) % BATCHES;
        waiting--;
        return true;
    }

    private long link(final long number) {
        return links[segment(number)] + number * LINK_BYTES;
    }

    private int segment(final long number) {
        return bits(number >>> firstShift);
    }

    /** How many bits a number has. */
    private static int bits(final long number) {
        return Long.SIZE - Long.numberOfLeadingZeros(number);
    }
}
