package io.penstock.perf.bench;

/**
 * The numbers that a comparison looks at.
 *
 * <p>Floors are shares of the old value (or, where marked, absolute): what the same build differs by from one process to the
 * next. Lower would call noise a change; higher would let a change pass.
 */
enum Metric {
    /** By the clock: what other processes took is in it. */
    MPPS("mpps", true, 0.04, false),
    /** By the worker's CPU time; where there is this, it judges, and {@link #MPPS} only tells. */
    MPPS_CPU("mpps_cpu", true, 0.04, false),
    /** What is measured to judge by; no achievement. */
    PEER_MPPS("peer_mpps", true, 0.10, false),
    RATIO("ratio", true, 0.10, false),
    LOOKUP("lookup_ns", false, 0.05, false),
    LOOKUP_SINGLE("single_ns", false, 0.05, false),
    /** What rules take of a packet's time: a difference of two measurements. */
    RULES("rules_ns", false, 0.10, false),
    LATENCY_P50("latency_us.p50", false, 0.15, false),
    LATENCY_P99("latency_us.p99", false, 0.30, false),
    LATENCY_P99_9("latency_us.p99_9", false, 0.50, false),
    /** A packet in a thousand more that is lost is worth a look, however few there were. */
    LOST("lost", false, 0.001, true),
    UNACCOUNTED("unaccounted", false, 0, true),
    /** What the tests hold too: a byte for 1,000 packets. */
    ALLOCATED("allocated_bytes_per_packet", false, 0.001, true),
    COLLECTIONS("gc_count", false, 0, true);

    private final String key;
    private final boolean higherIsBetter;
    private final double floor;
    private final boolean absolute;

    Metric(final String key, final boolean higherIsBetter, final double floor, final boolean absolute) {
        this.key = key;
        this.higherIsBetter = higherIsBetter;
        this.floor = floor;
        this.absolute = absolute;
    }

    /** Its name in reports. */
    String key() {
        return key;
    }

    boolean higherIsBetter() {
        return higherIsBetter;
    }

    /** The least that counts as a change. */
    double floor(final double old) {
        return absolute ? floor : Math.abs(old) * floor;
    }

    /** Whether its differences are told as they are, not as a share. */
    boolean absolute() {
        return absolute;
    }

    /** Its value, or null. */
    Samples of(final Report report) {
        if (this == LOST) {
            final Double packets = report.number("packets");
            final Double forwarded = report.number("forwarded");
            return packets == null || forwarded == null || packets == 0 ? null : Samples.of(1 - forwarded / packets);
        }
        return report.samples(key);
    }
}
