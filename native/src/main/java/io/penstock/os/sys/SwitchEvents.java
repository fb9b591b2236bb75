package io.penstock.os.sys;

import io.penstock.os.hot.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * When a thread was taken off its CPU and when it got it back, as the kernel's scheduler writes it down. It costs the thread some 100 ns
 * each time, and nothing while it runs.
 *
 * <pre>
 *  +-- page 0 ------------------------+-- 2^n pages -------------------------------------------------------+
 *  | data_head @1024, data_tail @1032 | u32 type, u16 misc, u16 size | next pid, tid | pid, tid | time ns  | ...
 *  +----------------------------------+--------------------------------------------------------------------+
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>Times are CLOCK_MONOTONIC's, so that they compare with {@link System#nanoTime}.</li>
 *   <li>What finds the ring full is lost, and counted.</li>
 * </ol>
 *
 * <p>With the right to look at a whole CPU, who came instead is known; without it, only when. Source: perf_event_open(2),
 * linux/perf_event.h. Threads: one reads.
 */
public final class SwitchEvents implements AutoCloseable {

    /** What is told of each time off the CPU, when it is over. */
    @FunctionalInterface
    public interface Consumer {

        /**
         * The thread is back.
         *
         * @param preempted   whether it would have gone on
         * @param otherThread which had the CPU longest meanwhile, or 0 where that is not known, has ended or is none
         */
        void accept(long fromNs, long toNs, boolean preempted, int otherThread);
    }

    private static final int PAGE_BYTES = 4096;
    private static final int DATA_HEAD = 1024;
    private static final int DATA_TAIL = 1032;
    private static final int HEADER_BYTES = 8;
    private static final int HEADER_MISC = 4;
    private static final int HEADER_SIZE = 6;
    private static final int RECORD_LOST = 2;
    private static final int RECORD_SWITCH = 14;
    private static final int RECORD_SWITCH_CPU_WIDE = 15;
    private static final int MISC_SWITCH_OUT = 1 << 13;
    private static final int MISC_SWITCH_OUT_PREEMPT = 1 << 14;

    /** Of struct perf_event_attr. */
    private static final int ATTR_BYTES = 112;
    private static final int ATTR_SIZE = 4;
    private static final int ATTR_CONFIG = 8;
    private static final int ATTR_SAMPLE_TYPE = 24;
    private static final int ATTR_FLAGS = 40;
    private static final int ATTR_CLOCK = 92;
    private static final int TYPE_SOFTWARE = 1;
    private static final int CONFIG_DUMMY = 9;
    private static final long SAMPLE_TID_TIME = 1 << 1 | 1 << 2;
    private static final long EXCLUDE_KERNEL = 1 << 5;
    private static final long EXCLUDE_HYPERVISOR = 1 << 6;
    private static final long SAMPLE_ID_ALL = 1 << 18;
    private static final long USE_CLOCK = 1 << 25;
    private static final long CONTEXT_SWITCH = 1 << 26;
    private static final int CLOCK_MONOTONIC = 1;
    private static final long FLAG_CLOSE_ON_EXEC = 1 << 3;

    private final int thread;
    private final int fd;
    private final MappedMemory memory;
    private final long dataBytes;
    private long lost;
    private boolean off;
    private boolean preempted;
    private long offNs;
    /** When the one that runs meanwhile began to. */
    private long otherNs;
    private long longestNs;
    private int longestThread;

    private SwitchEvents(final int thread, final int fd, final MappedMemory memory) {
        this.thread = thread;
        this.fd = fd;
        this.memory = memory;
        this.dataBytes = memory.bytes() - PAGE_BYTES;
    }

    /**
     * Watches a thread that is pinned to a CPU.
     *
     * @param thread its number in the kernel
     * @param cpu    its CPU
     * @param pages  of the ring, a power of two; a switch takes 40 bytes
     * @throws SysException when the kernel does not allow it
     */
    public static SwitchEvents of(final int thread, final int cpu, final int pages) {
        int fd = open(-1, cpu);
        if (fd < 0) {
            fd = open(thread, -1);
        }
        if (fd < 0) {
            throw new SysException("perf_event_open(thread=" + thread + ')', -fd,
                    "run as root, or with the capability CAP_PERFMON, or set kernel.perf_event_paranoid=2 or lower");
        }
        try {
            return new SwitchEvents(thread, fd, MappedMemory.ofFile(fd, 0, (1L + pages) * PAGE_BYTES, 0));
        } catch (final SysException e) {
            Linux.close(fd);
            throw e;
        }
    }

