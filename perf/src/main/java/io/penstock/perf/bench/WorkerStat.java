package io.penstock.perf.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The thread of a process that is pinned to one CPU: how much of that CPU it got.
 *
 * <p>Source: proc_pid_status(5), kernel Documentation/scheduler/sched-stats.rst. Threads: one.
 */
final class WorkerStat {

    private final Path thread;

    private WorkerStat(final Path thread) {
        this.thread = thread;
    }

    /** The busiest thread that may run on that CPU only, or null. */
    static WorkerStat find(final long pid, final int cpu) {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return threads.map(WorkerStat::new)
                    .filter(t -> Files.exists(t.thread)) // the listing may hold threads that have ended
                    .filter(t -> t.status("Cpus_allowed_list:").equals(Integer.toString(cpu)))
                    .max((a, b) -> Long.compare(a.cpuNs(), b.cpuNs()))
                    .orElse(null);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** CPU time so far, interrupts on top of it included unless the kernel accounts for them apart. */
    long cpuNs() {
        return Long.parseLong(read("schedstat").split(" ")[0]);
    }

    /** How often it was taken off the CPU though it wanted to go on. */
    long involuntarySwitches() {
        return Long.parseLong(status("nonvoluntary_ctxt_switches:"));
    }

    /** Time that the machine below took from the two CPUs of a measurement so far. Unit: ticks of 10 ms. */
    static long stealTicks() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
            return steal(lines.toList());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From the lines of /proc/stat: "cpu1 user nice system idle iowait irq softirq steal ...". */
    static long steal(final List<String> lines) {
        return lines.stream().map(line -> line.split(" +"))
                .filter(fields -> fields.length > 8
                        && (fields[0].equals("cpu" + WireCpus.GENERATOR) || fields[0].equals("cpu" + WireCpus.WORKER)))
                .mapToLong(fields -> Long.parseLong(fields[8])).sum();
    }

    private String status(final String key) {
        return read("status").lines().filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).strip()).findFirst().orElse("");
    }

    private String read(final String file) {
        try {
            return Files.readString(thread.resolve(file)).strip();
        } catch (final IOException e) {
            throw new BenchException("the device under test has ended: " + e.getMessage());
        }
    }
}
