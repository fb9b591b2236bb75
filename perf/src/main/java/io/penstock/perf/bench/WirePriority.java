package io.penstock.perf.bench;

import io.penstock.dataplane.demo.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The highest priority that is not real-time for the threads that are measured, so that whatever else the machine does takes a
 * hundredth of their CPUs and not the half. Real-time would starve what the devices need beside their workers.
 *
 * <p>Where the kernel groups processes by session (sched(7), "The autogroup feature"), a nice value counts within the session
 * only; then the session of this process is raised as well, and put back at the end.
 *
 * <p>Threads: any platform thread.
 */
final class WirePriority implements AutoCloseable {

    private static final String NICEST = "-20";
    private static final String NORMAL = "0";
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

    /** Raises a thread, also of another process. */
    static void raise(final String thread) {
        Programs.run(List.of("renice", "-n", NICEST, "-p", thread));
    }

    /** Puts a thread back. */
    static void lower(final String thread) {
        Programs.run(List.of("renice", "-n", NORMAL, "-p", thread));
    }

    /** The calling thread's number. */
    static String thisThread() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString();
        } catch (final IOException e) {
            throw new BenchException("the thread's number cannot be read: " + e.getMessage() + "; mount /proc");
        }
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
