package io.penstock.dataplane.control;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * One side of a connection on the control socket.
 *
 * <pre>
 *   0       1                       5
 *   +-------+-----------------------+---------------------------------+
 *   | type  | length (big endian)   | length bytes                    |
 *   +-------+-----------------------+---------------------------------+
 *   REQUEST: version (1 byte), then each word with a byte 0 behind it: the tool's name, its arguments
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>One request for each connection. After it the server leads: the client sends only what it was asked for, one frame each time, so
 *       that neither side keeps more than a frame, and both can be written with one thread.</li>
 *   <li>A frame longer than its type allows is refused before any of it is read.</li>
 * </ol>
 *
 * <p>Threads: one; what is sent may come from several.
 */
final class Frames implements AutoCloseable {

    /** Changes with anything that the other side would not understand. */
    static final int VERSION = 1;

    /** Bytes of a frame of data: as much as a pipe holds. More would only take memory, less more calls. */
    static final int MOST_DATA_BYTES = 1 << 16;

    /** Bytes of a request: more than arguments can have (three quarters of 8 MiB, whatever the stack's limit: execve(2)). */
    static final int MOST_REQUEST_BYTES = 8 << 20;

    private static final int HEADER_BYTES = 1 + Integer.BYTES;

    private final SocketChannel channel;
    private final ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + MOST_DATA_BYTES);
    private final ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    private byte[] bytes = new byte[MOST_DATA_BYTES];
    private int length;

    Frames(final SocketChannel channel) {
        this.channel = channel;
    }

    /** Sends a frame without content. */
    void send(final FrameType type) throws IOException {
        send(type, bytes, 0, 0);
    }

    /** Sends a text, a byte for each character, cut where it does not fit. */
    void send(final FrameType type, final String text) throws IOException {
        final byte[] encoded = text.getBytes(StandardCharsets.ISO_8859_1);
        send(type, encoded, 0, Math.min(encoded.length, type.mostBytes()));
    }

    /** Sends a frame. */
    synchronized void send(final FrameType type, final byte[] from, final int offset, final int count) throws IOException {
        final ByteBuffer frame = count <= MOST_DATA_BYTES ? out : ByteBuffer.allocate(HEADER_BYTES + count);
        frame.clear().put((byte) type.ordinal()).putInt(count).put(from, offset, count).flip();
        while (frame.hasRemaining()) {
            channel.write(frame);
        }
    }

    /** Waits for a frame, whose content can be asked for until the next one. */
    FrameType receive() throws IOException {
        header.clear();
        fill(header);
        final FrameType type = FrameType.of(header.get(0));
        final int count = header.getInt(1);
        if (type == null || count < 0 || count > type.mostBytes()) {
            throw new MalformedFrameException("no such frame: type=" + header.get(0) + " bytes=" + Integer.toUnsignedLong(count));
        }
        if (count > bytes.length) {
            bytes = new byte[count];
        }
        length = count;
        fill(ByteBuffer.wrap(bytes, 0, count));
        return type;
    }

    /** The same where only one type, or one other, can come. */
    FrameType receive(final FrameType one, final FrameType other) throws IOException {
        final FrameType type = receive();
        if (type != one && type != other) {
            throw new MalformedFrameException("frame out of turn: type=" + type + " expected=" + one);
        }
        return type;
    }

    /** The content: valid up to {@link #length}. */
    byte[] bytes() {
        return bytes;
    }

    /** Bytes of the content. */
    int length() {
        return length;
    }

    /** The content as a text, a character for each byte. */
    String text() {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    /** Whether the other side has gone, while it is not its turn to say anything. */
    boolean isAlone() throws IOException {
        channel.configureBlocking(false);
        try {
            return channel.read(header.clear()) != 0;
        } finally {
            channel.configureBlocking(true);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void fill(final ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into) < 0) {
                throw new EOFException("the other side has closed the connection");
            }
        }
    }
}
