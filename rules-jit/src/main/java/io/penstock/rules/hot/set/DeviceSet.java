package io.penstock.rules.hot.set;

import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.sys.SysException;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.SetScratch;
import io.penstock.rules.hot.set.table.Extensions;
import io.penstock.rules.hot.set.table.FreshStorage;
import io.penstock.rules.hot.set.table.KeyTable;

/**
 * {@code hash:net,iface}: networks with a device, whose name can be the beginning of names.
 *
 * <p>Invariants:
 * <ol>
 *   <li>An element that is the beginning of names is the same as every name that it begins, for commands too; of several that are the same, the one
 *       that came first counts. Elements are numbered for that, in the place where others have their comment's number; numbers begin again when there
 *       are no more.</li>
 *   <li>Networks are asked longest first, and no further than the first one that has elements: if their devices are others, the packet is not in
 *       the set. {@link #groups} has the networks, with how many elements each has.</li>
 *   <li>Who has the claim has that of {@link #groups} too.</li>
 * </ol>
 *
 * <p>Threads: workers; control where it says so. Source: {@code ip_set_hash_netiface.c}, {@code IP_SET_HASH_WITH_MULTI}.
 */
public final class DeviceSet extends KeyedSet {

    /** The most elements of one network: what a bucket of the kernel's has room for at the most. */
    public static final int MAX_OF_NETWORK = 64;

    /** Bytes of a device's name, with the zero at its end. */
    private static final int NAME_BYTES = 16;
    private static final int WHOLE = NAME_BYTES;
    /** Behind no number: all come. */
    private static final long BEFORE_ALL = Long.MIN_VALUE;
    /** Bit of a number: the element has a comment, which goes by that number. */
    private static final int COMMENTED = 1;

    private final KeyTable groups;
    private final Extensions groupParts;
    private final Extensions extensions;
    private final PrefixLengths beginnings = new PrefixLengths();
    private int lastNumber;
    private int largest;
    /** With the claim: the group of an element that is being added; and whether it is there for that alone, and not found yet. */
    private long group;
    private boolean isFresh;

    /** A set of this setting; groups has the first words of keys, without the name, and counters, and room for one more than the table. */
    public DeviceSet(final KeyedSetting setting, final KeyTable groups) {
        this(setting, groups, 0);
    }

    /** The same with another last number, for tests. */
    DeviceSet(final KeyedSetting setting, final KeyTable groups, final int lastNumber) {
        super(setting);
        this.lastNumber = lastNumber;
        this.groups = groups;
        this.groupParts = groups.extensions();
        this.extensions = table.extensions();
    }

    @Override
    boolean key(final RulePacket packet, final SetQuery query) {
        final SetScratch key = packet.sets;
        final long ip = packet.network;
        final boolean source = query.isSource(0);
        if (layout.isSix()) {
            layout.begin(key, source ? Ipv6Layout.sourceHigh(ip) : Ipv6Layout.destinationHigh(ip),
                    source ? Ipv6Layout.sourceLow(ip) : Ipv6Layout.destinationLow(ip));
        } else {
            layout.begin(key, 0, source ? Ipv4Layout.source(ip) : Ipv4Layout.destination(ip));
        }
        final boolean in = query.isSource(1);
        final long name = in ? packet.inName : packet.outName;
        layout.putDevice(key, name, in ? packet.inNameRest : packet.outNameRest, false);
        return name != 0;
    }

    @Override
    int probe(final SetScratch key, final long nowNs, final RulePacket packet, final SetQuery query, final boolean conditions,
            final boolean counts) {
        final long high = layout.high(key);
        final long low = layout.low(key);
        for (int length = first.longestUpTo(layout.host()); length >= 0;
                length = length == 0 ? PrefixLengths.NONE : first.longestUpTo(length - 1)) {
            layout.putNet(key, high, low, length);
            if (groups.find(key, nowNs) != 0) {
                final int found = judge(key, nowNs, packet, query, conditions, counts);
                if (found != ABSENT || locate(key, nowNs) == 0) {
                    return found;
                }
            }
        }
        return ABSENT;
    }

    @Override
    int judge(final SetScratch key, final long nowNs, final RulePacket packet, final SetQuery query, final boolean conditions,
            final boolean counts) {
        final long name = layout.device(key);
        final long rest = layout.deviceRest(key);
        int found = ABSENT;
        long after = BEFORE_ALL;
        long entry;
        while (found == ABSENT && (entry = next(key, name, rest, after, nowNs)) != 0) {
            after = extensions.comment(entry);
            found = parts.judge(entry, packet, query, conditions, counts);
            layout.putDevice(key, name, rest, false);
        }
        return found;
    }

    @Override
    long locate(final SetScratch key, final long nowNs) {
        return next(key, layout.device(key), layout.deviceRest(key), BEFORE_ALL, nowNs);
    }

