package io.penstock.dataplane.judge.random;

import io.penstock.conntrack.model.ConnSysctl;
import io.penstock.conntrack.model.ConnSysctls;
import io.penstock.dataplane.judge.ConfigTree;
import io.penstock.dataplane.judge.Wire;

/** Random settings of connection tracking. Source: Documentation/networking/nf_conntrack-sysctl. Threads: one. */
final class FlowSettings {

    private static final int OTHER_ONE_IN = 4;
    /** Packets of all protocols that make no sense are logged. */
    private static final int LOG_ALL = 255;

    private final Dice dice;
    private final ConfigTree config;
    private final boolean hasTime;
    private final boolean counts;
    private final boolean verifies;

    FlowSettings(final Dice dice, final ConfigTree config, final boolean hasTime) {
        this.dice = dice;
        this.config = config;
        this.hasTime = hasTime;
        this.counts = !dice.oneIn(4);
        this.verifies = !dice.oneIn(OTHER_ONE_IN);
    }

    /** Writes them. */
    void write() {
        put("acct", counts ? 1 : 0);
        if (!verifies) {
            put("checksum", 0);
        }
        flag("tcp_loose", 0);
        flag("tcp_be_liberal", 1);
        flag("tcp_ignore_invalid_rst", 1);
        if (dice.oneIn(2)) {
            put("log_invalid", dice.of(LOG_ALL, LOG_ALL, Wire.TCP, TransportBytes.SCTP, Wire.UDP, 1));
        }
        if (dice.oneIn(OTHER_ONE_IN)) {
            put("tcp_max_retrans", dice.of(0, 1, 2, 5));
        }
        for (final ConnSysctl sysctl : ConnSysctls.all()) {
            if (sysctl.kind() != ConnSysctl.Kind.SECONDS || sysctl.shortName().startsWith("frag")) {
                continue;
            }
            if (hasTime) {
                put(sysctl.shortName(), dice.of(1, 2, 5));
            } else if (dice.oneIn(OTHER_ONE_IN)) {
                put(sysctl.shortName(), dice.of(20, 40, 77, 400));
            }
        }
    }

    /** Whether packets of connections are counted. */
    boolean counts() {
        return counts;
    }

    /** Whether checksums are verified. */
    boolean verifies() {
        return verifies;
    }

    private void flag(final String name, final int value) {
        if (dice.oneIn(OTHER_ONE_IN)) {
            put(name, value);
        }
    }

    private void put(final String name, final int value) {
        config.map("sysctl").put(ConnSysctls.PREFIX + name, String.valueOf(value));
    }
}
