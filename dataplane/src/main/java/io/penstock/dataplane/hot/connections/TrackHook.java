package io.penstock.dataplane.hot.connections;

import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PacketView;
import io.penstock.dataplane.hot.pipeline.PreparedHook;

/**
 * Where packets come in, or this host sends them: each finds or begins its connection. A record, for the JIT compiler takes its components for
 * constants.
 *
 * <p>Threads: the workers of its namespace.
 *
 * @param lanes    by {@code Lane.index()}, the namespace's
 * @param received true where packets come in, false where this host sends them
 */
public record TrackHook(LaneConnections[] lanes, boolean received) implements PreparedHook {

    @Override
    public void prepare(final Lane lane, final Batch batch) {
        if (received) {
            lanes[lane.index()].tracker.prepare(batch);
        }
    }

    @Override
    public int judge(final PacketView view) {
        final DropReason reason = lanes[view.lane().index()].tracker.track(view.batch(), view.slot(), received);
        if (reason == PacketTracker.ACCEPT) {
            return Verdict.ACCEPT;
        }
        view.dropReason(reason);
        return Verdict.DROP;
    }
}
