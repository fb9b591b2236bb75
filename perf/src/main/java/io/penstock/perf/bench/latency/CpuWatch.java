package io.penstock.perf.bench.latency;

import io.penstock.os.sys.SwitchEvents;
import io.penstock.os.sys.SysException;
import io.penstock.perf.bench.measure.BenchException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Who had a thread's CPU when the thread did not: the scheduler's own record of it, where the kernel lets us see that, and the thread's CPU
 * time against the clock, each millisecond, from another CPU.
 *
 * <pre>
 *  the clock's time   |=========================================|
 *  the thread's own   |========|        |======|     |==========|
 *  off its CPU                 |--------|            :          |   SwitchEvents: from when to when, and who ran
 *  what is left                                |-----|              neither running nor off: the machine below took the CPU
 * </pre>
 *
 * <p>Source: proc_pid_schedstat(5), proc_stat(5), kernel Documentation/virt/kvm/x86/msr.rst (steal time, which the kernel leaves out of a
 * thread's CPU time, CONFIG_PARAVIRT_TIME_ACCOUNTING). Threads: its own watches; read when it is closed.
 */
final class CpuWatch implements AutoCloseable {

    /** Unit: ns. What lies between two looks is known in sum only; more looks would take more of the other CPU. */
    private static final long LOOK_NS = 1_000_000;
    /** The same of another process's thread, whose own time cannot be read so closely, and whose generator needs the other CPU. */
    private static final long SELDOM_NS = 20_000_000;
    /** Time between two looks at what is slower to read. Unit: ns. */
    private static final long SLOW_NS = 10_000_000;
    /** Less is the looks' own inaccuracy. Unit: ns. */
    private static final long LEAST_NS = 20_000;
    private static final int PAGES = 256;
    private static final long TICK_NS = 10_000_000;
    private static final int STEAL_FIELD = 8;
    private static final Path STAT = Path.of("/proc/stat");

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final String whose;
    private final Path task;
    private final int cpu;
    /** In this JVM, or null. */
    private final Thread javaThread;
    private final SwitchEvents switches;
    private final Map<Integer, String> names = new HashMap<>();
    private final List<Incident> incidents = new ArrayList<>();
    private final List<Incident> missing = new ArrayList<>();
    private final Thread watcher;
    private volatile boolean ended;
    private long atNs;
    private long cpuNs;
    private long delayNs;
    private long ticks;
    private long ticksAtNs;

    private CpuWatch(final String whose, final long process, final int number, final int cpu, final Thread javaThread) {
        this.whose = whose;
        this.task = Path.of("/proc/" + process + "/task/" + number);
        this.cpu = cpu;
        this.javaThread = javaThread;
        this.switches = open(number, cpu);
        this.watcher = Thread.ofPlatform().name("cpu-watch").daemon().unstarted(this::watch);
        delayNs = switches == null ? number(task.resolve("schedstat"), "", 1) : 0;
        look();
        ticks = ticks();
        ticksAtNs = atNs;
        watcher.start();
    }

    /** Begins to watch a thread of this JVM, whose number in the kernel is known, and which is pinned to a CPU. */
    static CpuWatch of(final Thread thread, final int number, final int cpu) {
        return new CpuWatch("", ProcessHandle.current().pid(), number, cpu, thread);
    }

    /**
     * Begins to watch a thread of any process.
     *
     * @param whose for what is told, or the empty string
     */
    static CpuWatch ofOther(final String whose, final long process, final int number, final int cpu) {
        return new CpuWatch(whose, process, number, cpu, null);
    }

    /** Whether the scheduler's record can be seen. */
    boolean seesSwitches() {
        return switches != null;
    }

    /** What has been seen. Afterwards. */
    List<Incident> incidents() {
        final List<Incident> all = new ArrayList<>(incidents);
        all.addAll(missing);
        return all;
    }

    @Override
    public void close() {
        if (ended) {
            return;
        }
        ended = true;
        try {
            watcher.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        } finally {
            if (switches != null) {
                switches.close();
            }
        }
    }

    private void watch() {
        final long pauseNs = javaThread == null ? SELDOM_NS : LOOK_NS;
        long slowNs = 0;
        while (!ended) {
            LockSupport.parkNanos(pauseNs);
            look();
            slowNs += pauseNs;
            if (slowNs >= SLOW_NS) {
                slowNs = 0;
                drain();
                steal();
            }
        }
        look();
        drain();
        steal();
    }

    /** The clock is read last: what reading takes must not look like missing time. */
    private void look() {
        final long used = javaThread == null ? 0 : threads.getThreadCpuTime(javaThread.threadId());
        final long nowNs = System.nanoTime();
        if (atNs != 0 && (javaThread == null || nowNs - atNs - (used - cpuNs) > LEAST_NS)) {
            compare(nowNs, used - cpuNs);
        }
        atNs = nowNs;
        cpuNs = used;
    }

    /** Missing is what is neither the thread's own time nor in the scheduler's record; {@link Attribution} takes out the latter. */
    private void compare(final long nowNs, final long used) {
        long waited = 0;
        if (switches == null) {
            final long delay = number(task.resolve("schedstat"), "", 1);
            waited = delay - delayNs;
            delayNs = delay;
            if (waited > LEAST_NS) {
                missing.add(new Incident(Cause.INVOLUNTARY_SWITCH, atNs, nowNs, Math.min(waited, nowNs - atNs - 1), whose));
            }
        }
        final long lost = nowNs - atNs - used - waited;
        if (javaThread != null && lost > LEAST_NS) {
            missing.add(new Incident(Cause.STEAL, atNs, nowNs, Math.min(lost, nowNs - atNs - 1), whose));
        }
    }

    /** Where a thread's own time cannot be read to the nanosecond; in ticks, and only of the CPU. */
    private void steal() {
        if (javaThread != null) {
            return;
        }
        final long now = ticks();
        if (now != ticks) {
            missing.add(new Incident(Cause.STEAL, ticksAtNs, atNs, Math.min((now - ticks) * TICK_NS, atNs - ticksAtNs - 1), whose));
        }
        ticks = now;
        ticksAtNs = atNs;
    }

    private void drain() {
        if (switches != null) {
            switches.drain((fromNs, toNs, preempted, other) -> incidents.add(Incident.exact(
                    preempted ? Cause.INVOLUNTARY_SWITCH : Cause.OFF_CPU, fromNs, toNs, detail(preempted ? name(other) : ""))));
        }
    }

    private String detail(final String what) {
        return whose.isEmpty() || what.isEmpty() ? whose + what : what + ' ' + whose;
    }

    private String name(final int thread) {
        return thread == 0 ? "" : names.computeIfAbsent(thread, number -> {
            try {
                return Files.readString(Path.of("/proc/" + number + "/comm")).strip();
            } catch (final IOException e) {
                return "a thread that has ended";
            }
        });
    }

    private long ticks() {
        return javaThread != null ? 0 : number(STAT, "cpu" + cpu + ' ', STEAL_FIELD);
    }

    private static long number(final Path file, final String start, final int field) {
        try {
            for (final String line : Files.readAllLines(file)) {
                if (line.startsWith(start)) {
                    return Long.parseLong(line.split(" +")[field]);
                }
            }
            return 0;
        } catch (final IOException e) {
            // The thread has ended, or the kernel does not count.
            return 0;
        }
    }

    private static SwitchEvents open(final int number, final int cpu) {
        try {
            return SwitchEvents.of(number, cpu, PAGES);
        } catch (final SysException e) {
            return null;
        }
    }
}
