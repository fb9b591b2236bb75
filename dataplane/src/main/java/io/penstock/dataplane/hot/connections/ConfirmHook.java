package io.penstock.dataplane.hot.connections;

import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.HookState;
import io.penstock.dataplane.api.Packet;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.PacketView;

/**
 * Where packets leave, or are this host's: a connection that has begun goes into the table.
 *
 * <p>Threads: the workers of its namespace.
 */
public final class ConfirmHook implements HookFunction {

    private final LaneConnections[] lanes;

    /**
     * A function.
     *
     * @param lanes by {@code Lane.index()}, the namespace's
     */
    public ConfirmHook(final LaneConnections[] lanes) {
        this.lanes = lanes;
    }

    @Override
    public int hook(final Packet packet, final HookState state) {
        final PacketView view = (PacketView) packet;
        final DropReason reason = lanes[view.lane().index()].tracker.confirm(view.batch(), view.slot());
        if (reason == PacketTracker.ACCEPT) {
            return Verdict.ACCEPT;
        }
        view.dropReason(reason);
        return Verdict.DROP;
    }
}
