package io.penstock.dataplane.hot.rules;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PacketView;
import io.penstock.dataplane.hot.pipeline.PreparedHook;

/**
 * A table at one hook, as a hook function. A record, for the JIT compiler takes its components for constants.
 *
 * <p>Threads: the workers of its namespace.
 *
 * @param lanes    by {@code Lane.index()}, the namespace's
 * @param table    the table's number in {@link LaneRules}
 * @param hook     {@code RuleHook.ordinal()}
 * @param version  4 or 6
 * @param knowsOut whether the device that a packet leaves by is known there
 */
public record TableHook(LaneRules[] lanes, int table, int hook, int version, boolean knowsOut) implements PreparedHook {

    @Override
    public void prepare(final Lane lane, final Batch batch) {
        lanes[lane.index()].searchAhead(batch, table, hook, version);
    }

    @Override
    public int judge(final PacketView view) {
        return lanes[view.lane().index()].judge(view, table, hook, version, knowsOut);
    }
}
