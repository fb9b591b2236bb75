package io.penstock.rules.set.table;

import io.penstock.os.sys.SysException;

/** A system that has so many blocks left for the tables of this thread, until it is closed. */
public final class ShortMemory implements AutoCloseable {

    private static final int ENOMEM = 12;

    private final Thread thread = Thread.currentThread();
    private int left;

    /** So many are left. */
    public ShortMemory(final int left) {
        this.left = left;
        TableMemory.watch(this::take);
    }

    private void take(final long bytes) {
        if (Thread.currentThread() == thread) {
            if (left == 0) {
                throw new SysException("mmap(anonymous, bytes=" + bytes + ')', ENOMEM);
            }
            left--;
        }
    }

    /** Blocks in use, those aside that workers have let go of. */
    public static long blocks() {
        RetiredBlocks.collect();
        return TableMemory.blocks();
    }

    @Override
    public void close() {
        TableMemory.watch(bytes -> {
        });
    }
}
