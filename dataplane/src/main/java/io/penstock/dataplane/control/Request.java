package io.penstock.dataplane.control;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A command as it was typed.
 *
 * @param tool  its name
 * @param words its arguments; a character is a byte
 */
record Request(String tool, List<String> words) {

    /** Sends it. */
    void send(final Frames frames) throws IOException {
        final StringBuilder text = new StringBuilder().append((char) Frames.VERSION).append(tool).append('\0');
        words.forEach(word -> text.append(word).append('\0'));
        final byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        frames.send(FrameType.REQUEST, bytes, 0, bytes.length);
    }

    /** Waits for it. */
    static Request receive(final Frames frames) throws IOException {
        frames.receive(FrameType.REQUEST, FrameType.REQUEST);
        final byte[] bytes = frames.bytes();
        final int length = frames.length();
        if (length == 0 || bytes[0] != Frames.VERSION) {
            throw new MalformedFrameException("the request is of another version: version=" + (length == 0 ? "none" : bytes[0])
                    + " expected=" + Frames.VERSION + "; run the client that comes with the data plane");
        }
        final List<String> words = new ArrayList<>();
        int from = 1;
        for (int at = 1; at < length; at++) {
            if (bytes[at] == 0) {
                words.add(new String(bytes, from, at - from, StandardCharsets.ISO_8859_1));
                from = at + 1;
            }
        }
        if (from != length || words.isEmpty()) {
            throw new MalformedFrameException("the request has no command, or its last word has no end: bytes=" + length);
        }
        return new Request(words.getFirst(), words.subList(1, words.size()));
    }
}
