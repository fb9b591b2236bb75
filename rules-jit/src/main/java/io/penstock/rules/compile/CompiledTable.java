package io.penstock.rules.compile;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.hot.IndexedTable4;
import io.penstock.rules.hot.IndexedTable6;
import io.penstock.rules.hot.PlainTable;
import io.penstock.rules.hot.RuleCounters;
import io.penstock.rules.hot.TableImage;
import io.penstock.rules.hot.TableProgram;
import io.penstock.rules.model.RuleTable;
import java.util.ArrayList;
import java.util.List;

/**
 * A table made ready to run on a number of workers: each has its own copy of the data and its own counters.
 *
 * <p>Threads: control. Close it when no worker runs it any more.
 */
public final class CompiledTable implements AutoCloseable {

    /**
     * Tables from so many bytes on get huge pages (bytes): a search loads from a dozen places, and this many normal pages are what the first-level cache of
     * translations holds. Lower would give 2 MiB to tables that do not need them.
     */
    private static final long HUGE_FROM_BYTES = 256 << 10;

    private final RuleTable table;
    private final TableImage image;
    private final List<ChainBlock> chains;
    private final List<MappedMemory> copies = new ArrayList<>();
    private final long[] offsets;
    private final long countersBytes;
    private int holders = 1;

    /**
     * A table.
     *
     * @param written where, by chain, its block is in memory already; 0 where it is nowhere
     */
    CompiledTable(
            final RuleTable table, final TableImage image, final List<ChainBlock> chains, final long[] written, final int workers) {
        this.table = table;
        this.image = image;
        this.chains = chains;
        this.countersBytes = (long) table.counters() * RuleCounters.BYTES;
        this.offsets = new long[chains.size()];
        long bytes = roundUp(countersBytes);
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = bytes;
            bytes += chains.get(i).bytes();
        }
        try {
            for (int worker = 0; worker < workers; worker++) {
                final MappedMemory copy = MappedMemory.reserve(bytes,
                        bytes >= HUGE_FROM_BYTES ? MappedMemory.Pages.HUGE : MappedMemory.Pages.NORMAL);
                copies.add(copy);
                // Else the worker would, with its first packets.
                copy.touch(countersBytes);
                if (worker == 0) {
                    for (int i = 0; i < offsets.length; i++) {
                        if (written[i] != 0) {
                            Memory.copy(written[i], copy.address() + offsets[i], chains.get(i).bytes());
                        } else {
                            chains.get(i).write(copy.address() + offsets[i]);
                        }
                    }
                } else {
                    final long data = roundUp(countersBytes);
                    Memory.copy(copies.getFirst().address() + data, copy.address() + data, bytes - data);
                }
            }
        } catch (final RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private static long roundUp(final long bytes) {
        return bytes + 63 & -64;
    }

    /** The table. */
    public RuleTable table() {
        return table;
    }

    TableImage image() {
        return image;
    }

    ChainBlock block(final int chain) {
        return chains.get(chain);
    }

    /** Where a chain's block is in memory. */
    long address(final int chain) {
        return copies.getFirst().address() + offsets[chain];
    }

    /** What a worker runs at once: rules are found by their fields. */
    public TableProgram indexed(final int worker) {
        final long base = copies.get(worker).address();
        return table.family() == IpFamily.IPV4
                ? new IndexedTable4(image, base, blocks(base))
                : new IndexedTable6(image, base, blocks(base));
    }

    /**
     * What workers run when it is ready: a class of the table's own; null if it would not differ from {@link #indexed}. Any thread, while
     * the table is {@linkplain #hold held}.
     */
    public Specialization specialize() {
        final TableGenerator.Specialized made = TableGenerator.generate(table.family(), image, chains);
        if (made == null) {
            return null;
        }
        return new Specialization(table.family(), image, chains, made,
                copies.stream().map(copy -> made.of(image, copy.address(), blocks(copy.address()))).toList(),
                blocks(copies.getFirst().address()));
    }

    /** Keeps the table's memory until one {@link #close} more; false if it is gone already. Any thread. */
    public synchronized boolean hold() {
        if (holders == 0) {
            return false;
        }
        holders++;
        return true;
    }

    private long[] blocks(final long base) {
        final long[] blocks = new long[offsets.length];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = base + offsets[i];
        }
        return blocks;
    }

    /** The reference: rule by rule. */
    public TableProgram plain(final int worker) {
        return new PlainTable(image, copies.get(worker).address());
    }

    /** Packets that all workers have counted under a number. */
    public long packets(final int number) {
        long packets = 0;
        for (final MappedMemory copy : copies) {
            packets += RuleCounters.packets(copy.address(), number);
        }
        return packets;
    }

    /** The same in bytes. */
    public long bytes(final int number) {
        long bytes = 0;
        for (final MappedMemory copy : copies) {
            bytes += RuleCounters.bytes(copy.address(), number);
        }
        return bytes;
    }

    /** Lets the table go; its memory goes with the last one who holds it. Any thread. */
    @Override
    public synchronized void close() {
        holders--;
        if (holders == 0) {
            copies.forEach(MappedMemory::close);
            copies.clear();
        }
    }
}
