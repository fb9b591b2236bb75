package io.penstock.perf.bench.compare;

import io.penstock.perf.bench.measure.Samples;

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
    /** What asking a set takes of it: the same. */
    MATCH("match_ns", false, 0.10, false),
    ADDS("adds_per_second", true, 0.10, false),
    RESTORE("restore_ms", false, 0.10, false),
    /** The same in every run but for where tables happen to grow. */
    ENTRY_BYTES("entry_bytes", false, 0.01, false),
    LATENCY_P50("latency_us.p50", false, 0.5, false),
    /** How often, and how long, others had the CPU: over veth, on a shared machine, three times as long as the time before. */
    LATENCY_P99("latency_us.p99", false, 2, false),
    LATENCY_P99_9("latency_us.p99_9", false, 2, false),
    LATENCY_P99_99("latency_us.p99_99", false, 2, false),
    /** One packet's: to be seen, not to judge by. */
    LATENCY_MAX("latency_us.max", false, 1, false),
    /** RFC 9693. */
    CONNECTIONS("connections_per_second", true, 0.08, false),
    TEARDOWNS("teardowns_per_second", true, 0.08, false),
    CAPACITY("capacity", true, 0.01, false),
    /** RFC 9411: a connection's transactions, so that they are as far off as connections are. */
    TRANSACTIONS("transactions_per_second", true, 0.08, false),
    /** As {@link #CAPACITY}: counted, not timed. */
    CONCURRENT("concurrent", true, 0.01, false),
    /** As {@link #LATENCY_P50}: half of the connections wait for nobody but the device. */
    CONNECT_P50("latency.connect_us.p50", false, 0.5, false),
    FIRST_BYTE_P50("latency.first_byte_us.p50", false, 0.5, false),
    LAST_BYTE_P50("latency.last_byte_us.p50", false, 0.5, false),
    /** As {@link #LATENCY_P99}: how long others had the CPU. */
    CONNECT_P99("latency.connect_us.p99", false, 2, false),
    FIRST_BYTE_P99("latency.first_byte_us.p99", false, 2, false),
    LAST_BYTE_P99("latency.last_byte_us.p99", false, 2, false),
    FILLING("per_second", true, 0.15, false),
    /** RFC 2544. */
    LOSS("loss", false, 0.01, true),
    BURST_FRAMES("frames", true, 0.25, false),
    /** Of a profile: sampled, so that a stage's share is some per cent of a packet's time off. Unit: ns. */
    STAGE("stage_ns", false, 4, true),
    /** JMH: forks differ by where code and data happen to lie. */
    OPERATION("operation", false, 0.06, false),
    OPERATIONS("operations", true, 0.06, false),
    /** JMH's own bytes are some hundredths; an object has sixteen. */
    OPERATION_BYTES("operation_bytes", false, 0.1, true),
    /** A packet in a thousand more that is lost is worth a look, however few there were. */
    LOST("lost", false, 0.001, true),
    UNACCOUNTED("unaccounted", false, 0, true),
    /** While rules change: none may be, as of {@link #UNACCOUNTED}. */
    LOST_PACKETS("lost_packets", false, 0, true),
    /** One batch's, as {@link #LATENCY_MAX}; but of CPU time, in which nobody else's is, so that twice as much is judged. */
    SLOWEST_BATCH("slowest_batch_us", false, 1, false),
    /** Of CPU time, too, of a twentieth of the batches: what others displaced from the caches is in it. */
    LATER_BATCH("later_batch_us.p95", false, 0.4, false),
    /** That against the same at rest, in one process. */
    STEP("step", false, 0.25, false),
    /** One command's, by the clock, in a JVM that has not run that code before: compilers take turns with it. */
    FIRST_IN_FORCE("first_ms.in_force", false, 0.5, false),
    /** The median of some commands, by the clock, while the worker has the other CPU: more than {@link #RESTORE}, which has the machine. */
    LATER_IN_FORCE("later_ms.in_force", false, 0.25, false),
    /** What the tests hold too: a byte for 1,000 packets. */
    ALLOCATED("allocated_bytes_per_packet", false, 0.001, true),
    /** Others' garbage makes one or none. */
    COLLECTIONS("gc_count", false, 1, true);

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

    /** Whether it is how fast something goes, or how long it takes on average, which is another in each process. */
    boolean isSpeed() {
        return switch (this) {
            case MPPS, MPPS_CPU, PEER_MPPS, RATIO, LOOKUP, LOOKUP_SINGLE, RULES, MATCH, ADDS, RESTORE, CONNECTIONS, TEARDOWNS, FILLING, TRANSACTIONS,
                    OPERATION, OPERATIONS -> true;
            default -> false;
        };
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
            final Double offered = report.number("offered");
            final Double lost = report.number("lost");
            return packets != null && forwarded != null && packets != 0 ? Samples.of(1 - forwarded / packets)
                    : offered != null && lost != null && offered != 0 ? Samples.of(lost / offered) : null;
        }
        return report.samples(key);
    }
}
