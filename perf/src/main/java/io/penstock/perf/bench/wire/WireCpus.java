package io.penstock.perf.bench.wire;

import io.penstock.os.sys.CpuAffinity;
import io.penstock.perf.bench.measure.BenchException;
import java.util.BitSet;

/**
 * Who runs where, the same for every device under test: two CPUs are all that is needed and used.
 *
 * <p>CPU 0: the generator, the kernel's part in bringing its frames to the device, and what a device's process does beside its
 * worker. CPU 1: the worker, and the kernel's part in bringing its frames to the sink.
 */
public final class WireCpus {

    public static final int GENERATOR = 0;
    public static final int WORKER = 1;

    private WireCpus() {
    }

    /** Refuses a machine that lacks them. */
    public static void require() {
        final BitSet allowed = CpuAffinity.allowed();
        if (!allowed.get(GENERATOR) || !allowed.get(WORKER)) {
            throw new BenchException("bench wire needs CPU " + GENERATOR + " for the generator and CPU " + WORKER
                    + " for the device under test: allowed=" + CpuAffinity.format(allowed)
                    + "; widen the process's cpuset, or measure with 'penstock bench engine', which needs one CPU");
        }
    }
}
