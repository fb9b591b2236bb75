package io.penstock.rules.set.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.memory.Memory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TableMemoryTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 64, 100, 4_095, 4_096, 100_000, TableMemory.MAX_SHARED_BYTES, TableMemory.MAX_SHARED_BYTES + 1})
    void shouldGiveZerosWhenMemoryIsUsedAgain(final long bytes) {
        for (int i = 0; i < 3; i++) {
            final TableBlock block = TableMemory.allocate(bytes);
            assertTrue(block.bytes() >= bytes);
            assertEquals(0, block.address() % 64);
            assertEquals(bytes > TableMemory.MAX_SHARED_BYTES, block.isHuge());
            for (long at = 0; at + 8 <= block.bytes(); at += Math.max(8, block.bytes() / 64 & -8)) {
                assertEquals(0, Memory.getLong(block.address() + at));
                Memory.putLong(block.address() + at, -1);
            }
            block.free();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {64, 5_000, 1_000_000})
    void shouldNotGiveOneMemoryTwice(final long bytes) {
        final TableBlock one = TableMemory.allocate(bytes);
        final TableBlock other = TableMemory.allocate(bytes);
        assertFalse(one.address() < other.address() + other.bytes() && other.address() < one.address() + one.bytes());
        one.free();
        other.free();
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 20, 64L << 20})
    void shouldGivePagesBackWhenAPartIsDiscarded(final long bytes) {
        final TableBlock block = TableMemory.allocate(bytes);
        Memory.putLong(block.address(), 1);
        Memory.putLong(block.address() + 8_192, 2);
        block.discard(block.address() + 8, 16_384);
        assertEquals(1, Memory.getLong(block.address()), "a page that does not lie whole in it stays");
        assertEquals(0, Memory.getLong(block.address() + 8_192));
        block.free();
    }
}
