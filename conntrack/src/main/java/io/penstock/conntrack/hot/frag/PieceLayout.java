package io.penstock.conntrack.hot.frag;

import io.penstock.os.hot.memory.Memory;

/**
 * The record of a fragment that waits, a cache line.
 *
 * <pre>
 *   0 frame            the address that names it
 *   8 next             the piece that came after it; in the lists of free and of released pieces, the next of them
 *  16 next in run      the piece behind it in the packet, if it is of the same run
 *  24 next run         of a run's first piece: the next run of its bucket
 *  32 offset, int      where it lies in the packet's payload
 *  36 length, int      bytes of payload
 *  40 run's end, int   of a run's first piece: where the run ends
 *  44 network, int     from the frame to the network header
 *  48 data, int        from the frame to the payload
 * </pre>
 */
final class PieceLayout {

    static final int BYTES = 64;

    private static final int FRAME = 0;
    private static final int NEXT = 8;
    private static final int NEXT_IN_RUN = 16;
    private static final int NEXT_RUN = 24;
    private static final int OFFSET = 32;
    private static final int LENGTH = 36;
    private static final int RUN_END = 40;
    private static final int NETWORK = 44;
    private static final int DATA = 48;

    private PieceLayout() {
    }

    /** Fills a record in; it is of no run and no list yet. */
    static void set(final long piece, final long frame, final int network, final int data, final int offset, final int length) {
        Memory.putLong(piece + FRAME, frame);
        Memory.putLong(piece + NEXT, 0);
        Memory.putLong(piece + NEXT_IN_RUN, 0);
        Memory.putLong(piece + NEXT_RUN, 0);
        Memory.putInt(piece + OFFSET, offset);
        Memory.putInt(piece + LENGTH, length);
        Memory.putInt(piece + RUN_END, offset + length);
        Memory.putInt(piece + NETWORK, network);
        Memory.putInt(piece + DATA, data);
    }

    static long frame(final long piece) {
        return Memory.getLong(piece + FRAME);
    }

    static long next(final long piece) {
        return Memory.getLong(piece + NEXT);
    }

    static void setNext(final long piece, final long next) {
        Memory.putLong(piece + NEXT, next);
    }

    static long nextInRun(final long piece) {
        return Memory.getLong(piece + NEXT_IN_RUN);
    }

    static void setNextInRun(final long piece, final long next) {
        Memory.putLong(piece + NEXT_IN_RUN, next);
    }

    static long nextRun(final long piece) {
        return Memory.getLong(piece + NEXT_RUN);
    }

    static void setNextRun(final long piece, final long next) {
        Memory.putLong(piece + NEXT_RUN, next);
    }

    static int offset(final long piece) {
        return Memory.getInt(piece + OFFSET);
    }

    static int length(final long piece) {
        return Memory.getInt(piece + LENGTH);
    }

    static int end(final long piece) {
        return offset(piece) + length(piece);
    }

    static int runEnd(final long piece) {
        return Memory.getInt(piece + RUN_END);
    }

    static void setRunEnd(final long piece, final int end) {
        Memory.putInt(piece + RUN_END, end);
    }

    static int network(final long piece) {
        return Memory.getInt(piece + NETWORK);
    }

    static int data(final long piece) {
        return Memory.getInt(piece + DATA);
    }
}
