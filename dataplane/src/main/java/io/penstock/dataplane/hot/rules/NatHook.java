package io.penstock.dataplane.hot.rules;

import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.connections.LaneConnections;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.PacketView;
import io.penstock.dataplane.hot.pipeline.PipelineHook;
import io.penstock.rules.api.RuleHook;

/**
 * Address translation at one hook: the first packet of a connection asks table nat, and every packet is rewritten as its connection says. A record, for the
 * JIT compiler takes its components for constants.
 *
 * <p>Threads: the workers of its namespace.
 *
 * @param rules       by {@code Lane.index()}, the namespace's
 * @param connections the same
 * @param table       table nat's number in {@link LaneRules}
 * @param hook        where
 * @param version     4 or 6
 */
public record NatHook(LaneRules[] rules, LaneConnections[] connections, int table, RuleHook hook, int version) implements PipelineHook {

    @Override
    public int judge(final PacketView view) {
        final int index = view.lane().index();
        final LaneConnections lane = connections[index];
        if (!LaneConnections.hasConnection(view)) {
            return Verdict.ACCEPT;
        }
        final boolean source = hook == RuleHook.POSTROUTING || hook == RuleHook.INPUT;
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
