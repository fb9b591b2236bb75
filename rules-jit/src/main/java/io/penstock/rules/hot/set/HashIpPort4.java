package io.penstock.rules.hot.set;

import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.rules.hot.RulePacket;

/** {@code hash:ip,port} of IPv4: one look-up of one word. Workers. Source: {@code hash_ipport4_kadt}. */
public final class HashIpPort4 extends KeyedSet {

    /** Where the port stands in a key, and the protocol above it: see {@link KeyLayout}. */
    private static final int PORT = 32;

    private final long mask;

    /** A set of this setting. */
    public HashIpPort4(final KeyedSetting setting) {
        super(setting);
        this.mask = setting.maskLow() & Prefix.LOW32;
    }

    @Override
    int find(final RulePacket packet, final SetQuery query, final boolean conditions, final boolean counts) {
        if (!key(packet, query)) {
            return ABSENT;
        }
        final long entry = table.findNarrow(packet.sets.key0, packet.nowNs);
        return entry == 0 ? ABSENT : parts.judge(entry, packet, query, conditions, counts);
    }

    @Override
    boolean key(final RulePacket packet, final SetQuery query) {
        final int port = SetPorts.of(packet, query.isSource(1));
        if (port == SetPorts.NONE) {
            return false;
        }
        final long address = (query.isSource(0) ? Ipv4Layout.source(packet.network) : Ipv4Layout.destination(packet.network)) & mask;
        packet.sets.key0 = address | (long) port << PORT;
        return address != 0;
    }
}
