package io.penstock.conntrack.hot.frag;

/**
 * The records of pieces: those that are free, and those whose frames are released and wait to be asked for.
 *
 * <p>Invariant: a record is free, in exactly one queue, or released; a frame is the store's for as long as its record is in a queue or released.
 */
final class PieceStock {

    private final long limit;
    private long unused;
    private long free;
    private long firstReleased;
    private long lastReleased;

    /** All free; the memory is touched when it is used. */
    PieceStock(final long base, final int capacity) {
        this.unused = base;
        this.limit = base + (long) capacity * PieceLayout.BYTES;
    }

    boolean isEmpty() {
        return free == 0 && unused == limit;
    }

    /** A record, if there is one free. */
    long take() {
        final long piece = free;
        if (piece != 0) {
            free = PieceLayout.next(piece);
            return piece;
        }
        unused += PieceLayout.BYTES;
        return unused - PieceLayout.BYTES;
    }

    /** Releases a chain of pieces. */
    void release(final long first, final long last) {
        if (first == 0) {
            return;
        }
        if (firstReleased == 0) {
            firstReleased = first;
        } else {
            PieceLayout.setNext(lastReleased, first);
        }
        lastReleased = last;
    }

    /** The next released frame, which is the caller's from now on; 0 for none. */
    long takeReleased() {
        final long piece = firstReleased;
        if (piece == 0) {
            return 0;
        }
        firstReleased = PieceLayout.next(piece);
        PieceLayout.setNext(piece, free);
        free = piece;
        return PieceLayout.frame(piece);
    }
}
