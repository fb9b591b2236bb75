package io.penstock.rules.hot.set;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.set.table.Extensions;

/** {@code bitmap:ip} and {@code bitmap:port}. Workers. Source: {@code ip_set_bitmap_ip.c}, {@code ip_set_bitmap_port.c}. */
public final class BitmapSet extends StoredBitmap {

    private final boolean ports;
    private final long from;
    private final long to;
    private final long mask;
    private final int hostBits;

    /**
     * An empty set.
     *
     * @param ports    whether it is one of ports
     * @param hostBits bits of an address that do not count
     */
    public BitmapSet(final boolean ports, final long from, final long to, final int hostBits, final Extensions extensions, final long timeout,
            final MissedChanges missed) {
        super(1, ports ? 0 : 4, (int) ((to - from >>> hostBits) + 1), 0, extensions, timeout, missed);
        this.ports = ports;
        this.from = from;
        this.to = to;
        this.hostBits = hostBits;
        this.mask = -1L << hostBits;
    }

    /** Which element an address or port is. */
    public int element(final long value) {
        return (int) ((value & mask) - from >>> hostBits);
    }

    /** The address or port of an element. */
    public long value(final int element) {
        return from + ((long) element << hostBits);
    }

    @Override
    int element(final RulePacket packet, final SetQuery query) {
        final long value;
        if (ports) {
            final int port = SetPorts.of(packet, query.isSource(0));
            final int protocol = port >>> SetPorts.PROTOCOL_SHIFT;
            if (port == SetPorts.NONE || protocol != IpProtocol.TCP && protocol != IpProtocol.UDP) {
                return -1;
            }
            value = port & SetPorts.PORT_MASK;
        } else {
            value = (query.isSource(0) ? Ipv4Layout.source(packet.network) : Ipv4Layout.destination(packet.network)) & Prefix.LOW32;
        }
        return value < from || value > to ? -1 : element(value);
    }

    @Override
    int find(final RulePacket packet, final SetQuery query, final boolean conditions, final boolean counts) {
        final int element = element(packet, query);
        if (element < 0 || !array.isSet(element)) {
            return ABSENT;
        }
        final long values = array.values(element);
        return extensions.isOver(values, packet.nowNs) ? ABSENT : parts.judge(values, packet, query, conditions, counts);
    }

    @Override
    int put(final int element, final RulePacket packet, final SetQuery query, final SetValues values) {
        return put(element, packet.nowNs, values, query.exist());
    }

    /** With the claim: adds an element; {@link #DONE} or {@link #EXISTS}. */
    public int put(final int element, final long nowNs, final SetValues values, final boolean exist) {
        values.oldComment = 0;
        final long at = array.values(element);
        final boolean there = array.isSet(element);
        if (there && !exist && !extensions.isOver(at, nowNs)) {
            return EXISTS;
        }
        parts.write(at, values, nowNs);
        if (!there) {
            appear(element);
        }
        return DONE;
    }

    /** Whether an element is there. */
    public boolean has(final int element, final long nowNs) {
        return array.isSet(element) && !extensions.isOver(array.values(element), nowNs);
    }

    @Override
    boolean isOver(final int element, final long nowNs) {
        return extensions.isOver(values(element), nowNs);
    }

    @Override
    boolean isSwept(final int element, final long nowNs) {
        return isOver(element, nowNs);
    }
}
