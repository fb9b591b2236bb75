package io.penstock.perf.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * Lets the JVM's flight recorder note what becomes of compiled code. It keeps that in memory until the end, and costs nothing while nothing happens.
 *
 * <p>Threads: one.
 */
public final class JitWatch implements AutoCloseable {

    private static final String COMPILED = "jdk.Compilation";
    private static final String GIVEN_UP = "jdk.Deoptimization";

    /** Null where the JVM has no recorder. */
    private final Recording recording;

    private JitWatch(final Recording recording) {
        this.recording = recording;
    }

    /** Begins. */
    public static JitWatch begin() {
        if (!FlightRecorder.isAvailable()) {
            return new JitWatch(null);
        }
        final Recording recording = new Recording();
        recording.setToDisk(false);
        recording.enable(COMPILED).with("threshold", "0 ms");
        recording.enable(GIVEN_UP).withoutStackTrace();
        recording.start();
        return new JitWatch(recording);
    }

    /** Ends, and tells what happened in a time, of given up code by a thread alone. */
    public JitEvents end(final String thread, final Instant from, final Instant to) {
        if (recording == null || from == null || to == null) {
            return JitEvents.NONE;
        }
        int compiled = 0;
        final List<String> givenUp = new ArrayList<>();
        try {
            final Path file = Files.createTempFile("penstock-jit-", ".jfr");
            try {
                // What is in memory alone is gone with its end.
                recording.dump(file);
                recording.stop();
                for (final RecordedEvent event : RecordingFile.readAllEvents(file)) {
                    if (event.getEndTime().isBefore(from) || event.getStartTime().isAfter(to)) {
                        continue;
                    }
                    if (event.getEventType().getName().equals(COMPILED)) {
                        compiled++;
                    } else if (isOf(event, thread)) {
                        givenUp.add(text(event));
                    }
                }
            } finally {
                Files.delete(file);
            }
        } catch (final IOException e) {
            throw new BenchException("what the JVM recorded of its compiler cannot be read: " + e.getMessage() + "; see that there is room in "
                    + System.getProperty("java.io.tmpdir"));
        }
        return new JitEvents(compiled, List.copyOf(givenUp));
    }

    @Override
    public void close() {
        if (recording != null) {
            recording.close();
        }
    }

    private static boolean isOf(final RecordedEvent event, final String name) {
        final RecordedThread thread = event.getThread();
        return thread != null && name.equals(thread.getJavaName());
    }

    private static String text(final RecordedEvent event) {
        final RecordedMethod method = event.getValue("method");
        return (method == null ? "?" : method.getType().getName() + '.' + method.getName()) + " line " + event.getInt("lineNumber") + ", "
                + event.getString("reason") + ", " + event.getString("action");
    }
}
