package io.penstock.os.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class CpuAffinityTest {

    @Test
    void shouldRunOnTheOneCpuWhenPinned() throws Exception {
        final BitSet mine = CpuAffinity.current();
        final int cpu = mine.length() - 1;
        onThread(() -> {
            CpuAffinity.pin(cpu);
            assertEquals(Integer.toString(cpu), CpuAffinity.format(CpuAffinity.current()));
            return null;
        });
        assertEquals(mine, CpuAffinity.current(), "other threads keep theirs");
    }

    @Test
    void shouldListWhatTheKernelGrantsWhenPinnedAlready() throws Exception {
        final BitSet before = CpuAffinity.allowed();
        assertTrue(before.intersects(CpuAffinity.current()));
        onThread(() -> {
            final int cpu = before.nextSetBit(0);
            CpuAffinity.pin(cpu);
            assertEquals(before, CpuAffinity.allowed());
            assertEquals(1, CpuAffinity.current().cardinality(), "asking changes nothing");
            return null;
        });
    }

    @Test
    void shouldNameTheCpuAndTheAllowedOnesWhenItIsRefused() {
        final String allowed = CpuAffinity.format(CpuAffinity.allowed());
        for (final int cpu : new int[] {4095, 8192, -1}) {
            final SysException e = assertThrows(SysException.class, () -> CpuAffinity.pin(cpu));
            assertEquals("pinning a thread to cpu=" + cpu + " with allowed=" + allowed
                    + ": EINVAL (invalid argument); choose an allowed CPU, or widen the process's cpuset", e.getMessage());
        }
    }

    @Test
    void shouldFormatSetsAsLinuxDoes() {
        final BitSet set = new BitSet();
        assertEquals("", CpuAffinity.format(set));
        set.set(0, 4);
        set.set(8);
        set.set(10, 12);
        assertEquals("0-3,8,10-11", CpuAffinity.format(set));
    }

    private static void onThread(final Callable<Void> action) throws Exception {
        final FutureTask<Void> task = new FutureTask<>(action);
        final Thread thread = new Thread(task);
        thread.start();
        thread.join();
        task.get();
    }
}
