package io.penstock.perf.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * The thread of a process that is pinned to one CPU: how much of that CPU it got.
 *
 * <p>Source: proc_pid_status(5), kernel Documentation/scheduler/sched-stats.rst. Threads: one.
 */
public final class PollingThread {

    private final Path thread;

    private PollingThread(final Path thread) {
        this.thread = thread;
    }

    /** The busiest thread of a process that may run on that CPU only, or null. */
    public static PollingThread find(final long pid, final int cpu) {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return threads.map(PollingThread::new)
                    .filter(each -> Files.exists(each.thread)) // the listing may hold threads that have ended
                    .filter(each -> each.status("Cpus_allowed_list:").equals(Integer.toString(cpu)))
                    .max(Comparator.comparingLong(PollingThread::cpuNs))
                    .orElse(null);
        } catch (final IOException e) {
            throw ended(e);
        }
    }

    /** The calling thread. */
    public static PollingThread calling() {
        return new PollingThread(Path.of("/proc/thread-self"));
    }

    /** The kernel's number of it. */
    public int number() {
        return Integer.parseInt(thread.getFileName().toString());
    }

    /** CPU time so far, interrupts on top of it included unless the kernel accounts for them apart. */
    public long cpuNs() {
        return Long.parseLong(read("schedstat").split(" ")[0]);
    }

    /** The parts of that time, sampled by the kernel's tick. Unit: ticks of 10 ms. */
    public Ticks ticks() {
        final ProcStat stat = ProcStat.of(read("stat"));
        return new Ticks(stat.user(), stat.kernel());
    }

    /** How often it was taken off the CPU though it wanted to go on. */
    public long involuntarySwitches() {
        return Long.parseLong(status("nonvoluntary_ctxt_switches:"));
    }

    private String status(final String key) {
        return read("status").lines().filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).strip()).findFirst().orElse("");
    }

    private String read(final String file) {
        try {
            return Files.readString(thread.resolve(file)).strip();
        } catch (final IOException e) {
            throw ended(e);
        }
    }

    private static BenchException ended(final IOException cause) {
        return new BenchException("the device under test has ended: " + cause.getMessage());
    }

    /**
     * CPU time by where it was spent.
     *
     * @param user   in the program's own code
     * @param kernel in system calls, and interrupts that came meanwhile
     */
    public record Ticks(long user, long kernel) {

        /** Without a thread. */
        public static final Ticks NONE = new Ticks(0, 0);

        /** What share of the time since then was the kernel's, 0 to 1; -1 when there was none. */
        public double kernelShare(final Ticks before) {
            final long all = user - before.user + kernel - before.kernel;
            return all == 0 ? -1 : (double) (kernel - before.kernel) / all;
        }
    }
}
