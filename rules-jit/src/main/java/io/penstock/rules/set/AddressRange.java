package io.penstock.rules.set;

/** Ranges of IPv4 addresses, unsigned in a long. */
final class AddressRange {

    private static final int BITS = 32;
    private static final long ALL = 0xFFFF_FFFFL;

    private AddressRange() {
    }

    /** The network's first address. */
    static long first(final long address, final int length) {
        return address & (ALL << BITS - length & ALL);
    }

    /** The network's last address. */
    static long last(final long address, final int length) {
        return address | ALL >>> length;
    }

    /** The length of the largest network, one at least, that begins with an address and ends no later than another ({@code ip_set_range_to_cidr}). */
    static int lengthFrom(final long from, final long to) {
        for (int length = 1; length < BITS; length++) {
            if (first(from, length) == from && last(from, length) <= to) {
                return length;
            }
        }
        return BITS;
    }
}
