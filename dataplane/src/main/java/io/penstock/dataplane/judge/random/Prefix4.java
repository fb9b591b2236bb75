package io.penstock.dataplane.judge.random;

/**
 * An IPv4 prefix.
 *
 * @param address with host bits zero
 * @param length  0 to 32
 */
record Prefix4(int address, int length) {

    Prefix4 {
        address &= mask(length);
    }

    static int mask(final int length) {
        return length == 0 ? 0 : -1 << (Integer.SIZE - length);
    }

    int first() {
        return address;
    }

    int last() {
        return address | ~mask(length);
    }

    int any(final Dice dice) {
        return address | dice.bits() & ~mask(length);
    }

    @Override
    public String toString() {
        return text(address) + '/' + length;
    }

    static String text(final int address) {
        return (address >>> 24) + "." + (address >>> 16 & 0xFF) + '.' + (address >>> 8 & 0xFF) + '.' + (address & 0xFF);
    }

    static int address(final int a, final int b, final int c, final int d) {
        return a << 24 | b << 16 | c << 8 | d;
    }
}
