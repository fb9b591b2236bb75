package io.penstock.rules.hot.target;

import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/** Has the packet logged. */
public final class HotLog implements HotTarget {

    private final int level;
    private final String prefix;
    private final int flags;

    /**
     * Logs in one way.
     *
     * @param level  syslog's
     * @param prefix the line's begin
     * @param flags  {@code NF_LOG_*} of linux/netfilter/nf_log.h
     */
    public HotLog(final int level, final String prefix, final int flags) {
        this.level = level;
        this.prefix = prefix;
        this.flags = flags;
    }

    @Override
    public int apply(final RulePacket packet) {
        packet.services.log(packet, level, prefix, flags);
        return RuleVerdict.CONTINUE;
    }
}
