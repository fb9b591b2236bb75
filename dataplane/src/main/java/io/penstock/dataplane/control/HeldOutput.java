package io.penstock.dataplane.control;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Outputs of one command that can be held back, so that who tells of something under a lock never waits for a client that reads slowly.
 *
 * <p>Threads: the command's.
 */
final class HeldOutput {

    /** Bytes of a piece of what is held back. Less would make many of them, for a set of a million; more would be memory for a line. */
    private static final int PIECE_BYTES = 1 << 16;

    private final Deque<Piece> waiting = new ArrayDeque<>();
    private boolean holding;

    /** From now on nothing is written. */
    void hold() {
        holding = true;
    }

    /** What was held back is written, in its order. */
    void release() {
        holding = false;
        try {
            while (!waiting.isEmpty()) {
                final Piece piece = waiting.remove();
                piece.to.write(piece.bytes, 0, piece.count);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An output that is held back with the others. */
    OutputStream of(final OutputStream to) {
        return new OutputStream() {

            @Override
            public void write(final int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(final byte[] from, final int offset, final int length) throws IOException {
                if (holding) {
                    keep(to, from, offset, length);
                } else {
                    to.write(from, offset, length);
                }
            }

            @Override
            public void flush() throws IOException {
                if (!holding) {
                    to.flush();
                }
            }

            @Override
            public void close() throws IOException {
                to.close();
            }
        };
    }

    private void keep(final OutputStream to, final byte[] from, final int offset, final int length) {
        int at = offset;
        while (at < offset + length) {
            Piece last = waiting.peekLast();
            if (last == null || last.to != to || last.count == PIECE_BYTES) {
                last = new Piece(to);
                waiting.add(last);
            }
            final int part = Math.min(offset + length - at, PIECE_BYTES - last.count);
            System.arraycopy(from, at, last.bytes, last.count, part);
            last.count += part;
            at += part;
        }
    }

    private static final class Piece {

        private final OutputStream to;
        private final byte[] bytes = new byte[PIECE_BYTES];
        private int count;

        private Piece(final OutputStream to) {
            this.to = to;
        }
    }
}
