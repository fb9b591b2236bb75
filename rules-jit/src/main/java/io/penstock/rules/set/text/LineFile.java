package io.penstock.rules.set.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads lines and takes them apart: blanks between words, quotes around those that have some. As with the C library's {@code fgets}, a
 * longer line comes in pieces, each of which counts as one; however long it is, no more than a piece is in memory.
 *
 * <p>A word that is the same as that at its place in the line before is the same object: most lines say {@code add} and a set's name.
 */
final class LineFile {

    /** Bytes of a piece. */
    private static final int MOST_BYTES = 1023;
    private static final int BLOCK_BYTES = 1 << 16;

    private final InputStream in;
    private final byte[] block = new byte[BLOCK_BYTES];
    private final byte[] line = new byte[MOST_BYTES];
    private final byte[] word = new byte[MOST_BYTES];
    private final byte[][] lastBytes = new byte[Words.MOST][];
    private final String[] lastWords = new String[Words.MOST];
    private int at;
    private int end;
    private int begin;
    private int length;

    LineFile(final InputStream in) {
        this.in = in;
    }

    /** Goes to the next line; false at the end. */
    boolean next() throws IOException {
        length = 0;
        int zero = -1;
        while (length < MOST_BYTES && fill()) {
            final byte c = block[at++];
            line[length++] = c;
            if (c == '\n') {
                break;
            }
            if (c == 0 && zero < 0) {
                zero = length - 1;
            }
        }
        if (length == 0) {
            return false;
        }
        length = zero < 0 ? length : zero;
        begin = 0;
        while (begin < length && (line[begin] == ' ' || line[begin] >= '\t' && line[begin] <= '\r')) {
            begin++;
        }
        return true;
    }

    private boolean fill() throws IOException {
        if (at == end) {
            at = 0;
            end = Math.max(0, in.read(block));
        }
        return at < end;
    }

    /** Whether there is nothing to do in this line. */
    boolean isEmpty() {
        return begin == length || line[begin] == '#';
    }

    /** Whether the line asks for what came before it to be done. */
    boolean isCommit() {
        return is("COMMIT\n") || is("COMMIT\r\n");
    }

    private boolean is(final String text) {
        if (length - begin != text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (line[begin + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Takes the line apart. A word that is empty, even between quotes, is none; one whose quotes the line's end does not close is none
     * either, if a blank ends the line.
     *
     * @return null, or what is wrong
     */
    String split(final Words words) {
        boolean isQuoted = false;
        int bytes = 0;
        for (int i = begin; i < length; i++) {
            if (words.count() + 1 >= Words.MOST - 1) {
                return "Line is too long to parse.";
            }
            final byte c = line[i];
            final boolean isLast = i + 1 == length;
            final boolean isBlank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
            if (c == '"') {
                isQuoted = !isQuoted;
            } else if (isBlank ? isQuoted : true) {
                word[bytes++] = c;
            }
            if (isBlank ? isQuoted : !isLast) {
                continue;
            }
            if (isLast && isQuoted) {
                return "Missing close quote!";
            }
            if (bytes > 0) {
                words.add(word(words.count(), bytes));
                bytes = 0;
            }
        }
        return null;
    }

    private String word(final int place, final int bytes) {
        final byte[] last = lastBytes[place];
        if (last != null && Arrays.equals(last, 0, last.length, word, 0, bytes)) {
            return lastWords[place];
        }
        final String text = new String(word, 0, bytes, StandardCharsets.ISO_8859_1);
        if (place < 2) {
            lastBytes[place] = Arrays.copyOf(word, bytes);
            lastWords[place] = text;
        }
        return text;
    }
}
