package io.penstock.dataplane.hot.ipvs;

import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.PacketView;
import io.penstock.dataplane.hot.pipeline.PipelineHook;
import io.penstock.os.hot.packet.IpProtocol;

/**
 * At FORWARD: errors about connections to services whose addresses are not this host's. A record, for the JIT compiler takes its components for constants.
 *
 * <p>Threads: the workers of its namespace.
 *
 * @param lanes by {@code Lane.index()}, the namespace's
 */
public record ErrorHook(LaneServices[] lanes) implements PipelineHook {

    @Override
    public int judge(final PacketView view) {
        final int protocol = view.batch().protocol[view.slot()];
        return protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6 ? lanes[view.lane().index()].errors.passing(view) : Verdict.ACCEPT;
    }
}
