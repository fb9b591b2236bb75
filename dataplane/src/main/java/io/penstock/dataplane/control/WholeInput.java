package io.penstock.dataplane.control;

import java.io.IOException;
import java.io.InputStream;

/** An input that is read to its end as soon as something of it is wanted, so that others can be opened meanwhile. Threads: one. */
final class WholeInput extends InputStream {

    private final InputStream from;
    private byte[] bytes;
    private int at;

    WholeInput(final InputStream from) {
        this.from = from;
    }

    @Override
    public int read() throws IOException {
        final byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    /** Returns when all of it is there. */
    void await() throws IOException {
        if (bytes == null) {
            bytes = from.readAllBytes();
        }
    }

    @Override
    public int read(final byte[] into, final int offset, final int length) throws IOException {
        await();
        if (length == 0) {
            return 0;
        }
        final int part = Math.min(length, bytes.length - at);
        System.arraycopy(bytes, at, into, offset, part);
        at += part;
        return part == 0 ? -1 : part;
    }
}
