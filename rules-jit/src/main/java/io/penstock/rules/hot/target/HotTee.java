package io.penstock.rules.hot.target;

import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/** Sends a copy of the packet to a gateway. Threads: any worker. */
public final class HotTee implements HotTarget {

    private final long gatewayHigh;
    private final long gatewayLow;
    private final String device;

    /**
     * Copies to one gateway.
     *
     * @param gatewayHigh the upper half of its address, 0 of IPv4
     * @param gatewayLow  the lower half; an IPv4 address as a whole
     * @param device      the name of the interface that the copy must leave by, whichever has it then; empty for any
     */
    public HotTee(final long gatewayHigh, final long gatewayLow, final String device) {
        this.gatewayHigh = gatewayHigh;
        this.gatewayLow = gatewayLow;
        this.device = device;
    }

    @Override
    public int apply(final RulePacket packet) {
        packet.services.tee(packet, gatewayHigh, gatewayLow, device);
        return RuleVerdict.CONTINUE;
    }
}
