package io.penstock.perf.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** Compiled code is given up on purpose: what the compiler took for granted, that one class alone is called, does not hold any more. */
class JitWatchTest {

    /** Longer than the compiler takes for some lines, however busy the machine is. Unit: ns. */
    private static final long WARM_NS = 2_000_000_000;
    private static final int AT_ONCE = 1_000;

    private long sum;

    private void call(final IntUnaryOperator operator, final int times) {
        for (int i = 0; i < times; i++) {
            sum += operator.applyAsInt(i);
        }
    }

    private void warm() {
        final long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < WARM_NS) {
            for (int i = 0; i < AT_ONCE; i++) {
                call(value -> value + 1, 8);
            }
        }
    }

    @Test
    void shouldTellWhoseCodeWasGivenUpAndWhen() throws InterruptedException {
        final Instant[] times = new Instant[3];
        try (JitWatch watch = JitWatch.begin()) {
            final Thread thread = new Thread(() -> {
                warm();
                times[0] = Instant.now();
                call(value -> value * 3, 1);
                call(value -> value ^ 7, 1);
                times[1] = Instant.now();
            }, "measured");
            thread.start();
            thread.join();
            final JitEvents events = watch.end("measured", times[0], times[1]);
            assertTrue(events.givenUp().stream().anyMatch(text -> text.startsWith(JitWatchTest.class.getName() + ".call line ")), events.text());
            assertTrue(events.text().contains("compiled code given up " + events.givenUp().size() + " times: "), events.text());
        }
    }

    @Test
    void shouldTellNothingOfOtherThreadsAndOtherTimes() {
        try (JitWatch watch = JitWatch.begin()) {
            warm();
            call(value -> value - 5, 1);
            final Instant now = Instant.now();
            assertEquals(0, watch.end("no thread of that name", Instant.EPOCH, now).givenUp().size());
        }
        try (JitWatch watch = JitWatch.begin()) {
            warm();
            assertEquals(JitEvents.NONE, watch.end(Thread.currentThread().getName(), Instant.EPOCH, Instant.EPOCH));
        }
    }

    @Test
    void shouldKnowNothingOfWhatWasNotMeasured() {
        try (JitWatch watch = JitWatch.begin()) {
            assertEquals(JitEvents.NONE, watch.end("measured", null, null));
        }
    }
}
