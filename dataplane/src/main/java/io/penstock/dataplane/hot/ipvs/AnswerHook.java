package io.penstock.dataplane.hot.ipvs;

import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.PacketView;
import io.penstock.dataplane.hot.pipeline.PassesServed;
import io.penstock.dataplane.hot.pipeline.PipelineHook;

/**
 * At LOCAL_IN, FORWARD and LOCAL_OUT: servers' packets become services' answers. A record, for the JIT compiler takes its components for constants.
 *
 * <p>Threads: the workers of its namespace.
 *
 * @param lanes by {@code Lane.index()}, the namespace's
 */
public record AnswerHook(LaneServices[] lanes) implements PipelineHook, PassesServed {

    @Override
    public int judge(final PacketView view) {
        return ServicePath.isDone(view) ? Verdict.ACCEPT : lanes[view.lane().index()].path.answer(view);
    }
}
