package io.penstock.dataplane.log;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** Where lines go. Threads: one. */
abstract class LogSink implements AutoCloseable {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("MMM", Locale.ROOT);
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final ZoneId zone;

    LogSink(final ZoneId zone) {
        this.zone = zone;
    }

    /** Writes lines in order; returns how many of them it has written, from the first on. */
    abstract int write(List<LogEntry> lines);

    @Override
    public abstract void close();

    /** The line as syslog's files have it: time and speaker in front (RFC 3164 section 4.1.2, without the host). */
    final String dated(final LogEntry line) {
        final var time = Instant.ofEpochSecond(
                Math.floorDiv(line.wallNs(), NS_PER_SECOND), Math.floorMod(line.wallNs(), NS_PER_SECOND)).atZone(zone);
        return String.format(Locale.ROOT, "%s %2d %02d:%02d:%02d kernel: %s", TIME.format(time), time.getDayOfMonth(),
                time.getHour(), time.getMinute(), time.getSecond(), line.text());
    }
}
