package io.penstock.perf.connections.tcp;

import io.penstock.os.hot.packet.TcpLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * All segments of a connection's life, as templates.
 *
 * <p>A request and an answer are HTTP/1.1; each names its connection by a word in a header line, and answers are cut into segments of
 * {@value #SEGMENT_BYTES} bytes.
 *
 * <p>Threads: any, once made.
 */
public final class TcpSegments implements AutoCloseable {

    /** What fits into an Ethernet frame without options. */
    static final int SEGMENT_BYTES = 1460;

    private static final String WORD = "XXXXXXXX";
    private static final String REQUEST = "GET /object HTTP/1.1\r\nHost: 198.19.0.2\r\nX-Connection: " + WORD + "\r\n\r\n";
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Connection: " + WORD + "\r\nContent-Length: ";
    private static final int LETTERS = 26;

    final TcpTemplate syn;
    final TcpTemplate ack;
    final TcpTemplate request;
    final TcpTemplate fin;
    final TcpTemplate serverSynAck;
    final TcpTemplate serverAck;
    final TcpTemplate serverFin;
    final TcpTemplate[] answer;
    final int requestBytes;
    final int answerBytes;

    /**
     * Segments.
     *
     * @param clientMac  the clients'
     * @param towardsMac whom clients send to
     * @param serverMac  the server's
     * @param backMac    whom it sends to
     */
    public TcpSegments(final TcpShape shape, final long clientMac, final long towardsMac, final long serverMac, final long backMac) {
        final byte[] none = {};
        syn = new TcpTemplate(towardsMac, clientMac, TcpLayout.SYN, none, TcpTemplate.NO_WORD);
        ack = new TcpTemplate(towardsMac, clientMac, TcpLayout.ACK, none, TcpTemplate.NO_WORD);
        fin = new TcpTemplate(towardsMac, clientMac, TcpLayout.FIN | TcpLayout.ACK, none, TcpTemplate.NO_WORD);
        serverSynAck = new TcpTemplate(backMac, serverMac, TcpLayout.SYN | TcpLayout.ACK, none, TcpTemplate.NO_WORD);
        serverAck = new TcpTemplate(backMac, serverMac, TcpLayout.ACK, none, TcpTemplate.NO_WORD);
        serverFin = new TcpTemplate(backMac, serverMac, TcpLayout.FIN | TcpLayout.ACK, none, TcpTemplate.NO_WORD);
        final byte[] asked = padded(REQUEST);
        request = new TcpTemplate(towardsMac, clientMac, TcpLayout.PSH | TcpLayout.ACK, asked, wordIn(asked));
        requestBytes = asked.length;
        final byte[] whole = answer(shape.objectBytes());
        answerBytes = whole.length;
        answer = new TcpTemplate[(whole.length + SEGMENT_BYTES - 1) / SEGMENT_BYTES];
        for (int i = 0; i < answer.length; i++) {
            final byte[] part = Arrays.copyOfRange(whole, i * SEGMENT_BYTES, Math.min(whole.length, (i + 1) * SEGMENT_BYTES));
            answer[i] = new TcpTemplate(backMac, serverMac, i == answer.length - 1 ? TcpLayout.PSH | TcpLayout.ACK : TcpLayout.ACK, part,
                    i == 0 ? wordIn(part) : TcpTemplate.NO_WORD);
        }
    }

    @Override
    public void close() {
        for (final TcpTemplate template : new TcpTemplate[] {syn, ack, request, fin, serverSynAck, serverAck, serverFin}) {
            template.close();
        }
        for (final TcpTemplate template : answer) {
            template.close();
        }
    }

    private static byte[] answer(final int objectBytes) {
        final byte[] head = padded(ANSWER + objectBytes + "\r\n\r\n");
        final byte[] whole = Arrays.copyOf(head, head.length + objectBytes);
        for (int i = 0; i < objectBytes; i++) {
            // No two segments are alike.
            whole[head.length + i] = (byte) ('a' + (i + i / SEGMENT_BYTES) % LETTERS);
        }
        return whole;
    }

    /** The word has to lie at a multiple of its length, so that data is compared eight bytes at a time. */
    private static byte[] padded(final String text) {
        final int spaces = -text.indexOf(WORD) & WORD.length() - 1;
        return text.replace("X-Connection:", "X-Connection:" + " ".repeat(spaces)).getBytes(StandardCharsets.US_ASCII);
    }

    private static int wordIn(final byte[] text) {
        return new String(text, StandardCharsets.US_ASCII).indexOf(WORD);
    }
}
