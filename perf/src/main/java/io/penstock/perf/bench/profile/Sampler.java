package io.penstock.perf.bench.profile;

import io.penstock.perf.bench.measure.BenchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How a worker is looked at.
 *
 * <p>Source: JEP 518 (stacks are walked at the next safepoint poll, from where the thread was when the sample was due), JEP 509 (CPU time).
 */
enum Sampler {
    /**
     * Every millisecond of the clock, while it runs Java: some 600 times a second. System calls are not seen, and a worker that has lost its CPU
     * is looked at where it stands, which is as good a place as any.
     */
    CLOCK("millisecond of the clock"),
    /**
     * By its CPU time, in system calls too. The kernel's timers for that have the resolution of its tick, mostly 4 ms: some 250 times a second.
     */
    CPU("tick of CPU time");

    static final String CLOCK_EVENT = "jdk.ExecutionSample";
    static final String CPU_EVENT = "jdk.CPUTimeSample";
    static final String LOST_EVENT = "jdk.CPUTimeSamplesLost";

    private final String period;

    Sampler(final String period) {
        this.period = period;
    }

    /** For each of which there is a sample, unless something is in the way. */
    String period() {
        return period;
    }

    /** Writes what the flight recorder is to record. */
    Path settings(final Path folder) {
        final StringBuilder text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<configuration version=\"2.0\">\n");
        if (this == CLOCK) {
            event(text, CLOCK_EVENT, "period", "1 ms");
        } else {
            event(text, CPU_EVENT, "throttle", "1ms");
            event(text, LOST_EVENT, "enabled", "true");
        }
        event(text, "jdk.Compilation", "threshold", "0 ms");
        event(text, "jdk.CompilerInlining", "enabled", "true");
        event(text, "jdk.Deoptimization", "stackTrace", "false");
        text.append("</configuration>\n");
        try {
            return Files.writeString(folder.resolve("penstock.jfc"), text);
        } catch (final IOException e) {
            throw new BenchException("the flight recorder's settings cannot be written: " + e.getMessage());
        }
    }

    private static void event(final StringBuilder text, final String name, final String setting, final String value) {
        text.append("<event name=\"").append(name).append("\"><setting name=\"enabled\">true</setting>");
        if (!setting.equals("enabled")) {
            text.append("<setting name=\"").append(setting).append("\">").append(value).append("</setting>");
        }
        text.append("</event>\n");
    }
}
