package io.penstock.conntrack.hot.frag;

/**
 * The congestion mark of a packet from those of its fragments.
 *
 * <p>Source: RFC 3168, 5.3.
 */
final class EcnMix {

    /** Fragments that should not be together. */
    static final int REFUSED = -1;

    private static final int NOT_CAPABLE = 1;
    private static final int EXPERIENCED_CODE = 3;
    private static final int EXPERIENCED = 1 << EXPERIENCED_CODE;

    private EcnMix() {
    }

    /** A fragment's bit. */
    static int bit(final int ecn) {
        return 1 << ecn;
    }

    /**
     * What is set in the header besides what the first fragment has.
     *
     * @param bits {@link #bit} of all fragments
     * @return bits for the field, or {@link #REFUSED}
     */
    static int marks(final int bits) {
        if (bits == NOT_CAPABLE || bits == EXPERIENCED) {
            return 0;
        }
        if ((bits & NOT_CAPABLE) != 0) {
            return REFUSED;
        }
        return (bits & EXPERIENCED) == 0 ? 0 : EXPERIENCED_CODE;
    }
}
