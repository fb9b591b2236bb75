package io.penstock.perf.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Lines of JDK 25. */
class JitLogTest {

    @Test
    void shouldTellTrapsAndCodeThatWasGivenUpFromCodeThatMadeWay() {
        final JitLog.Entries entries = JitLog.parse(List.of(
                "[190373034ns][27500][jit,compilation]  653       2       jdk.internal.A::of (13 bytes)",
                "[202200256ns][27499][jit,compilation]  144       3       java.lang.String::startsWith (123 bytes)   made not entrant: not used",
                "[225388756ns][27499][jit,compilation]  663 %     3       a.B::c @ 4 (35 bytes)   made not entrant: "
                    + "OSR invalidation of lower level",
                "[252215122ns][27503][deoptimization ] cid= 665 osr level=4 a.B.loop(LD$S;)V trap_bci=7 osr_bci=4 unstable_if reinterpret "
                    + "pc=0x00007fd27fef327c relative_pc=0x000000000000017c",
                "[252261501ns][27503][jit,compilation]  665 %     4       a.B::loop @ 4 (35 bytes)   made not entrant: uncommon trap",
                "[290879140ns][27485][jit,compilation]   14       4       a.D::loop (37 bytes)   made not entrant: marked for deoptimization"));

        assertEquals(List.of(new JitLog.GivenUp(27_503, "a.B.loop(LD$S;)V", "osr_bci=4 unstable_if reinterpret")), entries.traps());
        assertEquals(List.of(new JitLog.GivenUp(27_503, "a.B.loop", JitLog.TRAPPED),
                new JitLog.GivenUp(27_485, "a.D.loop", "marked for deoptimization")), entries.methods());
        assertEquals(List.of(), entries.pauses());
    }

    @Test
    void shouldTellTheLongestPause() {
        final JitLog.Entries entries = JitLog.parse(List.of(
                "[1ns][2][safepoint      ] Safepoint \"ICBufferFull\", Time since last: 1 ns, Reaching safepoint: 2 ns, At safepoint: 3 ns, "
                    + "Leaving safepoint: 1 ns, Total: 1500000 ns, Threads: 1 runnable, 12 total",
                "[2ns][2][safepoint      ] Safepoint \"SerialCollectForAllocation\", Time since last: 1 ns, Reaching safepoint: 2 ns, "
                    + "At safepoint: 3 ns, Leaving safepoint: 1 ns, Total: 20500000 ns, Threads: 1 runnable, 12 total"));

        assertEquals(List.of(new JitLog.Pause(1 - 1_500_000, 1), new JitLog.Pause(2 - 20_500_000, 2)), entries.pauses());
        assertEquals(20.5, entries.longestMs());
        assertEquals("SerialCollectForAllocation", entries.longestWhy());
    }

    @Test
    void shouldLogWhatTheRunningJvmDoes() {
        try (JitLog log = new JitLog()) {
            final long startNs = System.nanoTime();
            log.start();
            System.gc();
            log.stop();

            final List<JitLog.Pause> pauses = log.read().pauses();
            assertTrue(pauses.stream().anyMatch(pause -> pause.overlaps(startNs, System.nanoTime()) && pause.fromNs() - startNs >= 0),
                    () -> "by the same clock: " + pauses + " after " + startNs);
        }
    }
}
