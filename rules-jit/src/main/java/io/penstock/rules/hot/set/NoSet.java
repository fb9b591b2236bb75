package io.penstock.rules.hot.set;

import io.penstock.rules.hot.RulePacket;

/** No set. */
final class NoSet implements PacketSet {

    @Override
    public boolean test(final RulePacket packet, final SetQuery query) {
        return false;
    }

    @Override
    public boolean add(final RulePacket packet, final SetQuery query) {
        return false;
    }

    @Override
    public boolean delete(final RulePacket packet, final SetQuery query) {
        return false;
    }
}
