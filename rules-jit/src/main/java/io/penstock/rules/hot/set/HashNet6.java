package io.penstock.rules.hot.set;

import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.SetScratch;

/** {@code hash:net} of IPv6: a look-up for each prefix length that there is, longest first. Workers. Source: {@code hash_net6_kadt}. */
public final class HashNet6 extends KeyedSet {

    /** Where the length stands in a key: see {@link KeyLayout}. */
    private static final int LENGTH = 24;

    /** A set of this setting. */
    public HashNet6(final KeyedSetting setting) {
        super(setting);
    }

    @Override
    int find(final RulePacket packet, final SetQuery query, final boolean conditions, final boolean counts) {
        final SetScratch key = packet.sets;
        key(packet, query);
        final long high = key.key0;
        final long low = key.key1;
        for (int length = first.longestUpTo(Prefix.HOST6); length >= 0;
                length = length == 0 ? PrefixLengths.NONE : first.longestUpTo(length - 1)) {
            key.key0 = high & Prefix.high6(length);
            key.key1 = low & Prefix.low6(length);
            key.key2 = (long) length << LENGTH;
            final int found = judge(key, packet.nowNs, packet, query, conditions, counts);
            if (found != ABSENT) {
                return found;
            }
        }
        return ABSENT;
    }

    @Override
    boolean key(final RulePacket packet, final SetQuery query) {
        final SetScratch key = packet.sets;
        final long ip = packet.network;
        if (query.isSource(0)) {
            key.key0 = Ipv6Layout.sourceHigh(ip);
            key.key1 = Ipv6Layout.sourceLow(ip);
        } else {
            key.key0 = Ipv6Layout.destinationHigh(ip);
            key.key1 = Ipv6Layout.destinationLow(ip);
        }
        key.key2 = 0;
        return true;
    }
}
