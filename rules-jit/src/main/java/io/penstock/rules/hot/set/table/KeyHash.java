package io.penstock.rules.hot.set.table;

/**
 * The keyed hash of a key of several words: each two words multiplied to 128 bits, whose halves are folded. Without the secrets nobody can aim keys
 * at one bucket.
 *
 * <p>Source: Wang Yi, wyhash, final version 3 (the folded multiplication; public domain). Threads: any; stateless.
 */
final class KeyHash {

    private static final long K0 = 0xA076_1D64_78BD_642FL;
    private static final long K1 = 0xE703_7ED1_A0B4_28DBL;
    private static final long K2 = 0x8EBC_6AF0_9C88_C6E3L;
    private static final long K3 = 0x5899_65CC_7537_4CC3L;

    private KeyHash() {
    }

    /** The hash, 32 bits, of the first words of a key. */
    static long of(
            final long secret0,
            final long secret1,
            final int words,
            final long key0,
            final long key1,
            final long key2,
            final long key3,
            final long key4) {
        long hash = fold(key0 ^ secret0, (words > 1 ? key1 : 0) ^ secret1);
        if (words > 2) {
            hash = fold(hash ^ key2 ^ K2, (words > 3 ? key3 : 0) ^ secret1 ^ K3);
            if (words > 4) {
                hash = fold(hash ^ key4 ^ K3, secret0 ^ K2);
            }
        }
        return fold(hash ^ secret1 ^ K0, secret0 ^ K1) >>> 32;
    }

    private static long fold(final long a, final long b) {
        return Math.unsignedMultiplyHigh(a, b) ^ a * b;
    }
}
