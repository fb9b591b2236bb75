package io.penstock.perf.bench.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookPoint;
import io.penstock.dataplane.api.Verdict;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class InjectionTest {

    private static final int CALLS = 200_000;

    @Test
    void shouldSayWhatIsWorseAndWhereWhenItIsRead() {
        assertEquals(new Injection(Injection.Kind.SLOW, 20, HookPoint.FORWARD), Injection.of("slow:20"));
        assertEquals(new Injection(Injection.Kind.ALLOCATE, 16, HookPoint.PRE_ROUTING), Injection.of("allocate:16@prerouting"));
        assertEquals("slow:20@forward", Injection.of("slow:20").toString());
        assertEquals("slow:20@postrouting", Injection.of("slow:20@postrouting").toString());
    }

    @Test
    void shouldSayWhatIsSupportedWhenItIsNone() {
        final String supported =
                "; supported are slow:NS and allocate:BYTES, each with @prerouting, @forward (the default) or @postrouting";
        assertEquals("there is no --inject 'fast:20'" + supported, refusal("fast:20"));
        assertEquals("there is no --inject 'slow'" + supported, refusal("slow"));
        assertEquals("there is no --inject 'slow:20@parse'" + supported, refusal("slow:20@parse"));
        assertEquals("--inject slow:x: not a number: x", refusal("slow:x"));
        assertEquals("--inject slow:0 is out of range: least=1 most=1000000 ns", refusal("slow:0"));
        assertEquals("--inject allocate:17 is out of range: least=16 most=1048576 bytes, by eights", refusal("allocate:17"));
    }

    @Test
    void shouldAllocateSoManyBytesAPacketWhenToldTo() {
        final HookOps hook = Injection.of("allocate:16").hook();
        final com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        threads.getCurrentThreadAllocatedBytes();
        final long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < CALLS; i++) {
            assertEquals(Verdict.ACCEPT, hook.function().hook(null, null));
        }
        assertEquals(16, (threads.getCurrentThreadAllocatedBytes() - before) / CALLS);
    }

    @Test
    void shouldTakeLongerWhenMoreIsAskedFor() {
        final Delay shorter = Delay.ofNs(100);
        final Delay longer = Delay.ofNs(1_000);
        final double ratio = (double) best(longer) / best(shorter);
        assertTrue(ratio > 1, () -> "ratio=" + ratio);
    }

    private static long best(final Delay delay) {
        long best = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 50; attempt++) {
            final long startNs = System.nanoTime();
            for (int i = 0; i < 1_000; i++) {
                delay.pass();
            }
            best = Math.min(best, System.nanoTime() - startNs);
        }
        return best;
    }

    private static String refusal(final String text) {
        return assertThrows(IllegalArgumentException.class, () -> Injection.of(text)).getMessage();
    }
}
