package io.penstock.rules.hot.target;

import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/** Has the sender told, and drops the packet. When nothing may be told (another error, too many of them), it is dropped all the same. */
public final class HotReject implements HotTarget {

    private final int type;
    private final int code;

    /**
     * Tells one thing.
     *
     * @param type ICMP or ICMPv6 type, or -1 for a TCP reset
     * @param code its code
     */
    public HotReject(final int type, final int code) {
        this.type = type;
        this.code = code;
    }

    @Override
    public int apply(final RulePacket packet) {
        packet.services.reject(packet, type, code);
        return RuleVerdict.DROP;
    }
}