    /** Tells what has happened since the last time, in order. */
    public void drain(final Consumer to) {
        final long page = memory.address();
        final long head = Memory.getLongAcquire(page + DATA_HEAD);
        long tail = Memory.getLong(page + DATA_TAIL);
        while (tail != head) {
            final int type = (int) at(tail);
            final int misc = (int) (at(tail) >>> HEADER_MISC * Byte.SIZE) & 0xFFFF;
            final int size = (int) (at(tail) >>> HEADER_SIZE * Byte.SIZE) & 0xFFFF;
            final long body = tail + HEADER_BYTES;
            switch (type) {
                case RECORD_LOST -> lost += at(body + Long.BYTES);
                case RECORD_SWITCH -> record(body, misc, to);
                case RECORD_SWITCH_CPU_WIDE -> record(body + Long.BYTES, misc, to);
                default -> { }
            }
            tail += size;
        }
        // The kernel reads it before it writes over what has been read.
        Memory.putLongRelease(page + DATA_TAIL, tail);
    }

    /** Records that found the ring full. */
    public long lost() {
        return lost;
    }

    @Override
    public void close() {
        memory.close();
        Linux.close(fd);
    }

    private void record(final long sampleId, final int misc, final Consumer to) {
        final int who = (int) (at(sampleId) >>> Integer.SIZE);
        final long timeNs = at(sampleId + Long.BYTES);
        final boolean out = (misc & MISC_SWITCH_OUT) != 0;
        if (who != thread) {
            if (off && out) {
                other(who, timeNs);
            }
        } else if (out) {
            off = true;
            preempted = (misc & MISC_SWITCH_OUT_PREEMPT) != 0;
            offNs = timeNs;
            otherNs = timeNs;
            longestNs = 0;
            longestThread = 0;
        } else if (off) {
            off = false;
            to.accept(offNs, timeNs, preempted, longestThread);
        }
    }

    private void other(final int who, final long untilNs) {
        if (who > 0 && untilNs - otherNs > longestNs) {
            longestNs = untilNs - otherNs;
            longestThread = who;
        }
        otherNs = untilNs;
    }

    /** Records are multiples of 8 bytes, and so is the ring: no word crosses its end. */
    private long at(final long position) {
        return Memory.getLong(memory.address() + PAGE_BYTES + (position & dataBytes - 1));
    }

    private static int open(final int thread, final int cpu) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment attr = arena.allocate(ATTR_BYTES, Long.BYTES);
            attr.set(ValueLayout.JAVA_INT, 0, TYPE_SOFTWARE);
            attr.set(ValueLayout.JAVA_INT, ATTR_SIZE, ATTR_BYTES);
            attr.set(ValueLayout.JAVA_LONG, ATTR_CONFIG, CONFIG_DUMMY);
            attr.set(ValueLayout.JAVA_LONG, ATTR_SAMPLE_TYPE, SAMPLE_TID_TIME);
            attr.set(ValueLayout.JAVA_LONG, ATTR_FLAGS, EXCLUDE_KERNEL | EXCLUDE_HYPERVISOR | SAMPLE_ID_ALL | USE_CLOCK | CONTEXT_SWITCH);
            attr.set(ValueLayout.JAVA_INT, ATTR_CLOCK, CLOCK_MONOTONIC);
            return (int) Linux.syscall(number(System.getProperty("os.arch")), attr.address(), thread, cpu, -1, FLAG_CLOSE_ON_EXEC, 0);
        }
    }

    /** The number of perf_event_open(2) on a processor as Java names it. */
    private static long number(final String arch) {
        return switch (arch) {
            case "amd64", "x86_64" -> 298;
            case "aarch64" -> 241;
            default -> throw new UnsupportedOperationException(
                    "the number of perf_event_open(2) is not known here: os.arch=" + arch + "; use amd64 or aarch64");
        };
    }
}
