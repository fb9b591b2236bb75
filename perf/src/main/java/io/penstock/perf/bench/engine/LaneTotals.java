package io.penstock.perf.bench.engine;

import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.LaneCounters;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a lane has counted, as of one instant or between two.
 *
 * @param dropped by {@link DropReason#id}
 */
public record LaneTotals(long packets, long forwarded, long delivered, long[] dropped, long unaccounted) {

    public static LaneTotals of(final LaneCounters counters) {
        return new LaneTotals(counters.received, counters.forwarded, counters.delivered, counters.dropped.clone(),
                counters.unaccounted());
    }

    /** What came since; packets that were lost track of at any time stay so. */
    public LaneTotals minus(final LaneTotals before) {
        final long[] difference = new long[dropped.length];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = dropped[i] - before.dropped[i];
        }
        return new LaneTotals(packets - before.packets, forwarded - before.forwarded, delivered - before.delivered,
                difference, unaccounted);
    }

    /** The reasons that there were, by name. */
    public Map<String, Long> droppedByReason() {
        final Map<String, Long> reasons = new TreeMap<>();
        for (int i = 0; i < dropped.length; i++) {
            if (dropped[i] != 0) {
                reasons.put(DropReason.of(i).metric(), dropped[i]);
            }
        }
        return reasons;
    }
}
