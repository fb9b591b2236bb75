package io.penstock.rules.hot.set;

/** Masks of prefix lengths. */
final class Prefix {

    /** Bits of an IPv4 address. */
    static final int HOST4 = 32;
    /** Bits of an IPv6 address. */
    static final int HOST6 = 128;
    /** An IPv4 address in a word. */
    static final long LOW32 = 0xFFFF_FFFFL;

    private Prefix() {
    }

    /** Of an IPv4 address, 0 to 32. */
    static long mask4(final int length) {
        return LOW32 << HOST4 - length & LOW32;
    }

    /** Of an IPv6 address's first half, 0 to 128. */
    static long high6(final int length) {
        return length == 0 ? 0 : length >= Long.SIZE ? -1 : -1L << Long.SIZE - length;
    }

    /** Of an IPv6 address's second half, 0 to 128. */
    static long low6(final int length) {
        return length <= Long.SIZE ? 0 : -1L << HOST6 - length;
    }
}
