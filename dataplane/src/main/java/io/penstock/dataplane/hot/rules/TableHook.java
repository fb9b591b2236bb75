package io.penstock.dataplane.hot.rules;

import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.HookState;
import io.penstock.dataplane.api.Packet;
import io.penstock.dataplane.hot.pipeline.PacketView;

/**
 * A table at one hook, as a hook function.
 *
 * <p>Threads: the workers of its namespace.
 */
public final class TableHook implements HookFunction {

    private final LaneRules[] lanes;
    private final int table;
    private final int hook;
    private final int version;
    private final boolean knowsOut;

    /**
     * A function.
     *
     * @param lanes    by {@code Lane.index()}, the namespace's
     * @param table    the table's number in {@link LaneRules}
     * @param hook     {@code RuleHook.ordinal()}
     * @param version  4 or 6
     * @param knowsOut whether the device that a packet leaves by is known there
     */
    public TableHook(final LaneRules[] lanes, final int table, final int hook, final int version, final boolean knowsOut) {
        this.lanes = lanes;
        this.table = table;
        this.hook = hook;
        this.version = version;
        this.knowsOut = knowsOut;
    }

    @Override
    public int hook(final Packet packet, final HookState state) {
        final PacketView view = (PacketView) packet;
        return lanes[view.lane().index()].judge(view, table, hook, version, knowsOut);
    }
}
