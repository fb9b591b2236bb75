package io.penstock.rules.hot.match;

import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.PacketConnection;
import io.penstock.rules.hot.RulePacket;

/**
 * Several tests of one connection, all of which it must pass. A packet without a connection passes when its state is asked, and right: the
 * other tests have nothing to look at ({@code conntrack_mt}). Any worker.
 */
public final class HotConntrack implements HotMatch {

    private final HotConnState state;
    private final HotMatch[] tests;
    private final boolean takesPlanned;

    /**
     * Tests.
     *
     * @param state        the state asked; null for any
     * @param takesPlanned whether {@code tests} take a connection of which nothing is known yet
     * @param tests        are asked of packets that have a connection
     */
    public HotConntrack(final HotConnState state, final boolean takesPlanned, final HotMatch... tests) {
        this.state = state;
        this.takesPlanned = takesPlanned;
        this.tests = tests.clone();
    }

    @Override
    public boolean matches(final RulePacket packet) {
        if (state != null && !state.matches(packet)) {
            return false;
        }
        if (PacketConnection.entry(packet) == 0) {
            return PacketConnection.isPlanned(packet) ? takesPlanned : state != null;
        }
        for (final HotMatch test : tests) {
            if (!test.matches(packet)) {
                return false;
            }
        }
        return true;
    }
}
