package io.penstock.perf.bench.peer;

import io.penstock.os.sys.CpuAffinity;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.PollingThread;
import java.util.concurrent.locks.LockSupport;

/** Where a peer's threads run, and waiting for them. Threads: any. */
final class Cpus {

    private static final long NS_PER_SECOND = 1_000_000_000;

    private Cpus() {
    }

    /** The CPU for everything but packets: the first other one, or the same where there is no other. */
    static int besides(final int worker) {
        return CpuAffinity.current().stream().filter(cpu -> cpu != worker).findFirst().orElse(worker);
    }

    /** The thread of a peer that handles packets there. */
    static PollingThread polling(final long pid, final int cpu) {
        final PollingThread thread = PollingThread.find(pid, cpu);
        if (thread == null) {
            throw new BenchException("the peer has no thread on its CPU: pid=" + pid + " cpu=" + cpu + "; see whether that CPU is there");
        }
        return thread;
    }

    /** Lets time pass. */
    static void await(final double seconds) {
        final long endNs = System.nanoTime() + (long) (seconds * NS_PER_SECOND);
        for (long left = endNs - System.nanoTime(); left > 0; left = endNs - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
