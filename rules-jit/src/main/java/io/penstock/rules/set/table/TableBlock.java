package io.penstock.rules.set.table;

/** Memory of a table: zeros when it was got, of a place that stays. Threads: control. */
public final class TableBlock {

    private final TableChunk chunk;
    private final long address;
    private final long bytes;

    TableBlock(final TableChunk chunk, final long address, final long bytes) {
        this.chunk = chunk;
        this.address = address;
        this.bytes = bytes;
    }

    /** Where it begins: at a multiple of a cache line, of a page if it has that size. */
    public long address() {
        return address;
    }

    /** How many bytes it has. */
    public long bytes() {
        return bytes;
    }

    /** Whether it may have huge pages. */
    public boolean isHuge() {
        return !chunk.shared();
    }

    /** Gives the pages that lie whole in a part back: it is zeros again, but for its ends. */
    public void discard(final long from, final long count) {
        chunk.memory().discard(from, count);
    }

    /** Gives it back; once. */
    public void free() {
        TableMemory.free(this);
    }

    TableChunk chunk() {
        return chunk;
    }
}
