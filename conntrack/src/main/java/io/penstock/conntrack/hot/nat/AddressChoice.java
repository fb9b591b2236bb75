package io.penstock.conntrack.hot.nat;

/**
 * Chooses one of a range's addresses: by a hash of the source, and of the destination unless the choice is to be persistent. The same client gets
 * the same address each time, here and from the kernel, on a machine whose least significant byte comes first.
 *
 * <p>Source: nf_nat_core.c, {@code find_best_ips_proto}; Bob Jenkins, lookup3.c, 2006 (public domain), {@code hashword}.
 *
 * <p>Threads: any; stateless.
 */
final class AddressChoice {

    private static final int INITIAL = 0xDEAD_BEEF;
    /** An address is hashed as if it had these bytes, IPv4 too: the rest is 0. */
    private static final int HASHED_BYTES = 16;
    private static final long WORD = 0xFFFF_FFFFL;

    private AddressChoice() {
    }

    /** Puts an address of the range in place of a half's; of IPv4 ranges as of IPv6 ones. */
    static void choose(final NatTuple tuple, final NatBounds bounds, final boolean source, final int zone) {
        if (bounds.isOneAddress()) {
            set(tuple, source, bounds.leastHigh, bounds.leastLow);
            return;
        }
        final boolean persistent = bounds.has(NatRange.PERSISTENT);
        // The kernel hashes words as they lie in memory: the seed is the last one of the destination's.
        final int seed = persistent ? 0 : Integer.reverseBytes((int) tuple.destinationLow) ^ zone;
        if (tuple.isIpv4()) {
            final int hash = hash((int) tuple.sourceLow, 0, 0, 0, seed);
            set(tuple, source, 0, scaled(hash, (int) bounds.leastLow, (int) bounds.mostLow));
        } else {
            choose6(tuple, bounds, source, persistent, seed);
        }
    }

    /** The hash of an address's four words, the most significant one first, in host order. */
    static int hash(final int word0, final int word1, final int word2, final int word3, final int seed) {
        final int start = INITIAL + HASHED_BYTES + seed;
        int a = start + Integer.reverseBytes(word0);
        int b = start + Integer.reverseBytes(word1);
        int c = start + Integer.reverseBytes(word2);
        a = a - c ^ Integer.rotateLeft(c, 4);
        c += b;
        b = b - a ^ Integer.rotateLeft(a, 6);
        a += c;
        c = c - b ^ Integer.rotateLeft(b, 8);
        b += a;
        a = a - c ^ Integer.rotateLeft(c, 16);
        c += b;
        b = b - a ^ Integer.rotateLeft(a, 19);
        a += c;
        c = c - b ^ Integer.rotateLeft(b, 4);
        b += a;
        a += Integer.reverseBytes(word3);
        c = (c ^ b) - Integer.rotateLeft(b, 14);
        a = (a ^ c) - Integer.rotateLeft(c, 11);
        b = (b ^ a) - Integer.rotateLeft(a, 25);
        c = (c ^ b) - Integer.rotateLeft(b, 16);
        a = (a ^ c) - Integer.rotateLeft(c, 4);
        b = (b ^ a) - Integer.rotateLeft(a, 14);
        return (c ^ b) - Integer.rotateLeft(b, 24);
    }

    /** Word by word: within the range while all before is at its end, anything after that. */
    private static void choose6(
            final NatTuple tuple, final NatBounds bounds, final boolean source, final boolean persistent, final int seed) {
        int hash = hash((int) (tuple.sourceHigh >>> 32), (int) tuple.sourceHigh, (int) (tuple.sourceLow >>> 32), (int) tuple.sourceLow, seed);
        boolean within = true;
        long high = 0;
        long low = 0;
        for (int i = 0; i < 4; i++) {
            final int most = word(bounds.mostHigh, bounds.mostLow, i);
            final long chosen = within ? scaled(hash, word(bounds.leastHigh, bounds.leastLow, i), most) : scale(hash, WORD);
            within &= (int) chosen == most;
            high = high << 32 | low >>> 32;
            low = low << 32 | chosen;
            if (!persistent) {
                // Of the destination's half the kernel takes the word that it has just written.
                hash ^= Integer.reverseBytes(source ? word(tuple.destinationHigh, tuple.destinationLow, i) : (int) chosen);
            }
        }
        set(tuple, source, high, low);
    }

    private static long scaled(final int hash, final int least, final int most) {
        return least + scale(hash, most - least + 1 & WORD) & WORD;
    }

    /** A hash as a number below a bound. */
    private static long scale(final int hash, final long bound) {
        return Integer.toUnsignedLong(hash) * bound >>> 32;
    }

    private static int word(final long high, final long low, final int index) {
        return (int) ((index < 2 ? high : low) >>> 32 * (~index & 1));
    }

    private static void set(final NatTuple tuple, final boolean source, final long high, final long low) {
        if (source) {
            tuple.sourceHigh = high;
            tuple.sourceLow = low;
        } else {
            tuple.destinationHigh = high;
            tuple.destinationLow = low;
        }
    }
}
