package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * Looks for bytes in a packet, in one of two ways. A packet lies in one piece here, so that both find the same.
 *
 * <pre>
 *   BM    from the end of the pattern to its begin, skipping what cannot be: most bytes are never read, and some texts cost as many
 *         steps as text and pattern have bytes multiplied, as in the kernel
 *   KMP   each byte of the text once, whatever it is; after a byte that does not fit, goes on with what the pattern begins with again
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>The pattern begins at {@code from} or behind it, and has ended at {@code to}: places in the packet from its network header on.</li>
 *   <li>Letters are those of ISO 8859-1, as in the kernel.</li>
 * </ol>
 *
 * <p>Source: R. N. Horspool, "Practical fast searching in strings", 1980; D. E. Knuth, J. H. Morris, V. R. Pratt, "Fast pattern matching
 * in strings", 1977; the kernel's {@code skb_find_text} for the limits. Threads: any worker.
 */
public final class HotString implements HotMatch {

    /** How to look. */
    public enum Algorithm {
        /** Boyer and Moore's, as Horspool has it. */
        BM,
        /** Knuth, Morris and Pratt's. */
        KMP
    }

    private static final int BYTES = 256;
    private static final int CASE = 'a' - 'A';

    private final byte[] pattern;
    /** What a byte counts as. */
    private final byte[] folded;
    /** How far the pattern may move on when a byte stands at its end. */
    private final byte[] skips;
    /** How many bytes of the pattern's begin stand before each of its bytes again, that byte included. */
    private final byte[] borders;
    private final boolean isKmp;
    private final int from;
    private final int to;
    private final boolean inverted;

    /**
     * A search.
     *
     * @param pattern 1 to 128 bytes
     */
    public HotString(
            final byte[] pattern,
            final Algorithm algorithm,
            final int from,
            final int to,
            final boolean ignoreCase,
            final boolean inverted) {
        this.isKmp = algorithm == Algorithm.KMP;
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
        this.borders = new byte[pattern.length];
        findBorders(this.pattern, borders);
        this.from = from;
        this.to = to;
        this.inverted = inverted;
    }

    /** How it looks. */
    public Algorithm algorithm() {
        return isKmp ? Algorithm.KMP : Algorithm.BM;
    }

    /** Writes, of each begin of a pattern, the length of the longest shorter one that it ends with. */
    static void findBorders(final byte[] pattern, final byte[] borders) {
        borders[0] = 0;
        int length = 0;
        for (int i = 1; i < pattern.length; i++) {
            while (length > 0 && pattern[i] != pattern[length]) {
                length = borders[length - 1];
            }
            length += pattern[i] == pattern[length] ? 1 : 0;
            borders[i] = (byte) length;
        }
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final int length = Math.min(packet.length, to);
        return (isKmp ? findKmp(packet.network, length) : findBm(packet.network, length)) != inverted;
    }

    private boolean findKmp(final long text, final int length) {
        int fitting = 0;
        for (int at = from; at < length; at++) {
            final byte next = folded[Memory.getUnsignedByte(text + at)];
            while (fitting > 0 && pattern[fitting] != next) {
                fitting = borders[fitting - 1];
            }
            if (pattern[fitting] == next) {
                fitting++;
                if (fitting == pattern.length) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean findBm(final long text, final int length) {
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
