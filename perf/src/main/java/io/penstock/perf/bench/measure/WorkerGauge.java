package io.penstock.perf.bench.measure;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * What a thread used, and what was taken from it, between {@link #start} and {@link #stop}, both called on that thread.
 *
 * <p>Source: proc_pid_status(5), proc_stat(5); steal is the time that a hypervisor ran something else while this CPU had work.
 */
public final class WorkerGauge {

    private static final Path STATUS = Path.of("/proc/thread-self/status");
    private static final Path STAT = Path.of("/proc/stat");
    private static final String INVOLUNTARY = "nonvoluntary_ctxt_switches:";
    /** The field of a cpu line that is steal: user, nice, system, idle, iowait, irq, softirq, steal, counted from 1. */
    private static final int STEAL_FIELD = 8;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
    private final String cpuLine;
    private long allocatedBytes;
    private long collections;
    private long switches;
    private long stealTicks;
    private long cpuNs;
    private long wallNs;
    private Instant began;
    private Instant ended;
    private JitEvents jit = JitEvents.NONE;

    public WorkerGauge(final int cpu) {
        this.cpuLine = "cpu" + cpu;
    }

    /** Reads the clocks last: what the other readings take is not measured. */
    public void start() {
        collections = -collected();
        switches = -field(STATUS, INVOLUNTARY, 1);
        stealTicks = -field(STAT, cpuLine, STEAL_FIELD);
        began = Instant.now();
        // The first time the JVM looks for what is called, and allocates.
        cpuNs();
        allocatedBytes = -threads.getCurrentThreadAllocatedBytes();
        cpuNs = -cpuNs();
        wallNs = -System.nanoTime();
    }

    /** Reads in reverse. */
    public void stop() {
        wallNs += System.nanoTime();
        cpuNs += cpuNs();
        allocatedBytes += threads.getCurrentThreadAllocatedBytes();
        ended = Instant.now();
        stealTicks += field(STAT, cpuLine, STEAL_FIELD);
        switches += field(STATUS, INVOLUNTARY, 1);
        collections += collected();
    }

    /** What is allocated from here to {@link #goOn} is not the worker's; its time is. */
    public void leaveOut() {
        allocatedBytes += threads.getCurrentThreadAllocatedBytes();
    }

    /** {@link #leaveOut}. */
    public void goOn() {
        allocatedBytes -= threads.getCurrentThreadAllocatedBytes();
    }

    /** Takes what the compiler did meanwhile, as who watched it has it. Afterwards, by any thread. */
    public void watched(final JitWatch watch, final String thread) {
        jit = watch.end(thread, began, ended);
    }

    /** What the compiler did meanwhile. */
    public JitEvents jit() {
        return jit;
    }

    /** The CPU time of the calling thread; allocates nothing. */
    public long cpuNs() {
        return threads.getCurrentThreadCpuTime();
    }

    public long allocatedBytes() {
        return allocatedBytes;
    }

    public long collections() {
        return collections;
    }

    public long involuntarySwitches() {
        return switches;
    }

    /** Of the CPU; a tick is 10 ms. */
    public long stealTicks() {
        return stealTicks;
    }

    public double seconds() {
        return wallNs / 1e9;
    }

    /** The share of the time that the thread had the CPU. */
    public double busy() {
        return (double) cpuNs / wallNs;
    }

    private long collected() {
        return collectors.stream().mapToLong(GarbageCollectorMXBean::getCollectionCount).sum();
    }

    /** A number of the line that starts with a word; 0 where there is no such line, as without that CPU. */
    private static long field(final Path file, final String word, final int index) {
        try {
            for (final String line : Files.readAllLines(file)) {
                final String[] fields = line.split("\\s+");
                if (fields[0].equals(word) && fields.length > index) {
                    return Long.parseLong(fields[index]);
                }
            }
            return 0;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
