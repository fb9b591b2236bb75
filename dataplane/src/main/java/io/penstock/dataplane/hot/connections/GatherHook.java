package io.penstock.dataplane.hot.connections;

import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.HookState;
import io.penstock.dataplane.api.Packet;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.HookVerdicts;
import io.penstock.dataplane.hot.pipeline.PacketView;

/**
 * Where packets come in, or this host sends them: fragments wait until their packet is whole, which goes on in the place of the last one.
 *
 * <p>Threads: the workers of its namespace.
 */
public final class GatherHook implements HookFunction {

    private final LaneConnections[] lanes;
    private final boolean received;

    /**
     * A function.
     *
     * @param lanes    by {@code Lane.index()}, the namespace's
     * @param received true where packets come in, false where this host sends them
     */
    public GatherHook(final LaneConnections[] lanes, final boolean received) {
        this.lanes = lanes;
        this.received = received;
    }

    @Override
    public int hook(final Packet packet, final HookState state) {
        final PacketView view = (PacketView) packet;
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
