package io.penstock.perf.fib;

/**
 * How long the prefixes of the Internet's tables are, in shares of a thousand, rounded: most IPv4 routes are /24, then /22 and
 * /23, few are shorter than /16; most IPv6 routes are /48, then what registries give out (/32, /29) and halves of it.
 *
 * <p>Source: the "prefix length distribution" of the reports at bgp.potaroo.net, 2024.
 */
enum PrefixMix {
    IPV4(new int[][] {
        {24, 605}, {22, 110}, {23, 105}, {21, 54}, {20, 45}, {19, 28}, {18, 15}, {17, 10}, {16, 16}, {15, 4}, {14, 4}, {13, 2},
        {12, 1}, {11, 1}}),
    IPV6(new int[][] {
        {48, 470}, {44, 110}, {40, 110}, {32, 110}, {36, 45}, {46, 40}, {29, 30}, {47, 20}, {45, 15}, {42, 15}, {38, 10}, {33, 10},
        {34, 5}, {35, 5}, {64, 5}});

    private static final int WHOLE = 1000;

    private final byte[] lengths = new byte[WHOLE];

    PrefixMix(final int[]... shares) {
        int filled = 0;
        for (final int[] share : shares) {
            for (int i = 0; i < share[1]; i++) {
                lengths[filled++] = (byte) share[0];
            }
        }
        if (filled != WHOLE) {
            throw new IllegalStateException("shares do not add up: sum=" + filled + " expected=" + WHOLE);
        }
    }

    /** A prefix length; {@code random} is 0 to 999. */
    int length(final int random) {
        return lengths[random];
    }

    /** What {@link #length} takes less than. */
    static int whole() {
        return WHOLE;
    }
}
