package io.penstock.dataplane.metrics;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tells a process from a later one with the same number: by when it started, in clock ticks since boot.
 *
 * <p>Source: proc(5), /proc/PID/stat field 22; /proc/uptime, which is CLOCK_BOOTTIME to a hundredth of a second.
 */
final class ProcessIdentity {

    /** Fields of /proc/PID/stat from the one after the command's closing parenthesis, field 3, to the start time. */
    private static final int START_FIELD = 22 - 3;

    private ProcessIdentity() {
    }

    /** When the process started, or -1 when there is none of that number. */
    static long startTicks(final long pid) {
        try {
            final String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            final String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return fields[0].equals("Z") || fields[0].equals("X") ? -1 : Long.parseLong(fields[START_FIELD]);
        } catch (final IOException e) {
            return -1;
        }
    }

    /** Now, in CLOCK_BOOTTIME. */
    static long boottimeNs() {
        try {
            final String uptime = Files.readString(Path.of("/proc/uptime"));
            return Math.round(Double.parseDouble(uptime.substring(0, uptime.indexOf(' '))) * 100) * 10_000_000L;
        } catch (final IOException e) {
            throw new IllegalStateException("/proc/uptime cannot be read; mount /proc", e);
        }
    }
}
