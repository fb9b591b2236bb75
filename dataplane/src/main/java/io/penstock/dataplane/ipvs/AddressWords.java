package io.penstock.dataplane.ipvs;

import io.penstock.os.netlink.IpAddress;

/** Addresses as workers have them: two longs, of IPv4 the lower one alone. */
final class AddressWords {

    private AddressWords() {
    }

    /** The upper half; of IPv4 0. */
    static long high(final IpAddress address) {
        return address.family() == IpAddress.V4 ? 0 : address.high();
    }

    /** The lower half; of IPv4 all, unsigned. */
    static long low(final IpAddress address) {
        return address.family() == IpAddress.V4 ? address.toInt() & 0xFFFF_FFFFL : address.low();
    }

    /** 4 or 6. */
    static int version(final IpAddress address) {
        return address.family() == IpAddress.V4 ? 4 : 6;
    }
}
