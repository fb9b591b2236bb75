package io.penstock.dataplane.demo;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The little of HTTP/1.1 that the demonstration's clients and servers say to each other. Source: RFC 9112 sections 2.1, 9.3 and 9.6. */
final class WebMessage {

    /** Says which server answers. */
    static final String SERVER = "X-Server";
    static final String LENGTH = "Content-Length";
    static final String CONNECTION = "Connection";
    static final String CLOSE = "close";

    /** Bytes of each body: one segment, as most answers are. */
    static final int BODY_BYTES = 1_000;

    /** Ours are far shorter; a peer that sends more is none of ours. */
    private static final int MAX_HEAD_BYTES = 2_048;

    private static final String END = "\r\n\r\n";

    private WebMessage() {
    }

    /** What comes up to the empty line, or null when nothing does. */
    static String head(final InputStream in) throws IOException {
        final StringBuilder head = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            head.append((char) next);
            if (next == '\n' && head.length() >= END.length() && head.indexOf(END, head.length() - END.length()) >= 0) {
                return head.toString();
            }
            if (head.length() == MAX_HEAD_BYTES) {
                throw new IOException("not HTTP: no empty line in bytes=" + MAX_HEAD_BYTES);
            }
        }
        if (!head.isEmpty()) {
            throw new EOFException("closed in the middle of a message");
        }
        return null;
    }

    /** What a field says; empty without one. */
    static String field(final String head, final String name) {
        final String before = "\r\n" + name + ": ";
        final int at = head.indexOf(before);
        return at < 0 ? "" : head.substring(at + before.length(), head.indexOf("\r\n", at + before.length()));
    }

    /** A request for a path. */
    static byte[] request(final String path, final boolean last) {
        return bytes("GET " + path + " HTTP/1.1\r\nHost: " + Backend.SERVICE + "\r\n" + connection(last) + "\r\n");
    }

    /** What answers a request for a path: a body that begins with it. */
    static byte[] answer(final int server, final String path, final boolean last) {
        return bytes("HTTP/1.1 200 OK\r\n" + SERVER + ": " + server + "\r\n" + LENGTH + ": " + BODY_BYTES + "\r\n" + connection(last)
                + "\r\n" + path + " ".repeat(BODY_BYTES - path.length()));
    }

    /** The server that an answer names, or null. */
    static Backend answering(final String head) {
        final String number = field(head, SERVER);
        return number.length() == 1 && Character.isDigit(number.charAt(0)) ? Backend.of(number.charAt(0) - '0') : null;
    }

    /** Whether a body answers the request for that path. */
    static boolean isBodyOf(final byte[] body, final String path) {
        return new String(body, StandardCharsets.ISO_8859_1).stripTrailing().equals(path);
    }

    private static String connection(final boolean last) {
        return last ? CONNECTION + ": " + CLOSE + "\r\n" : "";
    }

    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
