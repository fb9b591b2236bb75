package io.penstock.perf.bench.measure;

import io.penstock.dataplane.demo.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What another JVM has allocated on its workers' threads, and how often it has collected garbage, by jcmd(1).
 *
 * @param allocatedBytes since its start
 * @param collections    since its start
 */
public record JvmStat(long allocatedBytes, long collections) {

    /** "worker-0" #17 [27839] prio=5 os_prio=0 cpu=2663.20ms elapsed=2.68s allocated=78096B ... */
    private static final Pattern WORKER = Pattern.compile("(?m)^\"worker-\\d+\" .* allocated=(\\d+)([BKMGT])");
    private static final Pattern COLLECTOR = Pattern.compile("(?m)^sun\\.gc\\.collector\\.\\d+\\.invocations=(\\d+)");
    private static final String UNITS = "BKMGT";
    private static final int BITS_PER_UNIT = 10;

    /** Asks a process; null where the JDK has no jcmd or the process does not answer. It must not be asked while measured. */
    public static JvmStat of(final long pid) {
        final Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        if (!Files.isExecutable(jcmd)) {
            return null;
        }
        final Programs.Result threads =
                Programs.attempt(List.of(jcmd.toString(), Long.toString(pid), "Thread.print", "-e"));
        final Programs.Result counters =
                Programs.attempt(List.of(jcmd.toString(), Long.toString(pid), "PerfCounter.print"));
        return threads.exit() == 0 && counters.exit() == 0 ? parse(threads.output(), counters.output()) : null;
    }

    /** Adds up what both commands printed; null when no worker is among the threads. */
    public static JvmStat parse(final String threads, final String counters) {
        long allocated = -1;
        for (final Matcher worker = WORKER.matcher(threads); worker.find(); ) {
            allocated = Math.max(allocated, 0)
                    + (Long.parseLong(worker.group(1)) << BITS_PER_UNIT * UNITS.indexOf(worker.group(2)));
        }
        long collections = 0;
        for (final Matcher collector = COLLECTOR.matcher(counters); collector.find(); ) {
            collections += Long.parseLong(collector.group(1));
        }
        return allocated < 0 ? null : new JvmStat(allocated, collections);
    }
}
