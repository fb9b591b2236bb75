package io.penstock.dataplane.hot.ipvs;

import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PacketView;
import io.penstock.dataplane.hot.pipeline.PassesServed;
import io.penstock.dataplane.hot.pipeline.PreparedHook;

/**
 * At LOCAL_IN and LOCAL_OUT: clients' packets go to servers. A record, for the JIT compiler takes its components for constants.
 *
 * <p>Threads: the workers of its namespace.
 *
 * @param lanes by {@code Lane.index()}, the namespace's
 */
public record ServeHook(LaneServices[] lanes) implements PreparedHook, PassesServed {

    @Override
    public void prepare(final Lane lane, final Batch batch) {
        lanes[lane.index()].path.prepare(batch);
    }

    @Override
    public int judge(final PacketView view) {
        return ServicePath.isDone(view) ? Verdict.ACCEPT : lanes[view.lane().index()].path.serve(view);
    }
}
