package io.penstock.dataplane.hot.connections;

import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.HookVerdicts;
import io.penstock.dataplane.hot.pipeline.PacketView;
import io.penstock.dataplane.hot.pipeline.PassesServed;
import io.penstock.dataplane.hot.pipeline.PipelineHook;

/**
 * Where packets come in, or this host sends them: fragments wait until their packet is whole, which goes on in the place of the last one. A record, for
 * the JIT compiler takes its components for constants.
 *
 * <p>Threads: the workers of its namespace.
 *
 * @param lanes    by {@code Lane.index()}, the namespace's
 * @param received true where packets come in, false where this host sends them
 */
public record GatherHook(LaneConnections[] lanes, boolean received) implements PipelineHook, PassesServed {

    @Override
    public int judge(final PacketView view) {
        if (!LaneFragments.mayBeFragment(view.batch(), view.slot())) {
            return Verdict.ACCEPT;
        }
        return gatherSlow(view);
    }

    private int gatherSlow(final PacketView view) {
        final LaneFragments fragments = lanes[view.lane().index()].fragments;
        return switch (fragments.gather(view.batch(), view.slot(), received)) {
            case LaneFragments.ACCEPT -> Verdict.ACCEPT;
            case LaneFragments.DROP -> {
                view.dropReason(fragments.reason());
                yield Verdict.DROP;
            }
            default -> HookVerdicts.TAKEN;
        };
    }
}
