package io.penstock.dataplane.log;

import io.penstock.os.sys.Errno;
import io.penstock.os.sys.SyslogSocket;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.List;

/**
 * Lines to the system's log, a datagram each: facility kern, as the kernel's own lines, so that they come where users look for them.
 * (The C library would make it facility user.) When the log does not take one, the line is lost and counted; when the log was started
 * anew, the socket is.
 */
final class SyslogSink extends LogSink {

    private final SyslogSocket socket;

    SyslogSink(final SyslogSocket socket, final ZoneId zone) {
        super(zone);
        this.socket = socket;
    }

    @Override
    int write(final List<LogEntry> lines) {
        int written = 0;
        for (final LogEntry line : lines) {
            final byte[] bytes = ("<" + line.level() + ">" + dated(line)).getBytes(StandardCharsets.ISO_8859_1);
            int sent = socket.send(bytes);
            if (sent < 0 && sent != -Errno.EAGAIN && socket.connect() == 0) {
                sent = socket.send(bytes);
            }
            if (sent < 0) {
                return written;
            }
            written++;
        }
        return written;
    }

    @Override
    public void close() {
        socket.close();
    }
}
