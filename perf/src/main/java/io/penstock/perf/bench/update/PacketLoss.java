package io.penstock.perf.bench.update;

import io.penstock.perf.bench.engine.LaneTotals;

/**
 * Packets that did not end as they should have, by how.
 *
 * <p>Threads: any; it does not change.
 *
 * @param ring    that the ring had no place for, once the worker was warm
 * @param missing that the worker received and that were neither forwarded nor dropped by a rule, or more often than once
 * @param wrong   that rules dropped and should not have
 */
record PacketLoss(long ring, long missing, long wrong) {

    private static final String RULE_DROP = "rule_drop";

    /**
     * Of what was offered.
     *
     * @param totals what the worker has counted of it
     * @param warmUp of what the ring had no place for, what came before the worker was warm
     */
    static PacketLoss of(final long offered, final long ring, final long warmUp, final long wrong, final LaneTotals totals) {
        final long ended = totals.forwarded() + ruleDrops(totals);
        return new PacketLoss(ring - warmUp, Math.max(Math.abs(offered - ring - ended), Math.abs(totals.unaccounted())), wrong);
    }

    /** Packets that a rule has dropped. */
    static long ruleDrops(final LaneTotals totals) {
        return totals.droppedByReason().getOrDefault(RULE_DROP, 0L);
    }

    /** In any way. */
    long all() {
        return ring + missing + wrong;
    }
}
