package io.penstock.dataplane.control;

import java.io.IOException;
import java.io.OutputStream;

/** Writes frames of one type, full ones, and what there is when flushed. Threads: one. */
final class FrameOutput extends OutputStream {

    private final Frames frames;
    private final FrameType type;
    private final byte[] waiting = new byte[Frames.MOST_DATA_BYTES];
    private int count;

    FrameOutput(final Frames frames, final FrameType type) {
        this.frames = frames;
        this.type = type;
    }

    @Override
    public void write(final int b) throws IOException {
        if (count == waiting.length) {
            flush();
        }
        waiting[count++] = (byte) b;
    }

    @Override
    public void write(final byte[] from, final int offset, final int length) throws IOException {
        int at = offset;
        while (at < offset + length) {
            if (count == waiting.length) {
                flush();
            }
            final int part = Math.min(offset + length - at, waiting.length - count);
            System.arraycopy(from, at, waiting, count, part);
            count += part;
            at += part;
        }
    }

    @Override
    public void flush() throws IOException {
        if (count > 0) {
            frames.send(type, waiting, 0, count);
            count = 0;
        }
    }

    @Override
    public void close() throws IOException {
        flush();
    }
}
