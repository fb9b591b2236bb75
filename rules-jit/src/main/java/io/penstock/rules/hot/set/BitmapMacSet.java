package io.penstock.rules.hot.set;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.set.table.Extensions;

/**
 * {@code bitmap:ip,mac}: addresses, with a MAC address each that an element may get from the first packet that asks for it.
 *
 * <p>Invariants:
 * <ol>
 *   <li>An element without a MAC address is not timed: where its end would be are the seconds that it shall have, and its time begins with the MAC
 *       address.</li>
 *   <li>Those seconds are taken for a time long past where the kernel does so: one that is deleted is told to have been absent, one that is added
 *       again is new; and one with a MAC address that is added again without is over.</li>
 * </ol>
 *
 * <p>Threads: workers; changes with the claim. Source: {@code ip_set_bitmap_ipmac.c}.
 */
public final class BitmapMacSet extends StoredBitmap {

    /** Of a command's element: no MAC address was said. */
    public static final long NO_MAC = -1;

    private static final int DIMENSIONS = 2;
    /** Bytes of the MAC address's word, before the extensions. */
    private static final int MAC_BYTES = Long.BYTES;
    /** In that word: there is one. */
    private static final long FILLED = 1L << 48;

    private final boolean timed;
    private final long from;
    private final long to;

    /** An empty set. */
    public BitmapMacSet(final long from, final long to, final Extensions extensions, final long timeout, final MissedChanges missed) {
        super(DIMENSIONS, 4, (int) (to - from + 1), MAC_BYTES, extensions, timeout, missed);
        this.from = from;
        this.to = to;
        this.timed = extensions.has(Extensions.TIMEOUT);
    }

    /** One without a MAC address is none. */
    @Override
    int element(final RulePacket packet, final SetQuery query) {
        final long value = (query.isSource(0) ? Ipv4Layout.source(packet.network) : Ipv4Layout.destination(packet.network)) & Prefix.LOW32;
        return value < from || value > to || packet.frame == 0 || mac(packet, query) == 0 ? -1 : (int) (value - from);
    }

    private static long mac(final RulePacket packet, final SetQuery query) {
        return query.isSource(1) ? EthernetLayout.source(packet.frame) : EthernetLayout.destination(packet.frame);
    }

    @Override
    int find(final RulePacket packet, final SetQuery query, final boolean conditions, final boolean counts) {
        final int element = element(packet, query);
        if (element < 0 || !array.isSet(element)) {
            return ABSENT;
        }
        final long word = Memory.getLongAcquire(array.values(element));
        if (word == 0) {
            return LEARN;
        }
        final long values = values(element);
        return word != (mac(packet, query) | FILLED) || extensions.isOver(values, packet.nowNs)
                ? ABSENT : parts.judge(values, packet, query, conditions, counts);
    }

    @Override
    int put(final int element, final RulePacket packet, final SetQuery query, final SetValues values) {
        return put(element, mac(packet, query), packet.nowNs, values, query.exist());
    }

    /** With the claim: adds an element, with a MAC address or {@link #NO_MAC}; {@link #DONE} or {@link #EXISTS}. */
    public int put(final int element, final long mac, final long nowNs, final SetValues values, final boolean exist) {
        values.oldComment = 0;
        final long at = array.values(element);
        final boolean there = array.isSet(element);
        final long word = there ? Memory.getLongOpaque(at) : 0;
        final boolean fills = mac != NO_MAC && word == 0;
        if (there && !fills && !exist && !isOver(element, nowNs)) {
            return EXISTS;
        }
        final long planned = there && fills && timed && values.timeout == timeout ? extensions.expiryNs(at + MAC_BYTES) : values.timeout;
        values.timeout = planned;
        parts.write(at + MAC_BYTES, values, nowNs);
        if (timed && mac == NO_MAC) {
            extensions.setExpiryNs(at + MAC_BYTES, planned == 0 || word == 0 ? planned : SetValues.past(nowNs));
        }
        if (mac != NO_MAC && (fills || exist)) {
            Memory.putLongRelease(at, mac | FILLED);
        } else if (!there) {
            Memory.putLongRelease(at, 0);
        }
        if (!there) {
            appear(element);
        }
        return DONE;
    }

    /** Whether an element is there, with a MAC address if that is said; one without takes any, and is not asked for its time. */
    public boolean has(final int element, final long mac, final long nowNs) {
        if (!array.isSet(element)) {
            return false;
        }
        final long at = array.values(element);
        final long word = Memory.getLongAcquire(at);
        return mac == NO_MAC || word == 0 || word == (mac | FILLED) && !extensions.isOver(at + MAC_BYTES, nowNs);
    }

    /** Of an element that is not timed yet, seconds are compared with the clock. */
    @Override
    boolean isOver(final int element, final long nowNs) {
        return timed && (isFilled(element) ? extensions.isOver(values(element), nowNs) : extensions.expiryNs(values(element)) != 0);
    }

    @Override
    boolean isSwept(final int element, final long nowNs) {
        return isFilled(element) && extensions.isOver(values(element), nowNs);
    }

    /** Whether an element is there, over or not. */
    public boolean isSet(final int element) {
        return array.isSet(element);
    }

    /** Whether an element has a MAC address. */
    public boolean isFilled(final int element) {
        return Memory.getLongAcquire(array.values(element)) != 0;
    }

    /** Its MAC address. */
    public long mac(final int element) {
        return Memory.getLongAcquire(array.values(element)) & FILLED - 1;
    }
}
