package io.penstock.perf.bench.wire;

import io.penstock.dataplane.demo.Programs;
import io.penstock.perf.bench.measure.BenchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The highest priority that is not real-time, so that whatever else the machine does takes a hundredth of the two CPUs and not
 * the half.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The calling thread is raised, and with it the threads and programs that it starts later: the generator and the devices
 *       under test with all their threads, alike. A generator above the others would starve what shares its CPU: a JVM that
 *       cannot end a safepoint there holds up its worker on the other CPU, by 100 ms.</li>
 *   <li>Where the kernel groups processes by session (sched(7), "The autogroup feature"), a nice value counts within the
 *       session only; then the session is raised as well.</li>
 *   <li>Closing puts both back, the thread when it is the one that closes.</li>
 * </ol>
 *
 * <p>Threads: a platform thread, and {@link #close} from any.
 */
public final class WirePriority implements AutoCloseable {

    private static final String NICEST = "-20";
    private static final String NORMAL = "0";
    private static final Path AUTOGROUP = Path.of("/proc/self/autogroup");

    private final String sessionBefore;

    private WirePriority(final String sessionBefore) {
        this.sessionBefore = sessionBefore;
    }

    /** Raises thread and session. */
    public static WirePriority raise() {
        renice(NICEST);
        try {
            // "/autogroup-26 nice 0"; without the feature the file is missing or empty.
            final String text = Files.readString(AUTOGROUP).strip();
            final int at = text.lastIndexOf(' ');
            if (at >= 0) {
                Files.writeString(AUTOGROUP, NICEST);
                return new WirePriority(text.substring(at + 1));
            }
        } catch (final IOException e) {
            // No such feature: nice values count by themselves.
        }
        return new WirePriority(null);
    }

    @Override
    public void close() {
        renice(NORMAL);
        if (sessionBefore != null) {
            try {
                Files.writeString(AUTOGROUP, sessionBefore);
            } catch (final IOException e) {
                throw new BenchException("the session's priority could not be put back: " + e.getMessage() + "; run 'echo "
                        + sessionBefore + " > /proc/self/autogroup' in its shell");
            }
        }
    }

    private static void renice(final String value) {
        try {
            final Path thread = Files.readSymbolicLink(Path.of("/proc/thread-self"));
            Programs.run(List.of("renice", "-n", value, "-p", thread.getFileName().toString()));
        } catch (final IOException e) {
            throw new BenchException("the thread's number cannot be read: " + e.getMessage() + "; mount /proc");
        }
    }
}
