package io.penstock.os.hot.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.os.sys.MappedMemory;
import org.junit.jupiter.api.Test;

final class PrefetchTest {

    private static final int LINES = 1000;
    private static final int LINE_BYTES = 64;

    private final Prefetch prefetch = new Prefetch();

    @Test
    void shouldAddEveryLineWhenMemoryHasSeveral() {
        try (MappedMemory memory = MappedMemory.reserve(LINES * LINE_BYTES, MappedMemory.Pages.NORMAL)) {
            prefetch.add(memory.address(), 3 * LINE_BYTES);
            assertEquals(3, prefetch.count());
            for (int i = 0; i < 3; i++) {
                assertEquals(memory.address() + i * LINE_BYTES, prefetch.address(i));
            }
            prefetch.load();
            assertEquals(0, prefetch.count());
        }
    }

    @Test
    void shouldLoadWhatThereIsWhenThereIsNoRoomForMore() {
        try (MappedMemory memory = MappedMemory.reserve(LINES * LINE_BYTES, MappedMemory.Pages.NORMAL)) {
            prefetch.add(memory.address(), LINES * LINE_BYTES);
            prefetch.load();
            assertEquals(0, prefetch.count());
        }
    }

    @Test
    void shouldRefuseWhenMemoryIsNobodysAndAccessesAreChecked() {
        assumeTrue(Memory.CHECKED, "needs -Dpenstock.checked=true");
        prefetch.add(LINE_BYTES);
        assertThrows(IndexOutOfBoundsException.class, prefetch::load);
    }
}
