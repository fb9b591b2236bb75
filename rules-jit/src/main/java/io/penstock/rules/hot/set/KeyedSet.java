package io.penstock.rules.hot.set;

import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.SetScratch;
import io.penstock.rules.hot.set.table.Extensions;
import io.penstock.rules.hot.set.table.KeyTable;

/**
 * A set of keys: what the types of hashes have in common, for packets and for commands.
 *
 * <p>Invariants:
 * <ol>
 *   <li>What changes elements, lengths or {@link #own} holds the table's claim.</li>
 *   <li>An element is found when it is whole; its prefix lengths are published right after.</li>
 *   <li>A worker that cannot have the claim within microseconds lets the change be, and counts it.</li>
 * </ol>
 *
 * <p>Threads: workers; control where it says so. Source: {@code ip_set_hash_gen.h}.
 */
public abstract class KeyedSet extends StoredSet {

    final KeyLayout layout;
    final KeyTable table;
    final ElementParts parts;
    final PrefixLengths first = new PrefixLengths();
    final PrefixLengths second = new PrefixLengths();
    final long maskHigh;
    final long maskLow;
    final boolean firstNet;
    final boolean secondNet;
    private final boolean flags;
    private final boolean forceadd;
    private final boolean closed;
    private final long timeout;
    private final int host;
    private final MissedChanges missed;
    private final SetValues own = new SetValues();
    private int orphans;

    /** What is the same for all types. */
    KeyedSet(final KeyedSetting setting) {
        super(setting.dimensions(), setting.family(), setting.layout().has(KeyLayout.NET) || setting.layout().has(KeyLayout.SECOND_NET));
        this.layout = setting.layout();
        this.table = setting.table();
        this.parts = new ElementParts(table.extensions(), layout.has(KeyLayout.DEVICE));
        this.maskHigh = setting.maskHigh();
        this.maskLow = setting.maskLow();
        this.firstNet = layout.has(KeyLayout.NET);
        this.secondNet = layout.has(KeyLayout.SECOND_NET);
        this.flags = table.extensions().has(Extensions.FLAGS);
        this.forceadd = setting.forceadd();
        this.closed = setting.closed();
        this.timeout = setting.timeout();
        this.host = layout.host();
        this.missed = setting.missed();
    }

    /** Fills in the packet's element, addresses whole; whether it has one. */
    abstract boolean key(RulePacket packet, SetQuery query);

    @Override
    int find(final RulePacket packet, final SetQuery query, final boolean conditions, final boolean counts) {
        return key(packet, query) ? probe(packet.sets, packet.nowNs, packet, query, conditions, counts) : ABSENT;
    }

    /** Looks a key with whole addresses up under all prefix lengths that there are, longest first ({@code mtype_test_cidrs}). */
    int probe(final SetScratch key, final long nowNs, final RulePacket packet, final SetQuery query, final boolean conditions,
            final boolean counts) {
        if (!firstNet) {
            return secondNet ? probeSecond(key, nowNs, packet, query, conditions, counts) : judge(key, nowNs, packet, query, conditions, counts);
        }
        final long high = layout.high(key);
        final long low = layout.low(key);
        for (int length = first.longestUpTo(host); length >= 0; length = length == 0 ? PrefixLengths.NONE : first.longestUpTo(length - 1)) {
            layout.putNet(key, high, low, length);
            final int found = secondNet
                    ? probeSecond(key, nowNs, packet, query, conditions, counts) : judge(key, nowNs, packet, query, conditions, counts);
            if (found != ABSENT) {
                return found;
            }
        }
        return ABSENT;
    }

    private int probeSecond(final SetScratch key, final long nowNs, final RulePacket packet, final SetQuery query, final boolean conditions,
            final boolean counts) {
        final long high = layout.secondHigh(key);
        final long low = layout.secondLow(key);
        int found = ABSENT;
        for (int length = second.longestUpTo(host); length >= 0 && found == ABSENT;
                length = length == 0 ? PrefixLengths.NONE : second.longestUpTo(length - 1)) {
            layout.putSecondNet(key, high, low, length);
            found = judge(key, nowNs, packet, query, conditions, counts);
        }
        layout.putSecond(key, high, low);
        return found;
    }

    /** Looks a key up as it is. */
    int judge(final SetScratch key, final long nowNs, final RulePacket packet, final SetQuery query, final boolean conditions,
            final boolean counts) {
        final long entry = table.find(key, nowNs);
        return entry == 0 ? ABSENT : parts.judge(entry, packet, query, conditions, counts);
    }

    @Override
    final boolean addOf(final RulePacket packet, final SetQuery query) {
        if (!key(packet, query)) {
            return false;
        }
        if (!tryClaim()) {
            missed.add();
            return false;
        }
        narrow(packet.sets);
        own.fill(packet, query, timeout);
        own.keepsComment = true;
        final int result = put(packet.sets, packet.nowNs, own, query.exist());
        release();
        return result == DONE;
    }

