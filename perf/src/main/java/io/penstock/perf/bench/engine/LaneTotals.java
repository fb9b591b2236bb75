package io.penstock.perf.bench.engine;

import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.LaneCounters;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a lane has counted, as of one instant or between two.
 *
 * @param dropped by {@link DropReason#id}
 * @param held    that wait for a neighbour, or for whoever took them; between two instants how many more did, which may be fewer
 */
public record LaneTotals(long packets, long forwarded, long delivered, long[] dropped, long held, long unaccounted) {

    public static LaneTotals of(final LaneCounters counters) {
        return new LaneTotals(counters.received, counters.forwarded, counters.delivered, counters.dropped.clone(),
                counters.parked - counters.unparked + counters.stolen + counters.queued - counters.returned, counters.unaccounted());
    }

    /** What came since; packets that were lost track of at any time stay so. */
    public LaneTotals minus(final LaneTotals before) {
        final long[] difference = new long[dropped.length];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = dropped[i] - before.dropped[i];
        }
        return new LaneTotals(packets - before.packets, forwarded - before.forwarded, delivered - before.delivered,
                difference, held - before.held, unaccounted);
    }

    /** Whether each packet was forwarded, or is held and will be, or was held before. */
    public boolean isAllForwarded() {
        return forwarded + held == packets;
    }

    /** Why a measurement counts for nothing in which each packet should have been forwarded and was not. */
    public String loss() {
        return "packets were lost, so this measures less than they would cost: packets=" + packets + " forwarded=" + forwarded
                + " dropped " + reasons();
    }

    /** The reasons that there were, for people. */
    public String reasons() {
        final Map<String, Long> reasons = droppedByReason();
        return reasons.isEmpty() ? "none" : reasons.entrySet().stream().map(e -> e.getKey() + '=' + e.getValue()).collect(Collectors.joining(" "));
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
