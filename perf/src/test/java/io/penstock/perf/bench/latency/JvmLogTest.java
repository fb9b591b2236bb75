package io.penstock.perf.bench.latency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class JvmLogTest {

    private static final long WORKER = 27503;

    @Test
    void shouldTellPausesWithTheirReasonWhenTheLogHasThem() {
        final List<Incident> incidents = JvmLog.parse(List.of(
                "[1000000000ns][13355][gc             ] GC(0) Pause Full (System.gc()) 29M->2M(365M) 25.549ms",
                "[1000500000ns][13355][safepoint      ] Safepoint \"SerialGCCollect\", Time since last: 1307238242 ns, Reaching safepoint: "
                        + "4303525 ns, At safepoint: 25607795 ns, Leaving safepoint: 658008 ns, Total: 30500000 ns, Threads: 1 runnable, 10 total",
                "[1100500000ns][13355][safepoint      ] Safepoint \"ICBufferFull\", Time since last: 1 ns, Reaching safepoint: 2 ns, At safepoint: "
                        + "3 ns, Leaving safepoint: 4 ns, Total: 500000 ns, Threads: 1 runnable, 10 total"), WORKER);
        assertEquals(List.of(Incident.exact(Cause.GC, 970_000_000, 1_000_500_000, "Pause Full (System.gc())"),
                Incident.exact(Cause.SAFEPOINT, 1_100_000_000, 1_100_500_000, "ICBufferFull")), incidents);
    }

    @Test
    void shouldCallItGcWhenOnlyTheOperationSaysSo() {
        final List<Incident> incidents = JvmLog.parse(List.of(
                "[9000000ns][13355][safepoint] Safepoint \"G1CollectForAllocation\", Time since last: 1 ns, Reaching safepoint: 2 ns, "
                        + "At safepoint: 3 ns, Leaving safepoint: 4 ns, Total: 1000000 ns, Threads: 1 runnable, 10 total"), WORKER);
        assertEquals(List.of(Incident.exact(Cause.GC, 8_000_000, 9_000_000, "G1CollectForAllocation")), incidents);
    }

    @Test
    void shouldTellHowLongCodeWasInterpretedWhenTheWorkerLostIt() {
        final List<Incident> incidents = JvmLog.parse(List.of(
                "[100ns][27503][deoptimization ] cid= 665 level=4 a.B.loop(I)V trap_bci=7 [a.C.f(I)V] unstable_if reinterpret pc=0x1 x",
                "[150ns][99][deoptimization ] cid= 665 level=4 a.D.other(I)V trap_bci=7 unstable_if reinterpret pc=0x1 x",
                "[200ns][27485][jit,compilation]   14       3       a.B::loop (37 bytes)",
                "[700ns][27485][jit,compilation]   15       4       a.B::loop (37 bytes)",
                "[800ns][27503][deoptimization ] cid= 666 level=4 a.B.loop(I)V trap_bci=9 class_check maybe_recompile pc=0x1 x"), WORKER);
        assertEquals(List.of(Incident.exact(Cause.COMPILATION, 100, 700, "a.B.loop: unstable_if"),
                Incident.exact(Cause.COMPILATION, 800, 5_000_800, "a.B.loop: class_check")), incidents);
    }

    @Test
    void shouldTellTheTimeOfThisJvmWhenItsOwnLogIsRead() {
        try (JvmLog log = JvmLog.ofThis()) {
            log.start();
            final long beforeNs = System.nanoTime();
            System.gc();
            final long afterNs = System.nanoTime();
            log.stop();
            final List<Incident> collections = log.read(WORKER).stream().filter(i -> i.cause() == Cause.GC).toList();
            // A pause is told of a moment after it is over.
            assertTrue(collections.stream().anyMatch(i -> i.fromNs() - beforeNs >= 0 && i.toNs() - afterNs < 1_000_000_000
                    && i.detail().startsWith("Pause Full (System.gc())")), () -> beforeNs + " to " + afterNs + ": " + collections);
        }
    }
}
