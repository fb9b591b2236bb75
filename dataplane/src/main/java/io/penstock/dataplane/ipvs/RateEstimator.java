package io.penstock.dataplane.ipvs;

import io.penstock.dataplane.ipvs.model.Traffic;

/**
 * How much passes per second, of late: a moving average to which each two seconds contribute a quarter.
 *
 * <p>Rates are kept as integers with 10 binary places (connections, packets) or 5 (bytes); what comes out is rounded to the nearest, a half down. The
 * first samples rise slowly, and a rate that has ended falls to a tenth in 16 seconds: as {@code ipvsadm --rate} prints it.
 *
 * <p>Threads: control, one at a time. Source: ip_vs_est.c, {@code estimation_timer}, {@code ip_vs_read_estimator}, {@code ip_vs_zero_estimator}.
 */
public final class RateEstimator {

    /** Unit: s. From one sample to the next; another interval scales all rates. */
    public static final int INTERVAL_SECONDS = 2;

    /** A sample counts for a quarter. */
    private static final int WEIGHT_SHIFT = 2;
    private static final int COUNT_PLACES = 10;
    private static final int BYTE_PLACES = 5;
    /** A sample is of two seconds. */
    private static final int INTERVAL_SHIFT = 1;

    private Traffic last = Traffic.NONE;
    private long connections;
    private long packetsIn;
    private long packetsOut;
    private long bytesIn;
    private long bytesOut;

    /** Nothing has passed yet. */
    public RateEstimator() {
    }

    /** Tells what has passed in all; each {@link #INTERVAL_SECONDS}. */
    public void sample(final Traffic total) {
        final Traffic recent = total.minus(last);
        last = total;
        connections = next(connections, recent.connections(), COUNT_PLACES);
        packetsIn = next(packetsIn, recent.packetsIn(), COUNT_PLACES);
        packetsOut = next(packetsOut, recent.packetsOut(), COUNT_PLACES);
        bytesIn = next(bytesIn, recent.bytesIn(), BYTE_PLACES);
        bytesOut = next(bytesOut, recent.bytesOut(), BYTE_PLACES);
    }

    /** Begins anew: nothing passes per second, and what has passed up to now does not count. */
    public void zero(final Traffic total) {
        last = total;
        connections = 0;
        packetsIn = 0;
        packetsOut = 0;
        bytesIn = 0;
        bytesOut = 0;
    }

    /** What passes per second. */
    public Traffic rates() {
        return new Traffic(
                rounded(connections, COUNT_PLACES),
                rounded(packetsIn, COUNT_PLACES),
                rounded(packetsOut, COUNT_PLACES),
                rounded(bytesIn, BYTE_PLACES),
                rounded(bytesOut, BYTE_PLACES));
    }

    private static long next(final long average, final long recent, final int places) {
        return average + ((recent << places - INTERVAL_SHIFT) - average >> WEIGHT_SHIFT);
    }

    private static long rounded(final long average, final int places) {
        return average + (1L << places - 1) - 1 >> places;
    }
}
