package io.penstock.dataplane.control;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * What the client reads, asked for frame by frame; standard input is opened when it is first read, so that a command that does not read
 * leaves it to the script that it stands in. A client that goes away is an error, not the end of its input. Threads: one.
 */
final class FrameInput extends InputStream {

    private final Frames frames;
    private byte[] bytes = {};
    private int at;
    private boolean open;
    private boolean ended;

    /** Standard input. */
    FrameInput(final Frames frames) {
        this.frames = frames;
    }

    /** A file that the client has, opened now. */
    static FrameInput open(final Frames frames, final String name) throws IOException {
        final FrameInput input = new FrameInput(frames);
        input.open(name);
        return input;
    }

    @Override
    public int read() throws IOException {
        final byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(final byte[] into, final int offset, final int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (at == bytes.length && !fill()) {
            return -1;
        }
        final int part = Math.min(length, bytes.length - at);
        System.arraycopy(bytes, at, into, offset, part);
        at += part;
        return part;
    }

    private boolean fill() throws IOException {
        if (!open) {
            open("");
        }
        if (!ended) {
            frames.send(FrameType.READ);
            // What cannot be read on ends here, as for fgets(3).
            final boolean failed = frames.receive(FrameType.DATA, FrameType.FAILED) == FrameType.FAILED;
            bytes = failed ? new byte[0] : Arrays.copyOf(frames.bytes(), frames.length());
            at = 0;
            ended = bytes.length == 0;
        }
        return !ended;
    }

    private void open(final String name) throws IOException {
        frames.send(FrameType.OPEN_INPUT, name);
        if (frames.receive(FrameType.OPENED, FrameType.FAILED) == FrameType.FAILED) {
            throw new IOException(frames.text());
        }
        open = true;
    }
}
