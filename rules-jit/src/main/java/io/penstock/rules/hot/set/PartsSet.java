package io.penstock.rules.hot.set;

import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.SetScratch;

/**
 * Hashes of any parts but devices: the key is put together from the parts that the layout has, each with the direction of its place.
 *
 * <p>Threads: workers. Source: {@code hash_*_kadt}.
 */
public final class PartsSet extends KeyedSet {

    private final boolean address;
    private final boolean port;
    private final boolean mac;
    private final boolean mark;
    private final boolean two;
    private final boolean six;
    /** {@code hash:ip,port}: an address of zeros is no element. */
    private final boolean refusesZero;
    /** {@code hash:net,net} of IPv6: so is a whole first address of zeros. */
    private final boolean refusesZeroHost;
    private final int macPlace;
    private final int secondPlace;
    private final long markmask;

    /** A set of this setting. */
    public PartsSet(final KeyedSetting setting) {
        super(setting);
        this.address = layout.has(KeyLayout.ADDRESS);
        this.port = layout.has(KeyLayout.PORT);
        this.mac = layout.has(KeyLayout.MAC);
        this.mark = layout.has(KeyLayout.MARK);
        this.two = layout.has(KeyLayout.SECOND);
        this.six = layout.isSix();
        this.refusesZero = port && !two && !firstNet;
        this.refusesZeroHost = six && two && !port;
        this.macPlace = address ? 1 : 0;
        this.secondPlace = port ? 2 : 1;
        this.markmask = setting.markmask();
    }

    @Override
    int find(final RulePacket packet, final SetQuery query, final boolean conditions, final boolean counts) {
        final SetScratch key = packet.sets;
        if (!key(packet, query) || refusesZeroHost && (layout.high(key) | layout.low(key)) == 0) {
            return ABSENT;
        }
        return probe(key, packet.nowNs, packet, query, conditions, counts);
    }

    @Override
    boolean key(final RulePacket packet, final SetQuery query) {
        final SetScratch key = packet.sets;
        final long ip = packet.network;
        final boolean source = query.isSource(0);
        if (!address) {
            layout.begin(key, 0, 0);
        } else if (six) {
            layout.begin(key, (source ? Ipv6Layout.sourceHigh(ip) : Ipv6Layout.destinationHigh(ip)) & maskHigh,
                    (source ? Ipv6Layout.sourceLow(ip) : Ipv6Layout.destinationLow(ip)) & maskLow);
        } else {
            layout.begin(key, 0, (source ? Ipv4Layout.source(ip) : Ipv4Layout.destination(ip)) & maskLow);
        }
        if (refusesZero && (layout.high(key) | layout.low(key)) == 0 || refusesZeroHost && isZeroHost(key)) {
            return false;
        }
        return (!port || putPort(packet, query)) && (!mac || putMac(packet, query)) && putRest(packet, query);
    }

    /** Where a packet adds or deletes a network shorter than an address, zeros are one. */
    private boolean isZeroHost(final SetScratch key) {
        if ((layout.high(key) | layout.low(key)) != 0) {
            return false;
        }
        final int longest = first.longestUpTo(Prefix.HOST6);
        return longest == Prefix.HOST6 || longest < 0;
    }

    private boolean putPort(final RulePacket packet, final SetQuery query) {
        final int value = SetPorts.of(packet, query.isSource(1));
        if (value == SetPorts.NONE) {
            return false;
        }
        layout.putPort(packet.sets, value);
        return true;
    }

    private boolean putMac(final RulePacket packet, final SetQuery query) {
        final long frame = packet.frame;
        if (frame == 0) {
            return false;
        }
        final long value = query.isSource(macPlace) ? EthernetLayout.source(frame) : EthernetLayout.destination(frame);
        layout.putMac(packet.sets, value);
        return value != 0;
    }

    private boolean putRest(final RulePacket packet, final SetQuery query) {
        final SetScratch key = packet.sets;
        if (mark) {
            layout.putMark(key, packet.mark & markmask);
        }
        if (two) {
            final long ip = packet.network;
            final boolean source = query.isSource(secondPlace);
            if (six) {
                layout.putSecond(key, (source ? Ipv6Layout.sourceHigh(ip) : Ipv6Layout.destinationHigh(ip)) & maskHigh,
                        (source ? Ipv6Layout.sourceLow(ip) : Ipv6Layout.destinationLow(ip)) & maskLow);
            } else {
                layout.putSecond(key, 0, (source ? Ipv4Layout.source(ip) : Ipv4Layout.destination(ip)) & maskLow);
            }
        }
        return true;
    }
}
