package io.penstock.dataplane.hot.ipvs;

/**
 * Addresses of this host that connections to servers may come from, where both of a connection's addresses are translated.
 *
 * @param high upper halves; of IPv4 0
 * @param low  lower halves; of IPv4 all
 */
public record LocalAddresses(long[] high, long[] low) {

    /** None. */
    public static final LocalAddresses NONE = new LocalAddresses(new long[0], new long[0]);

    int count() {
        return low.length;
    }

    long high(final int index) {
        return high[index];
    }

    long low(final int index) {
        return low[index];
    }
}
