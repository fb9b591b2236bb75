package io.penstock.dataplane.fib;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class AdjacenciesTest {

    private static final long DURATION_NS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final long REPEAT_6 = 0x0101_0101_0101L;

    private final DeferredReclaimer reclaimer = new DeferredReclaimer();

    @Test
    void shouldUseANumberAgainOnlyAfterQuiescence() {
        try (FibWriter writer = new FibWriter(reclaimer)) {
            final Adjacencies adjacencies = writer.adjacencies();
            final int first = adjacencies.create(AdjacencyFields.ofKind(AdjacencyKind.LOCAL, 4, 1, 1500));
            adjacencies.retain(first);
            adjacencies.release(first);
            reclaimer.quiesce();
            final int second = adjacencies.create(AdjacencyFields.ofKind(AdjacencyKind.LOCAL, 4, 1, 1500));
            assertNotEquals(first, second, "one user is left");
            adjacencies.release(first);
            final int third = adjacencies.create(AdjacencyFields.ofKind(AdjacencyKind.LOCAL, 4, 1, 1500));
            assertNotEquals(first, third, "readers may still hold it");
            reclaimer.quiesce();
            assertEquals(first, adjacencies.create(AdjacencyFields.ofKind(AdjacencyKind.BLACKHOLE, 4, 0, 1500)));
            assertEquals(3, adjacencies.inUse());
        }
    }

    @Test
    void shouldReleaseNextHopsWithTheirMultipath() {
        try (FibWriter writer = new FibWriter(reclaimer)) {
            final Adjacencies adjacencies = writer.adjacencies();
            final int a = adjacencies.create(AdjacencyFields.ofKind(AdjacencyKind.KERNEL, 4, 1, 1500));
            final int b = adjacencies.create(AdjacencyFields.ofKind(AdjacencyKind.KERNEL, 4, 2, 1500));
            final int group = adjacencies.createMultipath(new int[] {a, a, b}, new int[] {1, 1, 2});
            adjacencies.release(a);
            adjacencies.release(b);
            assertEquals(3, adjacencies.inUse());
            assertEquals(a, writer.fib().select(group, 0));
            assertEquals(b, writer.fib().select(group, -1));
            adjacencies.release(group);
            assertEquals(0, adjacencies.inUse());
        }
    }

    @Property(tries = 200)
    void shouldGiveEachNextHopItsShare(
            @ForAll @Size(min = 1, max = 128) final List<@IntRange(min = 1, max = 65536) Integer> list) {
        final int[] weights = list.stream().mapToInt(Integer::intValue).toArray();
        final int[] shares = Adjacencies.shares(weights);
        assertEquals(128, Arrays.stream(shares).sum());
        for (int i = 0; i < weights.length; i++) {
            assertTrue(shares[i] >= 1);
            for (int j = 0; j < weights.length; j++) {
                assertTrue(weights[i] < weights[j] || shares[i] >= shares[j] - 1, "a greater weight, a greater share");
            }
        }
    }

    @Test
    void shouldKeepSmallWeights() {
        assertArrayEquals(new int[] {96, 32}, Adjacencies.shares(new int[] {3, 1}));
        assertArrayEquals(new int[] {43, 43, 42}, Adjacencies.shares(new int[] {1, 1, 1}));
        assertArrayEquals(new int[] {127, 1}, Adjacencies.shares(new int[] {1000, 1}));
    }

    @Test
    void shouldNeverWriteHalfAnAddressWhenItChanges() throws Exception {
        try (FibWriter writer = new FibWriter(reclaimer);
                MappedMemory frame = MappedMemory.reserve(64, MappedMemory.Pages.NORMAL);
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            final Adjacencies adjacencies = writer.adjacencies();
            final int number = adjacencies.create(
                    new AdjacencyFields(AdjacencyKind.UNRESOLVED_GATEWAY, 0, 4, 0, 2, 1500, 0, 1));
            final long endNs = System.nanoTime() + DURATION_NS;
            adjacencies.resolve(number, REPEAT_6, REPEAT_6);
            final Future<?> reader = thread.submit(() -> {
                final byte[] header = new byte[14];
                while (System.nanoTime() - endNs < 0) {
                    AdjacencyLayout.writeEthernet(writer.fib().adjacency(number), frame.address());
                    Memory.copyToArray(frame.address(), header, 0, header.length);
                    for (int i = 1; i < 6; i++) {
                        assertEquals(header[0], header[i], () -> Arrays.toString(header));
                        assertEquals(header[6], header[6 + i], () -> Arrays.toString(header));
                    }
                    assertEquals(0x0800, header[12] << 8 | header[13]);
                }
            });
            for (int i = 0; System.nanoTime() - endNs < 0; i++) {
                adjacencies.resolve(number, (i & 0x7F) * REPEAT_6, (i * 31 & 0x7F) * REPEAT_6);
            }
            reader.get();
        }
    }
}
