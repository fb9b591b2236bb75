package io.penstock.perf.bench.lab;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.ProcStat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What else a machine is doing. Source: proc_loadavg(5), proc_stat(5).
 *
 * @param average    of processes that ran or waited to, over the last minute
 * @param busyShare  of all CPUs' time over a second, what was not idle
 * @param stealShare of it, what a hypervisor gave to others
 * @param cpus       how many there are
 */
record MachineLoad(double average, double busyShare, double stealShare, int cpus) {

    private static final Path LOADAVG = Path.of("/proc/loadavg");
    private static final Path STAT = Path.of("/proc/stat");
    private static final Path SELF = Path.of("/proc/self/stat");
    private static final long WATCHED_NS = TimeUnit.SECONDS.toNanos(1);
    /** Share of all CPUs' time. Of two CPUs it is a tenth of one: what a figure may lose by it is beyond its spread. */
    private static final double MOST_BUSY = 0.05;
    /** Share of all CPUs' time. More, and the slowest slices are the hypervisor's. */
    private static final double MOST_STEAL = 0.01;

    /** Watches this machine for a second. */
    static MachineLoad watch() {
        final Ticks before = Ticks.now();
        final long end = System.nanoTime() + WATCHED_NS;
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
        final Ticks after = Ticks.now();
        return new MachineLoad(loadAverage(), after.busyShare(before), after.stealShare(before), Runtime.getRuntime().availableProcessors());
    }

    /** Whether figures will suffer. */
    boolean isNoisy() {
        return busyShare > MOST_BUSY || stealShare > MOST_STEAL;
    }

    /** For people. */
    String text() {
        return String.format(Locale.ROOT, "load average %.2f on %d CPUs, over a second %.1f %% busy, %.1f %% stolen by the hypervisor",
                average, cpus, 100 * busyShare, 100 * stealShare);
    }

    void write(final Json json) {
        json.object().field("average", average).field("busy_share", busyShare).field("steal_share", stealShare).field("cpus", cpus).end();
    }

    /** As {@link #write} wrote it. */
    static MachineLoad of(final Map<?, ?> map) {
        return new MachineLoad(number(map, "average"), number(map, "busy_share"), number(map, "steal_share"), (int) number(map, "cpus"));
    }

    private static double number(final Map<?, ?> map, final String name) {
        return ((Number) map.get(name)).doubleValue();
    }

    private static double loadAverage() {
        try {
            return Double.parseDouble(Files.readString(LOADAVG).split(" ")[0]);
        } catch (final IOException e) {
            throw new BenchException("the machine's load cannot be read: " + e.getMessage() + "; mount /proc");
        }
    }

    /**
     * All CPUs' time since the machine started. Unit: ticks.
     *
     * @param all   what there was
     * @param idle  what nobody used
     * @param steal what others used
     * @param user  what was spent in programs
     * @param own   of it, by this process and its children that have ended
     */
    record Ticks(long all, long idle, long steal, long user, long own) {

        /** Fields of a cpu line: user, nice, system, idle, iowait, irq, softirq, steal; guests' time is in user's. */
        private static final int FIELDS = 8;
        private static final int USER = 0;
        private static final int NICE = 1;
        private static final int IDLE = 3;
        private static final int IOWAIT = 4;
        private static final int STEAL = 7;

        static Ticks now() {
            try {
                // In this order: what passes between the two readings is nobody else's.
                final String all = Files.readAllLines(STAT).getFirst();
                return of(all, Files.readString(SELF));
            } catch (final IOException e) {
                throw new BenchException("the CPUs' times cannot be read: " + e.getMessage() + "; mount /proc");
            }
        }

        /** Of the first line of the one file, and of the other. */
        static Ticks of(final String line, final String self) {
            final String[] words = line.split("\\s+");
            final List<Long> fields = new ArrayList<>();
            for (int i = 1; i <= FIELDS; i++) {
                fields.add(i < words.length ? Long.parseLong(words[i]) : 0L);
            }
            final ProcStat own = ProcStat.of(self);
            return new Ticks(fields.stream().mapToLong(Long::longValue).sum(), fields.get(IDLE) + fields.get(IOWAIT), fields.get(STEAL),
                    fields.get(USER) + fields.get(NICE), own.user() + own.childrenUser());
        }

        double stealShare(final Ticks before) {
            return share(steal - before.steal, before);
        }

        /**
         * What programs used, in their own code, that are not this process's children, once those that it had meanwhile have ended. Unit: s.
         *
         * <p>Not what they used in the kernel: there work is done for this process, too, in threads of the kernel's own.
         */
        double othersSeconds(final Ticks before) {
            return Math.max(0, user - before.user - (own - before.own)) / ProcStat.TICKS;
        }

        double busyShare(final Ticks before) {
            return share(all - before.all - (idle - before.idle) - (steal - before.steal), before);
        }

        private double share(final long part, final Ticks before) {
            return all == before.all ? 0 : (double) part / (all - before.all);
        }
    }
}
