package io.penstock.perf.wire;

/**
 * The sink's per-processor value: the histogram's buckets, eight bytes each, and its counters behind them.
 *
 * <pre>
 *  0                16384    16392   16400     16408   16416    16424          16432     16440     16448
 * +----------------+--------+-------+---------+-------+--------+--------------+---------+---------+--------------------+
 * | 2048 buckets   | frames | bytes | max, ns | late  | passed | bytes passed | altered | kinds   | frames, by 8 sizes |
 * +----------------+--------+-------+---------+-------+--------+--------------+---------+---------+--------------------+
 * </pre>
 *
 * <p>Kinds are the bits of {@link Alteration}s. A per-processor value has at most 32 KB.
 */
final class SinkLayout {

    static final int BUCKETS = 0;
    static final int FRAMES = BUCKETS + LatencyBuckets.COUNT * Long.BYTES;
    static final int BYTES_RECEIVED = FRAMES + Long.BYTES;
    static final int MAX_NS = BYTES_RECEIVED + Long.BYTES;
    static final int LATE = MAX_NS + Long.BYTES;
    static final int PASSED = LATE + Long.BYTES;
    static final int BYTES_PASSED = PASSED + Long.BYTES;
    static final int ALTERED = BYTES_PASSED + Long.BYTES;
    static final int KINDS = ALTERED + Long.BYTES;
    static final int SIZES = KINDS + Long.BYTES;
    static final int BYTES = SIZES + SizeMix.MAX_SIZES * Long.BYTES;

    private SinkLayout() {
    }
}
