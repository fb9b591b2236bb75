package io.penstock.rules.compile;

import io.penstock.rules.hot.ContextLayout;
import io.penstock.rules.hot.IndexLayout;

/**
 * A packet's context: values, or which of their bits count; see {@link ContextLayout}.
 *
 * @param in      of the name of the device that packets come in by
 * @param inRest  of its last eight bytes
 * @param out     of the other device's
 * @param outRest of its last eight bytes
 * @param mac     of the Ethernet source
 * @param mark    of the mark
 */
record ContextFields(long in, long inRest, long out, long outRest, long mac, long mark) {

    /** Nothing counts. */
    static final ContextFields NONE = new ContextFields(0, 0, 0, 0, 0, 0);

    /** These values, or {@link #NONE} for zeros, which most are. */
    static ContextFields of(
            final long in, final long inRest, final long out, final long outRest, final long mac, final long mark) {
        return (in | inRest | out | outRest | mac | mark) == 0 ? NONE : new ContextFields(in, inRest, out, outRest, mac, mark);
    }

    /** What counts. */
    int kind() {
        return (inRest | outRest | mac | mark) != 0 ? ContextLayout.ALL
                : (in | out) != 0 ? ContextLayout.NAMES : ContextLayout.NOTHING;
    }

    /** Whether every bit that counts here counts there too. */
    boolean isWithin(final ContextFields other) {
        return ((in & ~other.in) | (inRest & ~other.inRest) | (out & ~other.out) | (outRest & ~other.outRest) | (mac & ~other.mac)
                | (mark & ~other.mark)) == 0;
    }

    /** How many bits count. */
    int bits() {
        return Long.bitCount(in) + Long.bitCount(inRest) + Long.bitCount(out) + Long.bitCount(outRest) + Long.bitCount(mac)
                + Long.bitCount(mark);
    }

    /** What these values add to a fingerprint under a mask. */
    long sum(final ContextFields mask) {
        return mask == NONE ? 0 : IndexLayout.names(in & mask.in, out & mask.out)
                + IndexLayout.rest(inRest & mask.inRest, outRest & mask.outRest, mac & mask.mac, mark & mask.mark);
    }
}
