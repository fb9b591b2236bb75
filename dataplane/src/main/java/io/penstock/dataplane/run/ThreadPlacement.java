package io.penstock.dataplane.run;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.CpuAffinity;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.sys.RealTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;

/**
 * Keeps the JVM's own threads (compilers, collector, control) off the workers' CPUs, and lets the one that workers wait for go before the others: at
 * a safepoint all workers stand still until the VM's thread has come to its end, and a compiler on the same CPU would put that off by a time slice, some
 * milliseconds.
 */
public final class ThreadPlacement {

    private static final int MASK_BYTES = 128;
    /** The JVM's name of the thread that leads to safepoints, collects and ends them. */
    private static final String VM_THREAD = "VM Thread";
    private static volatile boolean isVmFirst;

    private ThreadPlacement() {
    }

    /** The CPUs for that many workers when none are named: the highest ones, so that CPU 0 keeps its interrupts. */
    public static List<Integer> choose(final int workers) {
        final BitSet current = CpuAffinity.current();
        return current.stream().boxed().sorted((a, b) -> b - a).limit(workers).sorted().toList();
    }

    /**
     * Moves every thread of this process off the given CPUs, and with them the threads that they start later. Without
     * another CPU to go to, all stay where they are.
     *
     * @return false when there was no other CPU
     */
    public static boolean keepOff(final List<Integer> cpus) {
        final BitSet others = CpuAffinity.current();
        cpus.forEach(others::clear);
        if (others.isEmpty()) {
            return false;
        }
        try (MappedMemory mask = MappedMemory.reserve(MASK_BYTES, MappedMemory.Pages.NORMAL);
                Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            others.stream().forEach(cpu -> {
                final long word = mask.address() + (cpu >>> 6) * (long) Long.BYTES;
                Memory.putLong(word, Memory.getLong(word) | 1L << cpu);
            });
            // A thread that ends meanwhile answers ESRCH, which is as good.
            tasks.forEach(task -> {
                final int thread = Integer.parseInt(task.getFileName().toString());
                Linux.schedSetaffinity(thread, MASK_BYTES, mask.address());
                if (isVmThread(task)) {
                    // Without the right to it (CAP_SYS_NICE) it stays equal. A nice value does not do: who has run least goes first for a time
                    // slice, whatever the values are.
                    isVmFirst = RealTime.begin(thread) >= 0;
                }
            });
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return true;
    }

    /** Whether the JVM's own stops come first, as far as {@link #keepOff} could see to it. */
    public static boolean isVmFirst() {
        return isVmFirst;
    }

    private static boolean isVmThread(final Path task) {
        try {
            return Files.readString(task.resolve("comm")).strip().equals(VM_THREAD);
        } catch (final IOException e) {
            // It has ended.
            return false;
        }
    }
}
