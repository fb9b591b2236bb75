package io.penstock.perf.wire;

/**
 * The log-linear buckets that the sink's program and its reader agree on: 64 per power of two, so a value is known to 1.6 %.
 *
 * <pre>
 * value        0 1 2 ... 127 | 128 130 ... 254 | 256 260 ... 508 | ...  up to 2^37 - 1 ns (137 s)
 * bucket       0 1 2 ... 127 | 128 129 ... 191 | 192 193 ... 255 | ...  2047
 * </pre>
 *
 * <p>With {@code s} the shift that brings a value below 128, its bucket is {@code 64 s + (value >> s)}.
 */
final class LatencyBuckets {

    static final int SUB_BITS = 6;
    static final int COUNT = 2048;
    /** Larger values are counted as this one. */
    static final long MAX_VALUE = (1L << 37) - 1;

    private LatencyBuckets() {
    }

    static int bucket(final long value) {
        final int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(value) - SUB_BITS - 1);
        return (shift << SUB_BITS) + (int) (value >>> shift);
    }

    /** The largest value of a bucket. */
    static long highest(final int bucket) {
        final int shift = Math.max(0, (bucket >> SUB_BITS) - 1);
        return ((bucket - ((long) shift << SUB_BITS) + 1) << shift) - 1;
    }
}
