package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * Looks for bytes in a packet, from the end of the pattern to its begin, skipping what cannot be. A packet lies in one piece here, so
 * that what the kernel's two algorithms find is the same.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The pattern begins at {@code from} or behind it, and has ended at {@code to}: places in the packet from its network header on.</li>
 *   <li>Letters are those of ISO 8859-1, as in the kernel.</li>
 * </ol>
 *
 * <p>Source: R. N. Horspool, "Practical fast searching in strings", 1980; the kernel's {@code skb_find_text} for the limits.
 */
public final class HotString implements HotMatch {

    private static final int BYTES = 256;
    private static final int CASE = 'a' - 'A';

    private final byte[] pattern;
    /** What a byte counts as. */
    private final byte[] folded;
    /** How far the pattern may move on when a byte stands at its end. */
    private final byte[] skips;
    private final int from;
    private final int to;
    private final boolean inverted;

    /**
     * A search.
     *
     * @param pattern 1 to 128 bytes
     */
    public HotString(
            final byte[] pattern, final int from, final int to, final boolean ignoreCase, final boolean inverted) {
        this.folded = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            folded[i] = (byte) (ignoreCase && isSmall(i) ? i - CASE : i);
        }
        this.pattern = new byte[pattern.length];
        for (int i = 0; i < pattern.length; i++) {
            this.pattern[i] = folded[pattern[i] & 0xFF];
        }
        this.skips = new byte[BYTES];
        for (int b = 0; b < BYTES; b++) {
            int skip = 1;
            while (skip < pattern.length && this.pattern[pattern.length - 1 - skip] != folded[b]) {
                skip++;
            }
            skips[b] = (byte) skip;
        }
        this.from = from;
        this.to = to;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        return find(packet.network, Math.min(packet.length, to)) != inverted;
    }

    private boolean find(final long text, final int length) {
        final int last = pattern.length - 1;
        int end = from + last;
        while (end < length) {
            int i = last;
            while (i >= 0 && folded[Memory.getUnsignedByte(text + end - last + i)] == pattern[i]) {
                i--;
            }
            if (i < 0) {
                return true;
            }
            // A skip of 128 bytes is a negative byte.
            end += skips[Memory.getUnsignedByte(text + end)] & 0xFF;
        }
        return false;
    }

    private static boolean isSmall(final int c) {
        return c >= 'a' && c <= 'z' || c >= 0xDF && c != 0xF7;
    }
}
