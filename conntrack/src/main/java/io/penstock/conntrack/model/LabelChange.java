package io.penstock.conntrack.model;

import java.util.BitSet;

/**
 * How labels change, as ctnetlink does it: bits of the mask take their values, or are turned over where the mask is clear; words beyond
 * those that were sent are cleared.
 *
 * @param values the bits
 * @param mask   which of them count, or null for all
 * @param words  how many words of 32 bits were sent
 */
public record LabelChange(BitSet values, BitSet mask, int words) {

    private static final int MOST_BITS = Connection.LABEL_WORDS * Integer.SIZE;

    /** Takes what it was given for itself. */
    public LabelChange {
        values = (BitSet) values.clone();
        mask = mask == null ? null : (BitSet) mask.clone();
    }

    @Override
    public BitSet values() {
        return (BitSet) values.clone();
    }

    @Override
    public BitSet mask() {
        return mask == null ? null : (BitSet) mask.clone();
    }

    /** What labels become. */
    public BitSet apply(final BitSet old) {
        final int sent = Math.min(words * Integer.SIZE, MOST_BITS);
        final BitSet result = new BitSet(MOST_BITS);
        if (mask != null) {
            result.or(old);
            result.andNot(mask);
            result.clear(sent, MOST_BITS);
        }
        final BitSet kept = values.get(0, sent);
        result.xor(kept);
        return result;
    }
}
