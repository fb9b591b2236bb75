package io.penstock.dataplane.judge.random;

import io.penstock.os.netlink.IpAddress;

/**
 * An IPv6 prefix.
 *
 * @param address with host bits zero
 * @param length  0 to 128
 */
record Prefix6(IpAddress address, int length) {

    Prefix6 {
        address = address.prefix(length);
    }

    static Prefix6 of(final String text, final int length) {
        return new Prefix6(IpAddress.parse(text), length);
    }

    IpAddress first() {
        return address;
    }

    IpAddress last() {
        return IpAddress.v6(address.high() | ~highMask(), address.low() | ~lowMask());
    }

    IpAddress any(final Dice dice) {
        return IpAddress.v6(address.high() | dice.longBits() & ~highMask(), address.low() | dice.longBits() & ~lowMask());
    }

    /** A host near the beginning, where set-ups have theirs. */
    IpAddress host(final Dice dice) {
        return length > 120 ? any(dice) : IpAddress.v6(address.high(), address.low() | dice.below(1 << 6));
    }

    /** The address behind the last, or before the first. */
    IpAddress beside(final boolean after) {
        return after ? step(last(), 1) : step(address, -1);
    }

    private static IpAddress step(final IpAddress from, final int by) {
        final long low = from.low() + by;
        final boolean carries = by > 0 ? low == 0 : low == -1;
        return IpAddress.v6(from.high() + (carries ? by : 0), low);
    }

    private long highMask() {
        return length == 0 ? 0 : length >= Long.SIZE ? -1 : -1L << Long.SIZE - length;
    }

    private long lowMask() {
        return length <= Long.SIZE ? 0 : length == 128 ? -1 : -1L << 128 - length;
    }

    @Override
    public String toString() {
        return address + "/" + length;
    }
}
