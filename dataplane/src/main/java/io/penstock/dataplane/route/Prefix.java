package io.penstock.dataplane.route;

import io.penstock.os.netlink.IpAddress;

/**
 * The destinations of routes.
 *
 * @param address the first one
 * @param length how many bits of it count
 */
record Prefix(IpAddress address, int length) {

    /** The prefix of a single host. */
    static Prefix host(final IpAddress address) {
        return new Prefix(address, address.bits());
    }

    /** True if it covers all of another prefix of its family. */
    boolean covers(final Prefix other) {
        return length <= other.length && other.address.isIn(address, length);
    }

    /** The last address that it covers. */
    IpAddress last() {
        final int hostBits = address.bits() - length;
        if (address.family() == IpAddress.V4) {
            return new IpAddress(IpAddress.V4, 0, address.low() | (1L << hostBits) - 1);
        }
        return IpAddress.v6(hostBits <= 64 ? address.high() : address.high() | ones(hostBits - 64),
                hostBits >= 64 ? -1L : address.low() | ones(hostBits));
    }

    // Explicit, because maps of a million prefixes ask for both all the time.

    @Override
    public boolean equals(final Object other) {
        return other instanceof Prefix prefix && length == prefix.length && address.equals(prefix.address);
    }

    @Override
    public int hashCode() {
        return address.hashCode() * 31 + (length << 16);
    }

    @Override
    public String toString() {
        return address + "/" + length;
    }

    private static long ones(final int bits) {
        return bits == 0 ? 0 : -1L >>> 64 - bits;
    }
}
