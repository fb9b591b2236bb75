package io.penstock.rules.hot.set.table;

import io.penstock.rules.set.table.TableBlock;

/** Memory with which a table can begin as if new: who clears several tables has that of all before it clears one. Threads: control; for one use. */
public final class FreshStorage {

    private final TableStorage storage;

    FreshStorage(final TableStorage storage) {
        this.storage = storage;
    }

    TableStorage storage() {
        return storage;
    }

    /** Gives it back, if it is not used. */
    public void free() {
        for (final TableBlock block : storage.allocatedBlocks()) {
            block.free();
        }
    }
}
