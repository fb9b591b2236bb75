package io.penstock.os.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.StringJoiner;

/**
 * Which CPUs the calling platform thread may run on.
 *
 * <p>Three sets, each within the next: the one CPU that a worker is pinned to, the set that the process inherited
 * (taskset(1); with {@code isolcpus=} it lacks the isolated CPUs), and the set that the kernel would grant (the cpuset of
 * the cgroup, online CPUs only; it has the isolated ones). Place workers by themselves within the inherited set, but let an
 * explicit choice go to all that the kernel grants: isolated CPUs are what polling threads are pinned to.
 *
 * <p>Source: sched_setaffinity(2), cpuset(7). Threads: any platform thread, for itself; never a virtual thread.
 */
public final class CpuAffinity {

    /** Bytes of a mask: 8192 CPUs, the most that x86-64 kernels can be built for; shorter ones fail where there are more. */
    private static final long MASK_BYTES = 1024;

    private CpuAffinity() {
    }

    /** Moves the calling thread to one CPU, for good. */
    public static void pin(final int cpu) {
        if (cpu < 0 || cpu >= MASK_BYTES * 8) {
            throw refused(cpu, Errno.EINVAL);
        }
        final BitSet one = new BitSet();
        one.set(cpu);
        final int result = set(one);
        if (result < 0) {
            throw refused(cpu, -result);
        }
    }

    /** The CPUs that the calling thread runs on: before {@link #pin}, those that the process inherited. */
    public static BitSet current() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment mask = arena.allocate(MASK_BYTES, 8);
            Linux.check(Linux.schedGetaffinity(0, MASK_BYTES, mask.address()), "sched_getaffinity(thread=0)");
            return BitSet.valueOf(mask.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /** The CPUs that {@link #pin} would accept. Asks by widening the calling thread's set for a moment. */
    public static BitSet allowed() {
        final BitSet before = current();
        final BitSet all = new BitSet();
        all.set(0, (int) MASK_BYTES * 8);
        if (set(all) < 0) {
            return before;
        }
        final BitSet granted = current();
        Linux.check(set(before), "sched_setaffinity(thread=0, cpus=" + format(before) + ')');
        return granted;
    }

    /** A set as Linux writes it: {@code 0-3,8}. */
    public static String format(final BitSet cpus) {
        final StringJoiner text = new StringJoiner(",");
        for (int from = cpus.nextSetBit(0); from >= 0; ) {
            final int to = cpus.nextClearBit(from) - 1;
            text.add(from == to ? Integer.toString(from) : from + "-" + to);
            from = cpus.nextSetBit(to + 1);
        }
        return text.toString();
    }

    private static int set(final BitSet cpus) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment mask = arena.allocate(MASK_BYTES, 8);
            MemorySegment.copy(cpus.toByteArray(), 0, mask, ValueLayout.JAVA_BYTE, 0, cpus.toByteArray().length);
            return Linux.schedSetaffinity(0, MASK_BYTES, mask.address());
        }
    }

    private static SysException refused(final int cpu, final int errno) {
        return new SysException("pinning a thread to cpu=" + cpu + " with allowed=" + format(allowed()), errno,
                "choose an allowed CPU, or widen the process's cpuset");
    }
}
