package io.penstock.perf.wire;

import java.util.Locale;

/** One-way latencies in nanoseconds, as a sink has counted them; immutable. Percentiles are exact to 1.6 %, upwards. */
public final class LatencyHistogram {

    private final long[] buckets;
    private final long count;
    private final long max;

    LatencyHistogram(final long[] buckets, final long max) {
        this.buckets = buckets;
        this.max = max;
        long sum = 0;
        for (final long one : buckets) {
            sum += one;
        }
        this.count = sum;
    }

    /** How many frames had a timestamp. */
    public long count() {
        return count;
    }

    /** The largest, exactly. */
    public long max() {
        return max;
    }

    /** What {@code percent} of the frames did not exceed, 0 to 100; 0 when there were none. */
    public long percentile(final double percent) {
        // A hair less, so that what is 999 of 1,000 but for rounding is not taken for 1,000.
        final long wanted = Math.max(1, (long) Math.ceil(count * Math.nextDown(percent) / 100));
        long seen = 0;
        for (int i = 0; i < buckets.length; i++) {
            seen += buckets[i];
            if (seen >= wanted) {
                return Math.min(LatencyBuckets.highest(i), max);
            }
        }
        return max;
    }

    /** Tells what values there were, upwards, and how many of each. */
    public void forEach(final Value to) {
        for (int i = 0; i < buckets.length; i++) {
            if (buckets[i] != 0) {
                to.accept(Math.min(LatencyBuckets.highest(i), max), buckets[i]);
            }
        }
    }

    /** As which of these values a latency was counted. */
    public long told(final long ns) {
        return Math.min(LatencyBuckets.highest(LatencyBuckets.bucket(Math.min(ns, LatencyBuckets.MAX_VALUE))), max);
    }

    /** The median. */
    public long p50() {
        return percentile(50);
    }

    /** What one frame in a hundred exceeds. */
    public long p99() {
        return percentile(99);
    }

    /** What one frame in a thousand exceeds. */
    public long p999() {
        return percentile(99.9);
    }

    /** What one frame in ten thousand exceeds. */
    public long p9999() {
        return percentile(99.99);
    }

    /** One line in microseconds. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "p50=%.1f p99=%.1f p99.9=%.1f p99.99=%.1f max=%.1f us, count=%d",
                p50() / 1e3, p99() / 1e3, p999() / 1e3, p9999() / 1e3, max / 1e3, count);
    }

    /** A value and how many there were. */
    @FunctionalInterface
    public interface Value {

        void accept(long ns, long count);
    }
}