    @Override
    final boolean deleteOf(final RulePacket packet, final SetQuery query) {
        if (!key(packet, query)) {
            return false;
        }
        if (!tryClaim()) {
            missed.add();
            return false;
        }
        narrow(packet.sets);
        final boolean done = take(packet.sets, packet.nowNs, own) == DONE;
        if (own.oldComment != 0) {
            orphans++;
        }
        release();
        return done;
    }

    /** What a packet adds or deletes is a network of the longest length that is there ({@code INIT_CIDR}). */
    private void narrow(final SetScratch key) {
        if (firstNet) {
            final int length = first.longestUpTo(host);
            layout.putNet(key, layout.high(key), layout.low(key), length < 0 ? host : length);
        }
        if (secondNet) {
            final int length = second.longestUpTo(host);
            layout.putSecondNet(key, layout.secondHigh(key), layout.secondLow(key), length < 0 ? host : length);
        }
    }

    /** Worker: the claim, if it can be had within microseconds. */
    boolean tryClaim() {
        return table.tryLock();
    }

    /** Control: the claim. */
    public void claim() {
        table.lock();
    }

    /** Gives the claim back. */
    public void release() {
        table.unlock();
    }

    /** With the claim: adds an element, or gives one that is there what is said; {@link #DONE}, {@link #EXISTS} or {@link #FULL}. */
    public final int put(final SetScratch key, final long nowNs, final SetValues values, final boolean exist) {
        values.oldComment = 0;
        final long there = locate(key, nowNs);
        if (there != 0) {
            if (!exist) {
                return EXISTS;
            }
            if (flags) {
                table.setFlags(key, there, values.nomatch, table.extensions().isWildcard(there));
            }
            parts.write(there, values, nowNs);
            number(there, values, false);
            return DONE;
        }
        if (closed || !mayAdd(key, nowNs)) {
            return FULL;
        }
        long entry = table.add(key, nowNs);
        if (entry == 0 && forceadd && table.isOnlyFull(key) && table.evict(key.key0)) {
            entry = table.add(key, nowNs);
        }
        if (entry == 0) {
            refused(key);
            return FULL;
        }
        if (flags) {
            table.setFlags(key, entry, values.nomatch, values.wildcard);
        }
        parts.write(entry, values, nowNs);
        number(entry, values, true);
        table.publish(entry);
        added(key, entry, nowNs);
        return DONE;
    }

    /** With the claim: deletes an element; {@link #DONE} or {@link #ABSENT}. */
    public final int take(final SetScratch key, final long nowNs, final SetValues values) {
        values.oldComment = 0;
        final long entry = locate(key, nowNs);
        if (entry == 0) {
            return ABSENT;
        }
        values.oldComment = commentOf(entry);
        removed(key, entry);
        table.remove(key, nowNs);
        return DONE;
    }

    /** What a command's element is here: probed where its addresses are whole, else as it is. */
    public final int look(final SetScratch key, final long nowNs) {
        final boolean whole = (!firstNet || layout.length(key) == host) && (!secondNet || layout.secondLength(key) == host);
        return whole && (firstNet || secondNet) ? probe(key, nowNs, null, null, false, false) : judge(key, nowNs, null, null, false, false);
    }

    /** The entry of the element that a key is the same as; the key is that element's then. */
    long locate(final SetScratch key, final long nowNs) {
        return table.find(key, nowNs);
    }

    /** The number of an element's comment; 0 when it has none. */
    public int commentOf(final long entry) {
        return parts.comment(entry);
    }

    /** Whether there is room for this key, which is kept for it; the table knows of its own limit. */
    boolean mayAdd(final SetScratch key, final long nowNs) {
        return true;
    }

    /** The table had no room for a key that {@link #mayAdd} agreed to. */
    void refused(final SetScratch key) {
        // What is kept for a key is kept by types with groups.
    }

    /** Numbers an element, a new one that nobody sees yet or one that got new values. */
    void number(final long entry, final SetValues values, final boolean fresh) {
        // Types whose elements have an order do.
    }

    /** An element is there. */
    void added(final SetScratch key, final long entry, final long nowNs) {
        if (firstNet) {
            first.add(layout.length(key));
        }
        if (secondNet) {
            second.add(layout.secondLength(key));
        }
    }

    /** An element is there no more, or will be so at once: because somebody deleted it, or the table took it out. */
    public void removed(final SetScratch key, final long entry) {
        if (firstNet) {
            first.remove(layout.length(key));
        }
        if (secondNet) {
            second.remove(layout.secondLength(key));
        }
    }

    /** The same, of an element that the table took out of its own accord. */
    public final void expired(final SetScratch key, final long entry) {
        if (commentOf(entry) != 0) {
            orphans++;
        }
        removed(key, entry);
    }

    /** Control, with the claim: takes all elements out, or none where the system has no memory for that. */
    public void clear() {
        table.clear();
        first.clear();
        second.clear();
    }

    /** Control, with the claim: how many comments are nobody's any more since this was asked last. */
    public final int takeOrphans() {
        final int count = orphans;
        orphans = 0;
        return count;
    }

    /** The keys. */
    public final KeyTable table() {
        return table;
    }

    /** How they lie. */
    public final KeyLayout layout() {
        return layout;
    }
}
