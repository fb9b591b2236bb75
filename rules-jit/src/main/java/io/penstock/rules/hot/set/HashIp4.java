package io.penstock.rules.hot.set;

import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.SetScratch;

/** {@code hash:ip} of IPv4: a mask, one look-up. Workers. Source: {@code hash_ip4_kadt}. */
public final class HashIp4 extends KeyedSet {

    private final long mask;

    /** A set of this setting. */
    public HashIp4(final KeyedSetting setting) {
        super(setting);
        this.mask = setting.maskLow() & Prefix.LOW32;
    }

    @Override
    int find(final RulePacket packet, final SetQuery query, final boolean conditions, final boolean counts) {
        final long address = address(packet, query);
        if (address == 0) {
            return ABSENT;
        }
        final long entry = table.findNarrow(address, packet.nowNs);
        return entry == 0 ? ABSENT : parts.judge(entry, packet, query, conditions, counts);
    }

    @Override
    boolean key(final RulePacket packet, final SetQuery query) {
        final SetScratch key = packet.sets;
        key.key0 = address(packet, query);
        return key.key0 != 0;
    }

    private long address(final RulePacket packet, final SetQuery query) {
        return (query.isSource(0) ? Ipv4Layout.source(packet.network) : Ipv4Layout.destination(packet.network)) & mask;
    }
}
