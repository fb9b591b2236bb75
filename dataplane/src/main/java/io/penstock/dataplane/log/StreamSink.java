package io.penstock.dataplane.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.ZoneId;
import java.util.List;

/**
 * Lines into a file or a stream. A file is opened for each lot of lines, so that it can be moved away at any time. Characters are bytes:
 * prefixes are as they were given.
 */
final class StreamSink extends LogSink {

    private final Path file;
    private final OutputStream stream;

    private StreamSink(final Path file, final OutputStream stream, final ZoneId zone) {
        super(zone);
        this.file = file;
        this.stream = stream;
    }

    /** Appends to a file, which is made when it is not there. */
    static StreamSink file(final Path file, final ZoneId zone) {
        return new StreamSink(file, null, zone);
    }

    /** Writes to a stream that stays open. */
    static StreamSink stream(final OutputStream stream, final ZoneId zone) {
        return new StreamSink(null, stream, zone);
    }

    @Override
    int write(final List<LogEntry> lines) {
        final StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(dated(line)).append('\n'));
        final byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        try {
            if (stream == null) {
                Files.write(file, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } else {
                stream.write(bytes);
                stream.flush();
            }
            return lines.size();
        } catch (final IOException e) {
            // Counted; the next lot may find room again.
            return 0;
        }
    }

    @Override
    public void close() {
        // Nothing is open in between.
    }
}
