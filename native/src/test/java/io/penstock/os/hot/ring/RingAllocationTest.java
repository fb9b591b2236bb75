package io.penstock.os.hot.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.penstock.os.testkit.Shell;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a worker does per packet and per batch allocates nothing. */
class RingAllocationTest {

    private static final int WARM_UP_ROUNDS = 3_000;
    private static final int ROUNDS = 3_000;
    private static final int SIZE = 64;

    private long packets;

    @Test
    void shouldAllocateNothingWhenAFrameGoesRound() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final FrameStack free = new FrameStack(KernelSide.UMEM, 2048, 2 * SIZE);
        try (KernelSide fillSide = new KernelSide(SIZE, 8, 0);
                KernelSide rxSide = new KernelSide(SIZE, 16, 0);
                KernelSide txSide = new KernelSide(SIZE, 16, 0);
                KernelSide completionSide = new KernelSide(SIZE, 8, 0)) {
            final FillRing fill = new FillRing(fillSide.mapping(), KernelSide.OFFSETS, SIZE, KernelSide.UMEM);
            final RxRing rx = new RxRing(rxSide.mapping(), KernelSide.OFFSETS, SIZE, KernelSide.UMEM);
            final TxRing tx = new TxRing(txSide.mapping(), KernelSide.OFFSETS, SIZE, KernelSide.UMEM);
            final CompletionRing completion =
                    new CompletionRing(completionSide.mapping(), KernelSide.OFFSETS, SIZE, KernelSide.UMEM);
            long before = 0;
            for (int round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
                if (round == WARM_UP_ROUNDS) {
                    before = threads.getCurrentThreadAllocatedBytes();
                }
                worker(free, fill, rx, tx, completion);
                kernel(fillSide, rxSide, txSide, completionSide);
            }
            final long bytes = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(packets > 32L * ROUNDS, "packets=" + packets);
            assertTrue(bytes < ROUNDS, "less than a byte a round: bytes=" + bytes);
            assertEquals(free.capacity(), free.count() + (fill.produced() - rx.consumed())
                    + (tx.produced() - completion.consumed()));
        }
    }

    @Test
    void shouldAllocateNothingWhenKickingOnceTheCallIsCompiled() {
        final Shell.Result result = Shell.attempt(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                "-Dpenstock.checked=" + System.getProperty("penstock.checked", "false"), "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), KickAllocation.class.getName()));
        assertEquals("tx=0 rx=0", result.output().strip());
    }

    private void worker(
            final FrameStack free,
            final FillRing fill,
            final RxRing rx,
            final TxRing tx,
            final CompletionRing completion) {
        completion.drain(free, SIZE);
        fill.refill(free, SIZE);
        final int count = tx.reserve(rx.peek(SIZE));
        for (int i = 0; i < count; i++) {
            tx.put(rx.address(i), rx.length(i));
        }
        rx.release(count);
        tx.submit();
        packets += tx.needsWakeup() ? 0 : count;
    }

    private static void kernel(
            final KernelSide fill, final KernelSide rx, final KernelSide tx, final KernelSide completion) {
        while (fill.waiting() > 0 && rx.give(fill.address(0) + 256, 60, 0)) {
            fill.take(1);
        }
        while (tx.waiting() > 0 && completion.give(tx.address(0))) {
            tx.take(1);
        }
    }
}
