package io.penstock.rules.text;

import java.io.IOException;
import java.io.InputStream;

/**
 * Reads lines as the C library's {@code fgets} does into a buffer of iptables-restore's size: a longer line comes in pieces, each of which
 * counts as a line. However long a line is, no more than a piece is in memory.
 */
final class LineReader {

    /** Bytes of a piece ({@code sizeof(buffer) - 1}). */
    static final int MOST_BYTES = 10_239;

    private static final int BLOCK_BYTES = 1 << 16;

    private final InputStream in;
    private final byte[] block = new byte[BLOCK_BYTES];
    private final char[] line = new char[MOST_BYTES];
    private int at;
    private int end;

    LineReader(final InputStream in) {
        this.in = in;
    }

    /** The next line with its line end, if it has one and it fits, up to its first byte 0; null at the end of the file. */
    String next() throws IOException {
        int length = 0;
        int zero = -1;
        while (length < MOST_BYTES && fill()) {
            final char c = (char) (block[at++] & 0xFF);
            line[length++] = c;
            if (c == '\n') {
                break;
            }
            if (c == 0 && zero < 0) {
                zero = length - 1;
            }
        }
        return length == 0 ? null : new String(line, 0, zero < 0 ? length : zero);
    }

    private boolean fill() throws IOException {
        if (at == end) {
            at = 0;
            end = Math.max(0, in.read(block));
        }
        return at < end;
    }
}
