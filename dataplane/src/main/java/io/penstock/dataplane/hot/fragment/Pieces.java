package io.penstock.dataplane.hot.fragment;

/**
 * How a payload is cut: all pieces but the last are the largest multiple of 8 bytes that there is room for, and the last
 * is what is left, which may use the room to the last byte.
 */
final class Pieces {

    private static final int UNIT_BYTES = 8;

    private Pieces() {
    }

    /** How many pieces, at least 1; 0 when the room is too small for any but would have to be used. */
    static int count(final int payload, final int room) {
        if (payload <= room) {
            return 1;
        }
        final int piece = room & -UNIT_BYTES;
        return room < UNIT_BYTES ? 0 : 1 + (payload - room + piece - 1) / piece;
    }

    /** Where piece k starts. */
    static int offset(final int payload, final int room, final int k) {
        return payload <= room ? 0 : k * (room & -UNIT_BYTES);
    }

    /** Bytes of piece k. */
    static int length(final int payload, final int room, final int k) {
        final int left = payload - offset(payload, room, k);
        return left <= room ? left : room & -UNIT_BYTES;
    }
}
