package io.penstock.perf.wire;

/** Histograms of known values, for tests of other packages. */
public final class Histograms {

    private Histograms() {
    }

    /** One that a sink would have after these latencies in nanoseconds. */
    public static LatencyHistogram of(final long... ns) {
        final long[] buckets = new long[LatencyBuckets.COUNT];
        long max = 0;
        for (final long value : ns) {
            buckets[LatencyBuckets.bucket(value)]++;
            max = Math.max(max, value);
        }
        return new LatencyHistogram(buckets, max);
    }
}
