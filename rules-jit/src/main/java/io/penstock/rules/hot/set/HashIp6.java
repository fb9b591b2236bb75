package io.penstock.rules.hot.set;

import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.SetScratch;

/** {@code hash:ip} of IPv6: a mask, one look-up. Workers. Source: {@code hash_ip6_kadt}. */
public final class HashIp6 extends KeyedSet {

    /** A set of this setting. */
    public HashIp6(final KeyedSetting setting) {
        super(setting);
    }

    @Override
    int find(final RulePacket packet, final SetQuery query, final boolean conditions, final boolean counts) {
        return key(packet, query) ? judge(packet.sets, packet.nowNs, packet, query, conditions, counts) : ABSENT;
    }

    @Override
    boolean key(final RulePacket packet, final SetQuery query) {
        final SetScratch key = packet.sets;
        final long ip = packet.network;
        if (query.isSource(0)) {
            key.key0 = Ipv6Layout.sourceHigh(ip) & maskHigh;
            key.key1 = Ipv6Layout.sourceLow(ip) & maskLow;
        } else {
            key.key0 = Ipv6Layout.destinationHigh(ip) & maskHigh;
            key.key1 = Ipv6Layout.destinationLow(ip) & maskLow;
        }
        return (key.key0 | key.key1) != 0;
    }
}
