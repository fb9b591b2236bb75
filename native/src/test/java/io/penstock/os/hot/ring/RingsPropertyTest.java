package io.penstock.os.hot.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Any interleaving of the two sides, from any index on, keeps order and loses nothing. */
class RingsPropertyTest {

    private static final long UMEM = KernelSide.UMEM;

    @Property(tries = 300)
    void shouldDeliverInOrderWhateverTheProducersAndTheKernelsSteps(
            @ForAll final int start,
            @ForAll @IntRange(max = 5) final int sizeLog,
            @ForAll @Size(max = 60) final List<@IntRange(max = 40) Integer> steps) {
        final int size = 1 << sizeLog;
        final Queue<Long> model = new ArrayDeque<>();
        long next = 0;
        try (KernelSide kernel = new KernelSide(size, 16, start)) {
            final TxRing ring = new TxRing(kernel.mapping(), KernelSide.OFFSETS, size, UMEM);
            for (final int step : steps) {
                if ((step & 1) == 0) {
                    final int granted = ring.reserve(step);
                    // A grant is at least what the kernel freed; with the whole ring wanted it is exact.
                    assertEquals(Math.min(step, size - model.size()), granted);
                    for (int i = 0; i < granted; i++) {
                        ring.put(UMEM + next * 64, 60);
                        model.add(next++ * 64);
                    }
                    ring.submit();
                } else {
                    final int taken = Math.min(step, kernel.waiting());
                    for (int i = 0; i < taken; i++) {
                        assertEquals(model.remove(), kernel.address(i));
                    }
                    kernel.take(taken);
                }
                assertEquals(model.size(), kernel.waiting());
                assertEquals(model.size(), ring.pending());
            }
            assertEquals(start + (int) next, ring.produced());
        }
    }

    @Property(tries = 300)
    void shouldSeeInOrderWhateverTheKernelsAndTheConsumersSteps(
            @ForAll final int start,
            @ForAll @IntRange(max = 5) final int sizeLog,
            @ForAll @Size(max = 60) final List<@IntRange(max = 40) Integer> steps) {
        final int size = 1 << sizeLog;
        final Queue<Long> model = new ArrayDeque<>();
        long next = 0;
        try (KernelSide kernel = new KernelSide(size, 16, start)) {
            final RxRing ring = new RxRing(kernel.mapping(), KernelSide.OFFSETS, size, UMEM);
            for (final int step : steps) {
                if ((step & 1) == 0) {
                    for (int i = 0; i < step && kernel.give(next * 64, (int) next, 0); i++) {
                        model.add(next++);
                    }
                } else {
                    final int peeked = ring.peek(step);
                    assertEquals(Math.min(step, model.size()), peeked);
                    final int released = peeked - (step >> 1) % (peeked + 1);
                    final List<Long> seen = List.copyOf(model);
                    for (int i = 0; i < peeked; i++) {
                        assertEquals(UMEM + seen.get(i) * 64, ring.address(i));
                        assertEquals(seen.get(i).intValue(), ring.length(i));
                    }
                    ring.release(released);
                    for (int i = 0; i < released; i++) {
                        model.remove();
                    }
                }
                assertEquals(model.size(), kernel.waiting());
                assertEquals(model.size(), ring.pending());
            }
        }
    }
}
