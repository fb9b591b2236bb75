package io.penstock.dataplane.hot.connections;

import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.PacketView;
import io.penstock.dataplane.hot.pipeline.PipelineHook;

/**
 * Where packets leave, or are this host's: a connection that has begun goes into the table. A record, for the JIT compiler takes its components
 * for constants.
 *
 * <p>Threads: the workers of its namespace.
 *
 * @param lanes by {@code Lane.index()}, the namespace's
 */
public record ConfirmHook(LaneConnections[] lanes) implements PipelineHook {

    @Override
    public int judge(final PacketView view) {
        final DropReason reason = lanes[view.lane().index()].tracker.confirm(view.batch(), view.slot());
        if (reason == PacketTracker.ACCEPT) {
            return Verdict.ACCEPT;
        }
        view.dropReason(reason);
        return Verdict.DROP;
    }
}