    /** Of the elements that are the same as a name, the first one numbered behind another; the key is that element's then, or unchanged. */
    private long next(final SetScratch key, final long name, final long rest, final long after, final long nowNs) {
        long best = behind(table.find(key, nowNs), after, 0);
        int bestLength = WHOLE;
        final int bytes = nameBytes(name, rest);
        for (int length = bytes == 0 ? PrefixLengths.NONE : beginnings.longestUpTo(bytes - 1); length >= 0;
                length = length == 0 ? PrefixLengths.NONE : beginnings.longestUpTo(length - 1)) {
            layout.putDevice(key, cut(name, length), cut(rest, length - Long.BYTES), false);
            final long entry = table.find(key, nowNs);
            if (entry != 0 && extensions.isWildcard(entry) && behind(entry, after, best) == entry) {
                best = entry;
                bestLength = length;
            }
        }
        layout.putDevice(key, cut(name, bestLength), cut(rest, bestLength - Long.BYTES), false);
        return best;
    }

    /** The one of two that comes first of what is behind a number; 0 for none. */
    private long behind(final long entry, final long after, final long best) {
        if (entry == 0 || after != BEFORE_ALL && extensions.comment(entry) - (int) after <= 0) {
            return best;
        }
        return best == 0 || extensions.comment(entry) - extensions.comment(best) < 0 ? entry : best;
    }

    /** Bytes of a name before its first zero. Names are in native order: the first byte is the lowest. */
    private static int nameBytes(final long name, final long rest) {
        return rest != 0 ? NAME_BYTES - Long.numberOfLeadingZeros(rest) / Byte.SIZE : Long.BYTES - Long.numberOfLeadingZeros(name) / Byte.SIZE;
    }

    /** The first bytes of a word. */
    private static long cut(final long word, final int bytes) {
        return bytes <= 0 ? 0 : bytes >= Long.BYTES ? word : word & -1L >>> Long.SIZE - bytes * Byte.SIZE;
    }

    @Override
    boolean tryClaim() {
        if (!groups.tryLock()) {
            return false;
        }
        if (table.tryLock()) {
            return true;
        }
        groups.unlock();
        return false;
    }

    @Override
    public void claim() {
        groups.lock();
        table.lock();
    }

    @Override
    public void release() {
        table.unlock();
        groups.unlock();
    }

    /** An element without a group would not be found: the group comes first, and counts it, so that it stays if the last other one makes room. */
    @Override
    boolean mayAdd(final SetScratch key, final long nowNs) {
        final long there = groups.find(key, nowNs);
        isFresh = there == 0;
        group = isFresh ? groups.add(key, nowNs) : there;
        if (group == 0 || groupParts.packets(group) >= MAX_OF_NETWORK) {
            return false;
        }
        groupParts.setCounters(group, groupParts.packets(group) + 1, 0);
        return true;
    }

    /** A group that is not found yet is forgotten with the claim. */
    @Override
    void refused(final SetScratch key) {
        if (!isFresh) {
            leave(key, group);
        }
    }

    @Override
    void number(final long entry, final SetValues values, final boolean fresh) {
        if (!fresh && values.keepsComment) {
            return;
        }
        if (fresh) {
            lastNumber += COMMENTED + 1;
        }
        final int number = fresh ? lastNumber : extensions.comment(entry) & ~COMMENTED;
        if (!fresh && values.comment == 0) {
            values.oldComment = commentOf(entry);
        }
        extensions.setComment(entry, values.comment == 0 ? number : number | COMMENTED);
    }

    /** A comment goes by its element's own number. */
    @Override
    public int commentOf(final long entry) {
        final int number = extensions.comment(entry);
        return (number & COMMENTED) == 0 ? 0 : number;
    }

    /** With the claim: the same of the element of this very key. */
    public int commentOfKey(final SetScratch key, final long nowNs) {
        final long entry = table.find(key, nowNs);
        return entry == 0 ? 0 : commentOf(entry);
    }

    @Override
    void added(final SetScratch key, final long entry, final long nowNs) {
        largest = Math.max(largest, (int) groupParts.packets(group));
        if (isFresh) {
            groups.publish(group);
        }
        if (extensions.isWildcard(entry)) {
            beginnings.add(nameBytes(layout.device(key), layout.deviceRest(key)));
        }
        super.added(key, entry, nowNs);
    }

    @Override
    public void removed(final SetScratch key, final long entry) {
        super.removed(key, entry);
        if (extensions.isWildcard(entry)) {
            beginnings.remove(nameBytes(layout.device(key), layout.deviceRest(key)));
        }
        leave(key, groups.find(key, 0));
    }

    private void leave(final SetScratch key, final long left) {
        if (left != 0) {
            final long count = groupParts.packets(left) - 1;
            groupParts.setCounters(left, count, 0);
            if (count == 0) {
                groups.remove(key, 0);
            }
        }
    }

    @Override
    public void clear() {
        final FreshStorage fresh = groups.allocateFresh();
        try {
            super.clear();
        } catch (final SysException e) {
            fresh.free();
            throw e;
        }
        groups.clear(fresh);
        beginnings.clear();
    }

    /** The networks. */
    public KeyTable groups() {
        return groups;
    }

    /** Elements of the network that had the most. */
    public int largest() {
        return largest;
    }
}
