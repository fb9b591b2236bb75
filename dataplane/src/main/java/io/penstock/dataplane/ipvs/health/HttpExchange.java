package io.penstock.dataplane.ipvs.health;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One request and its response, as far as a check needs it. Not Java's own client: that one does not let the Host header be chosen, and has threads
 * of its own.
 *
 * <p>Source: RFC 9112 (sections 4, 6, 7.1), RFC 9110 section 15.2. Threads: one.
 */
final class HttpExchange {

    /** Bytes of a body that are read at the most; a page that says that all is well is shorter. More is a file, which a check should not fetch. */
    static final int MAX_BODY_BYTES = 1 << 20;

    /** Bytes of the status line and all headers: eight times what servers accept. */
    private static final int MAX_HEAD_BYTES = 1 << 16;

    private static final int FIRST_FINAL_STATUS = 200;
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.\\d ([1-9]\\d\\d)(?: .*)?");
    private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");
    private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,15})\\s*(?:;.*)?");

    private final InputStream in;
    private int headBytes;
    private int status;
    private long length = -1;
    private boolean chunked;
    private boolean cut;

    private HttpExchange(final InputStream in) {
        this.in = in;
    }

    /** What came back. */
    record Response(int status, byte[] body, boolean cut) {
    }

    /** Sends a request without a body and reads the response, its body only where it is wanted. */
    static Response of(final InputStream in, final OutputStream out, final String request, final boolean body)
            throws IOException, CheckFailure {
        out.write(request.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        final HttpExchange exchange = new HttpExchange(new BufferedInputStream(in));
        exchange.readHead();
        final byte[] read = body ? exchange.readBody() : new byte[0];
        return new Response(exchange.status, read, exchange.cut);
    }

    /** The last head: answers that only say that there is more to come go before it. */
    private void readHead() throws IOException, CheckFailure {
        do {
            final String line = line();
            final Matcher matcher = STATUS_LINE.matcher(line);
            if (!matcher.matches()) {
                throw CheckFailure.of("answered '" + Names.oneLine(shortened(line), "") + "', wanted HTTP/1.1");
            }
            status = Integer.parseInt(matcher.group(1));
            for (String header = line(); !header.isEmpty(); header = line()) {
                header(header);
            }
        } while (status < FIRST_FINAL_STATUS && status != SWITCHING_PROTOCOLS);
    }

    private static String shortened(final String line) {
        final int most = 40;
        return line.length() <= most ? line : line.substring(0, most) + "...";
    }

    private void header(final String line) {
        final int colon = line.indexOf(':');
        if (colon > 0) {
            final String value = line.substring(colon + 1).strip();
            switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
                case "content-length" -> length = LENGTH.matcher(value).matches() ? Long.parseLong(value) : -1;
                case "transfer-encoding" -> chunked = value.toLowerCase(Locale.ROOT).endsWith("chunked");
                default -> { }
            }
        }
    }

    private byte[] readBody() throws IOException, CheckFailure {
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (status < FIRST_FINAL_STATUS || status == NO_CONTENT || status == NOT_MODIFIED) {
            return body.toByteArray();
        }
        if (chunked) {
            readChunks(body);
        } else if (length >= 0) {
            copy(body, length);
        } else {
            body.write(in.readNBytes(MAX_BODY_BYTES));
            cut = in.read() >= 0;
        }
        return body.toByteArray();
    }

    private void readChunks(final ByteArrayOutputStream body) throws IOException, CheckFailure {
        while (!cut) {
            headBytes = 0;
            final String line = line();
            final Matcher matcher = CHUNK.matcher(line);
            if (!matcher.matches()) {
                throw CheckFailure.of("body is broken: a chunk of length '" + Names.oneLine(shortened(line), "") + '\'');
            }
            final long bytes = Long.parseLong(matcher.group(1), 16);
            if (bytes == 0) {
                return;
            }
            copy(body, bytes);
            if (!cut && !line().isEmpty()) {
                throw CheckFailure.of("body is broken: a chunk is longer than it says");
            }
        }
    }

    private void copy(final ByteArrayOutputStream body, final long bytes) throws IOException {
        final int room = MAX_BODY_BYTES - body.size();
        final int wanted = (int) Math.min(bytes, room);
        final byte[] read = in.readNBytes(wanted);
        if (read.length < wanted) {
            throw new EOFException("connection closed before the end of the body");
        }
        body.write(read);
        cut = bytes > room;
    }

    private String line() throws IOException, CheckFailure {
        final StringBuilder line = new StringBuilder();
        for (;;) {
            final int c = in.read();
            if (c < 0) {
                throw new EOFException("connection closed without an answer");
            }
            if (c == '\n') {
                final int end = line.length();
                if (end > 0 && line.charAt(end - 1) == '\r') {
                    line.setLength(end - 1);
                }
                return line.toString();
            }
            if (++headBytes > MAX_HEAD_BYTES) {
                throw CheckFailure.of("headers are longer than " + MAX_HEAD_BYTES + " bytes");
            }
            line.append((char) c);
        }
    }
}
