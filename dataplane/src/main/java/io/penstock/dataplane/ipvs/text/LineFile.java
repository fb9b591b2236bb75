package io.penstock.dataplane.ipvs.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes the lines of a file apart: words with blanks between them; there are neither quotes nor comments. A word {@code ipvsadm} is left
 * out, wherever it is. As with the tool, what the file ends with is a line even without its end, unless two blanks follow it.
 */
final class LineFile {

    private static final int BLOCK_BYTES = 1 << 16;

    private final InputStream in;
    private final byte[] block = new byte[BLOCK_BYTES];
    private int at;
    private int end;
    private final ByteArrayOutputStream word = new ByteArrayOutputStream();

    LineFile(final InputStream in) {
        this.in = in;
    }

    /** The words of the next line; null at the end. */
    List<String> next() throws IOException {
        final List<String> words = new ArrayList<>();
        int blanks = 0;
        for (int c = read(); ; c = read()) {
            if (c >= 0 && !isBlank(c)) {
                word.write(c);
                continue;
            }
            if (word.size() > 0) {
                add(words, word.toString(StandardCharsets.ISO_8859_1));
                word.reset();
                blanks = 0;
            }
            blanks++;
            if (c == '\n') {
                return words;
            }
            if (c < 0) {
                return blanks <= 2 && !words.isEmpty() ? words : null;
            }
        }
    }

    /** The next byte; -1 at the end. */
    private int read() throws IOException {
        if (at == end) {
            at = 0;
            end = Math.max(0, in.read(block));
        }
        return at < end ? block[at++] & 0xFF : -1;
    }

    private static void add(final List<String> words, final String text) {
        if (!text.equals(Console.NAME)) {
            words.add(text);
        }
    }

    private static boolean isBlank(final int c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }
}
