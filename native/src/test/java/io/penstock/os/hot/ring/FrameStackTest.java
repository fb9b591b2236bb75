package io.penstock.os.hot.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.sys.MappedMemory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FrameStackTest {

    private static final long BASE = 0x7000_0000_0000L;

    private final FrameStack frames = new FrameStack(BASE, 2048, 3);

    @BeforeEach
    void shouldHoldAllFramesAtFirst() {
        assertEquals(3, frames.count());
        assertEquals(3, frames.capacity());
    }

    @Test
    void shouldGiveTheFrameFirstThatCameLast() {
        assertEquals(BASE, frames.pop());
        assertEquals(BASE + 2048, frames.pop());
        frames.push(BASE + 256);
        assertEquals(2, frames.count());
        assertEquals(BASE, frames.pop());
        assertEquals(BASE + 4096, frames.pop());
        assertEquals(0, frames.count());
    }

    @Test
    void shouldThrowInCheckedModeWhenAFrameIsFreedTwice() {
        assumeTrue(Memory.CHECKED, "lacking: -Dpenstock.checked=true");
        frames.pop();
        frames.push(BASE + 300);
        final IllegalStateException e = assertThrows(IllegalStateException.class, () -> frames.push(BASE));
        assertEquals("push of a frame that is free already: frame=0x700000000000 index=0", e.getMessage());
    }

    @Test
    void shouldThrowInCheckedModeWhenTheFrameIsAnotherUmems() {
        assumeTrue(Memory.CHECKED, "lacking: -Dpenstock.checked=true");
        frames.pop();
        assertEquals("push of a frame of another UMEM: frame=0x700000001800 base=0x700000000000 capacity=3",
                assertThrows(IllegalStateException.class, () -> frames.push(BASE + 3 * 2048)).getMessage());
        assertThrows(IllegalStateException.class, () -> frames.push(BASE - 1));
        assertThrows(IllegalStateException.class, () -> frames.push(BASE + (1L << 43)));
    }

    @Test
    void shouldThrowInCheckedModeWhenNoneIsLeft() {
        assumeTrue(Memory.CHECKED, "lacking: -Dpenstock.checked=true");
        frames.pop();
        frames.pop();
        frames.pop();
        assertEquals("pop from an empty frame stack: capacity=3",
                assertThrows(IllegalStateException.class, frames::pop).getMessage());
    }

    @Test
    void shouldWidenTheWindowWhenAFrameIsFreed() {
        assumeTrue(Memory.CHECKED, "lacking: -Dpenstock.checked=true");
        try (MappedMemory memory = MappedMemory.reserveChunked(8192, MappedMemory.Pages.NORMAL, 11)) {
            final FrameStack own = new FrameStack(memory.address(), 2048, 4);
            final long frame = own.pop();
            Regions.window(frame + 256, 60);
            assertThrows(IndexOutOfBoundsException.class, () -> Memory.getByte(frame));
            own.push(frame + 256);
            assertEquals(0, Memory.getByte(frame));
        }
    }

    @Test
    void shouldRefuseFramesThatAreNotAligned() {
        assertEquals("frames must be aligned powers of two: base=0x400 frameBytes=2048",
                assertThrows(IllegalArgumentException.class, () -> new FrameStack(1024, 2048, 1)).getMessage());
    }
}
