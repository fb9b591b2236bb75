package io.penstock.rules.compile;

/**
 * Ports from one to another.
 *
 * @param first the first
 * @param last  the last
 */
record PortRange(int first, int last) {

    /** All ports. */
    static final PortRange ALL = new PortRange(0, 0xFFFF);

    private static final int BITS = 0xFFFF;

    /** Whether it is all ports. */
    boolean isAll() {
        return equals(ALL);
    }

    /** The leading bits that all its ports have in common. */
    int commonMask() {
        final int different = first ^ last;
        return different == 0 ? BITS : BITS & -(Integer.highestOneBit(different) << 1);
    }
}
