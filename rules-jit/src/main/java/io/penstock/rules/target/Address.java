package io.penstock.rules.target;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.text.AddressText;

/**
 * An address. IPv4's lies in the low 32 bits of {@code low}.
 *
 * @param family of which family
 * @param high   the first 64 bits
 * @param low    the rest
 */
record Address(IpFamily family, long high, long low) {

    /** The address in those bytes, in network order. */
    static Address of(final byte[] bytes) {
        long high = 0;
        long low = 0;
        for (final byte octet : bytes) {
            high = high << 8 | low >>> 56;
            low = low << 8 | octet & 0xFF;
        }
        return new Address(bytes.length == IpFamily.IPV4.addressBytes() ? IpFamily.IPV4 : IpFamily.IPV6, high, low);
    }

    /** No address: all zero. */
    static Address zero(final IpFamily family) {
        return new Address(family, 0, 0);
    }

    /** The address that a text stands for by C's {@code inet_pton}, or null. */
    static Address parse(final IpFamily family, final String text) {
        final byte[] bytes = family == IpFamily.IPV4 ? AddressText.strictIpv4(text) : AddressText.ipv6(text);
        return bytes == null ? null : of(bytes);
    }

    boolean isZero() {
        return high == 0 && low == 0;
    }

    Address and(final Address mask) {
        return new Address(family, high & mask.high, low & mask.low);
    }

    /** Its prefix length as a mask, -1 if it is none. */
    int prefixLength() {
        return AddressText.prefix(bytes());
    }

    /** In network order. */
    byte[] bytes() {
        final byte[] bytes = new byte[family.addressBytes()];
        for (int i = 0; i < bytes.length; i++) {
            final int fromEnd = bytes.length - 1 - i;
            bytes[i] = (byte) ((fromEnd < Long.BYTES ? low : high) >>> (fromEnd % Long.BYTES << 3));
        }
        return bytes;
    }

    @Override
    public String toString() {
        return AddressText.print(bytes());
    }
}
