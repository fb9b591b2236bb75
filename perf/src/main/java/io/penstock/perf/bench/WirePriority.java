package io.penstock.perf.bench;

import io.penstock.dataplane.demo.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The highest priority that is not real-time for the generator and the devices under test, so that whatever else the machine
 * does takes a hundredth of their CPUs and not the half. Real-time would starve what the devices need beside their workers.
 *
 * <p>Where the kernel groups processes by session (sched(7), "The autogroup feature"), a nice value counts within the session
 * only; then the session of this process is raised as well, and put back at the end.
 *
 * <p>Threads: any.
 */
final class WirePriority implements AutoCloseable {

    private static final String NICEST = "-20";
    private static final Path AUTOGROUP = Path.of("/proc/self/autogroup");

    private final String before;

    private WirePriority(final String before) {
        this.before = before;
    }

    /** Raises the session. */
    static WirePriority raiseSession() {
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

    /** Raises the calling platform thread. */
    static void raiseThread() throws IOException {
        final Path thread = Files.readSymbolicLink(Path.of("/proc/thread-self"));
        Programs.run(List.of("renice", "-n", NICEST, "-p", thread.getFileName().toString()));
    }

    /** What comes before a command line that is to run so. */
    static List<String> command() {
        return List.of("nice", "-n", NICEST);
    }

    @Override
    public void close() {
        if (before != null) {
            try {
                Files.writeString(AUTOGROUP, before);
            } catch (final IOException e) {
                throw new BenchException("the session's priority could not be put back: " + e.getMessage() + "; run 'echo "
                        + before + " > /proc/self/autogroup' in its shell");
            }
        }
    }
}
