package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.HookState;
import io.penstock.dataplane.api.Packet;

/**
 * A hook function of the pipeline's own. It knows its list from where it was registered, steals no packet, and takes the lane's view itself, so that a
 * program calls it without what any other function is given.
 *
 * <p>Threads: workers.
 */
public interface PipelineHook extends HookFunction {

    /** Judges the packet that a view stands at: a verdict of {@link io.penstock.dataplane.api.Verdict}. */
    int judge(PacketView view);

    @Override
    default int hook(final Packet packet, final HookState state) {
        return judge((PacketView) packet);
    }
}
