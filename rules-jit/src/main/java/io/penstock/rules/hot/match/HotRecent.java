package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/** Looks an address up in a list, or changes the list ({@code recent_mt}). Any worker. */
public final class HotRecent implements HotMatch {

    /** Puts the address into the list. */
    public static final int SET = 0;
    /** Looks for it. */
    public static final int CHECK = 1;
    /** Looks for it, and puts it to the end. */
    public static final int UPDATE = 2;
    /** Takes it out. */
    public static final int REMOVE = 3;

    private static final long NS_PER_S = 1_000_000_000;
    private static final int IPV4 = 4;

    private final RecentTable table;
    private final int action;
    private final boolean inverted;
    private final long ageNs;
    private final boolean reap;
    private final int hits;
    private final boolean ttl;
    private final boolean destination;

    /** A match; {@code seconds} 0 is any time, {@code hits} 0 is once. */
    public HotRecent(
            final RecentTable table,
            final int action,
            final boolean inverted,
            final long seconds,
            final boolean reap,
            final int hits,
            final boolean ttl,
            final boolean destination) {
        this.table = table;
        this.action = action;
        this.inverted = inverted;
        ageNs = seconds * NS_PER_S;
        this.reap = reap;
        this.hits = hits;
        this.ttl = ttl;
        this.destination = destination;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final RecentTable list = table;
        final long ip = packet.network;
        final long high;
        final long low;
        int hops;
        if (packet.version == IPV4) {
            high = list.high((long) Memory.getIntBE(ip + (destination ? Ipv4Layout.DESTINATION : Ipv4Layout.SOURCE)) << Integer.SIZE);
            low = 0;
            hops = Memory.getUnsignedByte(ip + Ipv4Layout.TTL);
        } else {
            high = list.high(destination ? Ipv6Layout.destinationHigh(ip) : Ipv6Layout.sourceHigh(ip));
            low = list.low(destination ? Ipv6Layout.destinationLow(ip) : Ipv6Layout.sourceLow(ip));
            hops = Ipv6Layout.hopLimit(ip);
        }
        // What passes through is kept as it came in: forwarding takes one.
        if (packet.inIndex != 0 && packet.outIndex != 0 && packet.uid == RulePacket.NO_SOCKET) {
            hops = hops + 1 & 0xFF;
        }
        final long entry = list.find(high, low, packet.version);
        final long life = entry == 0 ? 0 : list.life(entry, high, low, packet.version);
        if (life == 0 || ttl && !RecentTable.hasTtl(entry, hops)) {
            if (action != SET) {
                return inverted;
            }
            list.add(high, low, packet.version, hops, packet.nowNs);
            return !inverted;
        }
        return found(list, entry, life, hops, packet.nowNs);
    }

    private boolean found(final RecentTable list, final long entry, final long life, final int hops, final long nowNs) {
        if (action == REMOVE) {
            list.remove(entry, life);
            return !inverted;
        }
        final boolean matched = (action == SET || list.wasSeen(entry, life, nowNs, ageNs, hits)) != inverted;
        final boolean updates = action == SET || action == UPDATE && matched;
        if (reap) {
            list.reap(updates ? entry : 0, nowNs, ageNs);
        }
        if (updates) {
            list.update(entry, life, nowNs);
            RecentTable.setTtl(entry, hops);
        }
        return matched;
    }
}
