package io.penstock.dataplane.hot.rules;

import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.HookState;
import io.penstock.dataplane.api.Packet;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.connections.LaneConnections;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.PacketView;
import io.penstock.rules.api.RuleHook;

/**
 * Address translation at one hook: the first packet of a connection asks table nat, and every packet is rewritten as its connection says.
 *
 * <p>Threads: the workers of its namespace.
 */
public final class NatHook implements HookFunction {

    private final LaneRules[] rules;
    private final LaneConnections[] connections;
    private final int table;
    private final RuleHook hook;
    private final int version;
    private final boolean source;

    /**
     * A function.
     *
     * @param rules       by {@code Lane.index()}, the namespace's
     * @param connections the same
     * @param table       table nat's number in {@link LaneRules}
     * @param version     4 or 6
     */
    public NatHook(
            final LaneRules[] rules, final LaneConnections[] connections, final int table, final RuleHook hook, final int version) {
        this.rules = rules;
        this.connections = connections;
        this.table = table;
        this.hook = hook;
        this.version = version;
        this.source = hook == RuleHook.POSTROUTING || hook == RuleHook.INPUT;
    }

    @Override
    public int hook(final Packet packet, final HookState state) {
        final PacketView view = (PacketView) packet;
        final int index = view.lane().index();
        final LaneConnections lane = connections[index];
        if (!LaneConnections.hasConnection(view)) {
            return Verdict.ACCEPT;
        }
        if (lane.isOpen(view, source)) {
            final int verdict = rules[index].judge(view, table, hook.ordinal(), version, hook == RuleHook.OUTPUT || hook == RuleHook.POSTROUTING);
            if (verdict != Verdict.ACCEPT) {
                return verdict;
            }
        }
        final DropReason reason = lane.translate(view, source, hook == RuleHook.OUTPUT, hook == RuleHook.POSTROUTING);
        if (reason == null) {
            return Verdict.ACCEPT;
        }
        view.dropReason(reason);
        return Verdict.DROP;
    }
}
