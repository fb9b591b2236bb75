package io.penstock.rules.hot.target;

import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/** Sends a copy of the packet to a gateway. */
public final class HotTee implements HotTarget {

    private final long gateway;
    private final String device;

    /**
     * Copies to one gateway.
     *
     * @param gateway where its address lies, in network order; stays there as long as this is used
     * @param device  the name of the interface that the copy must leave by, whichever has it then; empty for any
     */
    public HotTee(final long gateway, final String device) {
        this.gateway = gateway;
        this.device = device;
    }

    @Override
    public int apply(final RulePacket packet) {
        packet.services.tee(packet, gateway, device);
        return RuleVerdict.CONTINUE;
    }
}
