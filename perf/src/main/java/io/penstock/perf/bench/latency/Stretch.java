package io.penstock.perf.bench.latency;

import java.util.List;

/**
 * Slow packets whose times under way overlap: what held up the first holds up the others.
 *
 * @param fromNs  when the first was due
 * @param peakNs  when the slowest was done
 * @param toNs    when the last was done
 * @param worstNs how long the slowest took
 * @param packets slower than the threshold
 * @param entries of the log, for {@link SlowLog#latencies}
 */
record Stretch(long fromNs, long peakNs, long toNs, long worstNs, long packets, List<Integer> entries) {
}
