package io.penstock.rules.hot.set.table;

import io.penstock.rules.set.table.TableBlock;

/**
 * Memory that indexes are cut from, one after the other; it is never used twice. Threads: the writer.
 */
final class IndexRegion {

    private final TableBlock block;
    private long used;
    private int indexes;

    IndexRegion(final TableBlock block) {
        this.block = block;
    }

    /** Room that is left. */
    long rest() {
        return block.bytes() - used;
    }

    /** Cuts an index off; its address. There must be room. */
    long cut(final long bytes) {
        final long address = block.address() + used;
        used += bytes;
        indexes++;
        return address;
    }

    /** Control: gives a part of an index back to the system. */
    void discard(final long address, final long bytes) {
        block.discard(address, bytes);
    }

    /** Control: an index is no more. */
    void give() {
        indexes--;
    }

    /** Whether no index is in it. */
    boolean isEmpty() {
        return indexes == 0;
    }

    /** Whether it has huge pages. */
    boolean isHuge() {
        return block.isHuge();
    }

    TableBlock block() {
        return block;
    }
}
