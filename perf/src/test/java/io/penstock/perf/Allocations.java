package io.penstock.perf;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.penstock.dataplane.hot.pipeline.Batch;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/**
 * What the calling thread allocates, by its own counter of bytes: less than a byte for a thousand packets is none, since an object has
 * sixteen.
 */
public final class Allocations {

    private static final int WINDOW_BATCHES = 250;
    /** Windows until the JIT compiler's top tier has it all; code that it has not compiled yet may allocate. */
    private static final int MAX_WINDOWS = 1_600;
    private static final int MEASURED_BATCHES = 2_000;
    private static final int MEASUREMENTS = 3;
    private static final int PACKETS_PER_BYTE = 1_000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocations() {
    }

    /** All cases, or of each test the first ones: all when asked for ({@code -Dpenstock.whole=true}, as {@code .ci/suites allocation} does). */
    public static Stream<Arguments> some(final int few, final Arguments... all) {
        return Stream.of(all).limit(Boolean.getBoolean("penstock.whole") ? all.length : few);
    }

    /** Fails if what is done for each batch allocates. */
    public static void assertNone(final int packetsPerBatch, final Runnable batch) {
        assertNone(packetsPerBatch, MAX_WINDOWS, batch);
    }

    /** The same with so many windows to warm up at the most. */
    static void assertNone(final int packetsPerBatch, final int maxWindows, final Runnable batch) {
        int window = 0;
        while (window < maxWindows && allocatedBytes(WINDOW_BATCHES, batch) != 0) {
            window++;
        }
        final long packets = (long) MEASURED_BATCHES * Batch.CAPACITY;
        // What the path allocates it allocates each time; what the JVM does once, such as compiling anew, it does not.
        long least = Long.MAX_VALUE;
        for (int i = 0; i < MEASUREMENTS && least >= packets / PACKETS_PER_BYTE; i++) {
            least = Math.min(least, allocatedBytes((int) (packets / packetsPerBatch), batch));
        }
        final long bytes = least;
        assertTrue(bytes * PACKETS_PER_BYTE < packets, () -> "bytes=" + bytes + " packets=" + packets);
    }

    private static long allocatedBytes(final int batches, final Runnable batch) {
        final long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < batches; i++) {
            batch.run();
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
