package io.penstock.dataplane.log;

import java.time.ZoneOffset;
import java.util.List;

/** Lines that somebody in this process takes. */
final class TakenSink extends LogSink {

    private final LineTaker taker;

    TakenSink(final LineTaker taker) {
        super(ZoneOffset.UTC);
        this.taker = taker;
    }

    @Override
    int write(final List<LogEntry> lines) {
        lines.forEach(line -> taker.take(line.level(), line.text()));
        return lines.size();
    }

    @Override
    public void close() {
        // Nothing to close.
    }
}
