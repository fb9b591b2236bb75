package io.penstock.conntrack.hot.frag;

/**
 * Where a gathered packet is cut.
 *
 * <p>As it came, if all pieces fit behind the header that each will have; else each piece but the last is the largest multiple of 8 bytes that fits.
 * The header may be longer or shorter than it was: then the first piece makes up for it.
 *
 * <p>Source: net/ipv4/ip_output.c ip_do_fragment, net/ipv6/ip6_output.c ip6_fragment (their geometry checks). Threads: any; stateless.
 */
final class GatheredCut {

    private static final int UNIT_MASK = 7;
    private static final int UNIT_BYTES = 8;

    private GatheredCut() {
    }

    /**
     * Whether the pieces are those that came in.
     *
     * @param bytes       bytes of the packet
     * @param headerBytes those that are repeated in each piece
     * @param room        for payload in each piece
     */
    static boolean isAsItCame(final long plan, final int bytes, final int headerBytes, final int room) {
        final int first = first(plan, headerBytes);
        return GatheredPlan.pieces(plan) > 1 && bytes == GatheredPlan.headerBytes(plan) + GatheredPlan.payload(plan)
                && first >= 0 && first <= room && (first & UNIT_MASK) == 0 && GatheredPlan.later(plan) <= room;
    }

    /** How many pieces there are; 0 when there is no room for any. */
    static int count(final long plan, final int bytes, final int headerBytes, final int room) {
        if (isAsItCame(plan, bytes, headerBytes, room)) {
            return GatheredPlan.pieces(plan);
        }
        final int payload = bytes - headerBytes;
        if (room < UNIT_BYTES || payload < 0) {
            return 0;
        }
        final int piece = room & ~UNIT_MASK;
        return payload <= room ? 1 : 1 + (payload - room + piece - 1) / piece;
    }

    /** Where in the payload behind the header a piece starts. */
    static int offset(final long plan, final int bytes, final int headerBytes, final int room, final int k) {
        if (k == 0) {
            return 0;
        }
        if (isAsItCame(plan, bytes, headerBytes, room)) {
            return GatheredPlan.end(plan, k - 1) + GatheredPlan.headerBytes(plan) - headerBytes;
        }
        return k * (room & ~UNIT_MASK);
    }

    /** Where it ends. */
    static int end(final long plan, final int bytes, final int headerBytes, final int room, final int k) {
        if (isAsItCame(plan, bytes, headerBytes, room)) {
            return GatheredPlan.end(plan, k) + GatheredPlan.headerBytes(plan) - headerBytes;
        }
        final int left = bytes - headerBytes - k * (room & ~UNIT_MASK);
        return bytes - headerBytes - left + (left <= room ? left : room & ~UNIT_MASK);
    }

    private static int first(final long plan, final int headerBytes) {
        return GatheredPlan.headerBytes(plan) + GatheredPlan.end(plan, 0) - headerBytes;
    }
}
