package io.penstock.dataplane.fib;

import java.util.HashMap;
import java.util.Map;

/** Longest-prefix match as its definition says: one map a length, the longest first. IPv4 lies in the last 32 bits. */
final class PrefixReference {

    private final int bits;
    private final Map<Prefix, Integer> prefixes = new HashMap<>();

    PrefixReference(final int bits) {
        this.bits = bits;
    }

    boolean put(final long high, final long low, final int length, final int adjacency) {
        return prefixes.put(prefix(high, low, length), adjacency) == null;
    }

    boolean remove(final long high, final long low, final int length) {
        return prefixes.remove(prefix(high, low, length)) != null;
    }

    int lookup(final long high, final long low) {
        for (int length = bits; length >= 0; length--) {
            final Integer adjacency = prefixes.get(prefix(high, low, length));
            if (adjacency != null) {
                return adjacency;
            }
        }
        return 0;
    }

    Map<Prefix, Integer> prefixes() {
        return prefixes;
    }

    private Prefix prefix(final long high, final long low, final int length) {
        final int hostBits = bits - length;
        return new Prefix(hostBits >= 128 ? 0 : hostBits > 64 ? high & -1L << hostBits - 64 : high,
                hostBits >= 64 ? 0 : low & -1L << hostBits, length);
    }

    record Prefix(long high, long low, int length) {
    }
}
