package io.penstock.os.hot.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.os.hot.memory.Memory;
import org.junit.jupiter.api.Test;

class RingsTest {

    private static final long UMEM = KernelSide.UMEM;

    @Test
    void shouldShowNothingToTheKernelBeforeSubmit() {
        try (KernelSide kernel = new KernelSide(8, 16, 0)) {
            final TxRing ring = new TxRing(kernel.mapping(), KernelSide.OFFSETS, 8, UMEM);
            assertEquals(3, ring.reserve(3));
            ring.put(UMEM + 0x100, 60);
            ring.put(UMEM + 0x900, 1514);
            assertEquals(0, kernel.waiting());
            assertEquals(2, ring.pending());
            ring.submit();
            assertEquals(2, kernel.waiting());
            assertEquals(0x100, kernel.address(0));
            assertEquals(60, kernel.lengthAndOptions(0));
            assertEquals(0x900, kernel.address(1));
            assertEquals(1514, kernel.lengthAndOptions(1));
            kernel.take(2);
            assertEquals(0, ring.pending());
            assertEquals(2, ring.produced());
        }
    }

    @Test
    void shouldGrantWhatIsFreeWhenTheRingIsNearlyFull() {
        try (KernelSide kernel = new KernelSide(4, 8, -2)) {
            final FillRing ring = new FillRing(kernel.mapping(), KernelSide.OFFSETS, 4, UMEM);
            assertEquals(4, ring.reserve(64));
            for (int i = 0; i < 3; i++) {
                ring.put(UMEM + i * 2048L);
            }
            ring.submit();
            assertEquals(1, ring.reserve(64));
            kernel.take(2);
            assertEquals(1, ring.reserve(1), "enough by the cached index");
            assertEquals(3, ring.reserve(64), "the consumer was looked at again");
            assertEquals(1, kernel.producer(), "the index has wrapped");
        }
    }

    @Test
    void shouldReadTheKernelsWishWhenItSetsTheFlag() {
        try (KernelSide kernel = new KernelSide(4, 8, 0)) {
            final FillRing ring = new FillRing(kernel.mapping(), KernelSide.OFFSETS, 4, UMEM);
            assertFalse(ring.needsWakeup());
            kernel.needWakeup(true);
            assertTrue(ring.needsWakeup());
        }
    }

    @Test
    void shouldReadDescriptorsByPositionWhenTheyWrap() {
        try (KernelSide kernel = new KernelSide(4, 16, -1)) {
            final RxRing ring = new RxRing(kernel.mapping(), KernelSide.OFFSETS, 4, UMEM);
            assertEquals(0, ring.peek(64));
            kernel.give(0x100, 60, 0);
            kernel.give(0x900, 61, RxRing.CONTINUED);
            assertEquals(1, ring.peek(1));
            assertEquals(2, ring.peek(64));
            assertEquals(UMEM + 0x100, ring.address(0));
            assertEquals(61, ring.length(1));
            assertEquals(RxRing.CONTINUED, ring.options(1));
            assertEquals(2, kernel.waiting(), "peeking gives nothing back");
            ring.release(1);
            assertEquals(1, kernel.waiting());
            assertEquals(UMEM + 0x900, ring.address(0));
            assertEquals(1, ring.pending());
            ring.release(1);
            assertEquals(1, kernel.consumer());
        }
    }

    @Test
    void shouldMoveFramesBetweenStackAndRings() {
        final FrameStack free = new FrameStack(UMEM, 2048, 6);
        try (KernelSide fillSide = new KernelSide(4, 8, 0); KernelSide completionSide = new KernelSide(4, 8, 0)) {
            final FillRing fill = new FillRing(fillSide.mapping(), KernelSide.OFFSETS, 4, UMEM);
            final CompletionRing completion =
                    new CompletionRing(completionSide.mapping(), KernelSide.OFFSETS, 4, UMEM);
            assertEquals(4, fill.refill(free, 64));
            assertEquals(2, free.count());
            assertEquals(4, fillSide.waiting());
            assertEquals(0, completion.drain(free, 64));
            completionSide.give(fillSide.address(0) + 300);
            completionSide.give(fillSide.address(1) + 256);
            assertEquals(1, completion.drain(free, 1));
            assertEquals(1, completion.drain(free, 64));
            assertEquals(4, free.count());
            assertEquals(UMEM + 2048, free.pop(), "a completed packet's address leads to its frame");
            assertEquals(0, completionSide.waiting());
            free.pop();
            free.pop();
            free.pop();
            fillSide.take(4);
            assertEquals(0, fill.refill(free, 64), "no frame is free");
        }
    }

    @Test
    void shouldThrowInCheckedModeWhenMoreIsPutThanWasThereRoomFor() {
        assumeTrue(Memory.CHECKED, "lacking: -Dpenstock.checked=true");
        try (KernelSide kernel = new KernelSide(2, 16, 0)) {
            final TxRing ring = new TxRing(kernel.mapping(), KernelSide.OFFSETS, 2, UMEM);
            ring.put(UMEM, 60);
            ring.put(UMEM, 60);
            final IllegalStateException e = assertThrows(IllegalStateException.class, () -> ring.put(UMEM, 60));
            assertEquals("put without room: size=2 produced=2", e.getMessage());
        }
    }

    @Test
    void shouldThrowInCheckedModeWhenReadingOrReleasingWhatWasNotPeeked() {
        assumeTrue(Memory.CHECKED, "lacking: -Dpenstock.checked=true");
        try (KernelSide kernel = new KernelSide(2, 16, 0)) {
            final RxRing ring = new RxRing(kernel.mapping(), KernelSide.OFFSETS, 2, UMEM);
            kernel.give(0, 60, 0);
            assertEquals("read of what was not peeked: position=0 peeked=0",
                    assertThrows(IllegalStateException.class, () -> ring.length(0)).getMessage());
            assertEquals(1, ring.peek(2));
            assertEquals("release of what was not peeked: count=2 peeked=1",
                    assertThrows(IllegalStateException.class, () -> ring.release(2)).getMessage());
        }
    }

    @Test
    void shouldRefuseASizeThatIsNoPowerOfTwo() {
        final IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> new RxRing(0, KernelSide.OFFSETS, 6, UMEM));
        assertEquals("a ring's size must be a power of two: size=6", e.getMessage());
    }
}
