package io.penstock.rules.hot.set.table;

/**
 * A keyed permutation of keys of some bits: it spreads them like a hash, and two keys are equal exactly when what it makes of them is.
 * Multiplications with secret odd factors, between which the high half is folded into the low one: without the secrets nobody can aim keys at one
 * bucket, for which bits a change of a key reaches depends on the factors.
 *
 * <p>It works in the high bits of a long, where multiplications leave the low ones zero. The high bits of the result are the better ones; they name
 * the bucket. Threads: any; immutable.
 */
final class KeyPermutation {

    private final int low;
    private final int half;
    private final long mask;
    private final int down;
    private final long add;
    private final long factor0;
    private final long factor1;
    private final long factor2;

    /**
     * A permutation.
     *
     * @param bits    of a key, even, 32 to 64
     * @param down    how far down the result is moved, which is in the high bits otherwise: at most 64 - bits
     * @param secret0 decides over it
     * @param secret1 decides over it
     */
    KeyPermutation(final int bits, final int down, final long secret0, final long secret1) {
        low = Long.SIZE - bits;
        half = bits / 2;
        mask = -1L << low;
        this.down = down;
        add = secret0 & mask;
        factor0 = oddOf(secret1);
        factor1 = oddOf(secret0 + Long.rotateLeft(secret1, 32));
        factor2 = oddOf(Long.rotateLeft(secret0, 32) ^ secret1);
    }

    /** What a key becomes; bits above the key's are not looked at. */
    long of(final long key) {
        long value = (key << low ^ add) * factor0;
        value ^= value >>> half & mask;
        value *= factor1;
        value ^= value >>> half & mask;
        return value * factor2 >>> down;
    }

    /** The key that became this; bits below what it became are not looked at. */
    long keyOf(final long permuted) {
        long value = (permuted << down & mask) * inverse(factor2);
        // The high half was left as it was, so the same once more undoes it.
        value ^= value >>> half & mask;
        value *= inverse(factor1);
        value ^= value >>> half & mask;
        value *= inverse(factor0);
        return (value ^ add) >>> low;
    }

    /** A factor with bits in all places, from a secret: splitmix64's last step. */
    private static long oddOf(final long secret) {
        long value = secret + 0x9E37_79B9_7F4A_7C15L;
        value = (value ^ value >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        value = (value ^ value >>> 27) * 0x94D0_49BB_1331_11EBL;
        return value ^ value >>> 31 | 1;
    }

    /**
     * What undoes a multiplication by an odd factor, by Newton's iteration: each step doubles the bits that are right, of which three are at first.
     */
    private static long inverse(final long factor) {
        long inverse = factor;
        for (int right = 3; right < Long.SIZE; right *= 2) {
            inverse *= 2 - factor * inverse;
        }
        return inverse;
    }
}
