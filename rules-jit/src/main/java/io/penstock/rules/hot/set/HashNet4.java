package io.penstock.rules.hot.set;

import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.rules.hot.RulePacket;

/** {@code hash:net} of IPv4: a look-up for each prefix length that there is, longest first. Workers. Source: {@code hash_net4_kadt}. */
public final class HashNet4 extends KeyedSet {

    /** Where the length stands in a key: see {@link KeyLayout}. */
    private static final int LENGTH = 56;

    /** A set of this setting. */
    public HashNet4(final KeyedSetting setting) {
        super(setting);
    }

    @Override
    int find(final RulePacket packet, final SetQuery query, final boolean conditions, final boolean counts) {
        final long address = address(packet, query);
        final long nowNs = packet.nowNs;
        if (table.isLarge()) {
            return findTouched(packet, query, conditions, counts, address);
        }
        for (long lengths = first.low(); lengths != 0;) {
            final int length = Long.SIZE - 1 - Long.numberOfLeadingZeros(lengths);
            lengths ^= 1L << length;
            final long entry = table.findNarrow(address & Prefix.mask4(length) | (long) length << LENGTH, nowNs);
            if (entry != 0) {
                final int found = parts.judge(entry, packet, query, conditions, counts);
                if (found != ABSENT) {
                    return found;
                }
            }
        }
        return ABSENT;
    }

    /** As {@link #find}, where the lines are far away: all are asked for before the first is looked in. */
    private int findTouched(
            final RulePacket packet, final SetQuery query, final boolean conditions, final boolean counts, final long address) {
        final long[] words = packet.setWords;
        final long present = first.low();
        long touched = 0;
        int count = 0;
        for (long lengths = present; lengths != 0;) {
            final int length = Long.SIZE - 1 - Long.numberOfLeadingZeros(lengths);
            lengths ^= 1L << length;
            final long word = table.word(address & Prefix.mask4(length) | (long) length << LENGTH);
            touched += table.touch(word);
            words[count++] = word;
        }
        packet.touched = touched;
        long lengths = present;
        for (int i = 0; i < count; i++) {
            final int length = Long.SIZE - 1 - Long.numberOfLeadingZeros(lengths);
            lengths ^= 1L << length;
            final long entry = table.findWord(words[i], address & Prefix.mask4(length) | (long) length << LENGTH, packet.nowNs);
            if (entry != 0) {
                final int found = parts.judge(entry, packet, query, conditions, counts);
                if (found != ABSENT) {
                    return found;
                }
            }
        }
        return ABSENT;
    }

    @Override
    boolean key(final RulePacket packet, final SetQuery query) {
        packet.sets.key0 = address(packet, query);
        return true;
    }

    private static long address(final RulePacket packet, final SetQuery query) {
        return (query.isSource(0) ? Ipv4Layout.source(packet.network) : Ipv4Layout.destination(packet.network)) & Prefix.LOW32;
    }
}
