package io.penstock.rules.set.table;

import io.penstock.os.sys.MappedMemory;

/**
 * A mapping that blocks are cut from, or that is one block. Threads: under the lock of {@link TableMemory}.
 *
 * @param memory the mapping
 * @param shared whether it holds more than one block
 */
record TableChunk(MappedMemory memory, boolean shared) {
}
