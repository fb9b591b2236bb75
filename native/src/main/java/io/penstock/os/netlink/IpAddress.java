package io.penstock.os.netlink;

/**
 * An IPv4 or IPv6 address.
 *
 * <p>Invariants:
 * <ol>
 *   <li>An IPv4 address is the low 32 bits of {@code low} (10.0.0.1 is 0x0A000001); all other bits are zero.</li>
 *   <li>An IPv6 address is {@code high} (its first eight bytes, network order) and {@code low}.</li>
 *   <li>The order is: family, then the address as an unsigned number.</li>
 * </ol>
 *
 * @param family {@link #V4} or {@link #V6}
 * @param high   the first eight bytes of an IPv6 address, or 0
 * @param low    the rest
 */
public record IpAddress(int family, long high, long low) implements Comparable<IpAddress> {

    /** AF_INET. */
    public static final int V4 = 2;
    /** AF_INET6. */
    public static final int V6 = 10;

    private static final IpAddress ANY_V4 = new IpAddress(V4, 0, 0);
    private static final IpAddress ANY_V6 = new IpAddress(V6, 0, 0);

    /** Checks the family and that an IPv4 address has no bits beyond its 32. */
    public IpAddress {
        if (family != V4 && family != V6) {
            throw new IllegalArgumentException("family=" + family + " is neither 2 (IPv4) nor 10 (IPv6)");
        }
        if (family == V4 && (high != 0 || low >>> 32 != 0)) {
            throw new IllegalArgumentException("an IPv4 address has 32 bits: high=0x" + Long.toHexString(high)
                    + " low=0x" + Long.toHexString(low));
        }
    }

    /** An IPv4 address from its 32 bits, network order read as a number. */
    public static IpAddress v4(final int address) {
        return address == 0 ? ANY_V4 : new IpAddress(V4, 0, address & 0xFFFF_FFFFL);
    }

    /** An IPv6 address from its two halves. */
    public static IpAddress v6(final long high, final long low) {
        return (high | low) == 0 ? ANY_V6 : new IpAddress(V6, high, low);
    }

    /** The address of a family that is all zeros. */
    public static IpAddress any(final int family) {
        return family == V4 ? ANY_V4 : new IpAddress(family, 0, 0);
    }

    /** Reads either family's text; {@link IllegalArgumentException} says what is wrong with it. */
    public static IpAddress parse(final String text) {
        return IpText.parse(text);
    }

    /** The address in network order: 4 or 16 bytes. */
    public byte[] toBytes() {
        final byte[] bytes = new byte[bits() / 8];
        if (family == V4) {
            Bytes.putIntBE(bytes, 0, (int) low);
        } else {
            Bytes.putLongBE(bytes, 0, high);
            Bytes.putLongBE(bytes, 8, low);
        }
        return bytes;
    }

    /** 32 or 128. */
    public int bits() {
        return family == V4 ? 32 : 128;
    }

    /** The 32 bits of an IPv4 address. */
    public int toInt() {
        if (family != V4) {
            throw new IllegalStateException(this + " is not an IPv4 address");
        }
        return (int) low;
    }

    /** True if all bits are zero. */
    public boolean isAny() {
        return (high | low) == 0;
    }

    /** True for 224.0.0.0/4 and ff00::/8. */
    public boolean isMulticast() {
        return family == V4 ? low >>> 28 == 0xE : high >>> 56 == 0xFF;
    }

    /** True for 169.254.0.0/16 and fe80::/10. */
    public boolean isLinkLocal() {
        return family == V4 ? low >>> 16 == 0xA9FE : high >>> 54 == 0x3FA;
    }

    /** The address with all but its first {@code length} bits cleared. */
    public IpAddress prefix(final int length) {
        if (length < 0 || length > bits()) {
            throw new IllegalArgumentException("prefix length=" + length + " is not in 0 to " + bits());
        }
        if (family == V4) {
            return v4((int) (low & mask(length) >>> 32));
        }
        return v6(high & mask(Math.min(length, 64)), low & mask(Math.max(length - 64, 0)));
    }

    /** True if the address starts with the first {@code length} bits of another; never across families. */
    public boolean isIn(final IpAddress network, final int length) {
        return family == network.family && prefix(length).equals(network.prefix(length));
    }

    @Override
    public int compareTo(final IpAddress other) {
        if (family != other.family) {
            return Integer.compare(family, other.family);
        }
        final int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    // Explicit, because maps of a million routes ask for both all the time, and prefixes differ in few bits.

    @Override
    public boolean equals(final Object other) {
        return other instanceof IpAddress ip && low == ip.low && high == ip.high && family == ip.family;
    }

    @Override
    public int hashCode() {
        final long mixed = (high * 0x9E37_79B9_7F4A_7C15L ^ low + family) * 0xBF58_476D_1CE4_E5B9L;
        return (int) (mixed >>> Integer.SIZE);
    }

    /** Dotted decimal, or the text of RFC 5952. */
    @Override
    public String toString() {
        return IpText.format(this);
    }

    /** A long whose first {@code length} bits are ones. */
    private static long mask(final int length) {
        return length == 0 ? 0 : -1L << (64 - length);
    }
}
