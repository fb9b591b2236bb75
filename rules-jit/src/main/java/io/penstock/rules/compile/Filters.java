package io.penstock.rules.compile;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.hot.ContextLayout;
import io.penstock.rules.hot.FilterLayout;
import java.util.List;

/**
 * Writes the filters of a chain ({@link FilterLayout}).
 *
 * <p>A rule's key marks the place of each field that it counts, in each filter; where it does not count what the filter looks at, all places.
 *
 * <p>Threads: control.
 */
final class Filters {

    private static final int LEAST_LOG2 = 6;
    /** log2 of the places of a filter of one address, at the most: 32 KiB each. */
    private static final int MOST_LOG2 = 13;
    /** log2 of those of a larger one, at the most: 128 KiB each; at 10,000 rules 64 KiB, so that all stay in the second-level cache. */
    private static final int MOST_PAIR_LOG2 = 15;

    private static final long BITS8 = 0xFF00_0000L;
    private static final long BITS16 = 0xFFFF_0000L;
    private static final long BITS24 = 0xFFFF_FF00L;
    private static final long HIGH16 = 0xFFFFL << 48;
    private static final long HIGH48 = -1L << 16;
    private static final int PORT_SHIFT = 32;
    private static final long PORT = 0xFFFFL << PORT_SHIFT;
    private static final int BLOCK_PORTS = 1024;
    private static final long WHOLE_MARK = 0xFFFF_FFFFL;
    /** One protocol of each kind that {@link FilterLayout#portBlock} tells apart; the last stands for all others. */
    private static final int[] PROTOCOLS = {IpProtocol.TCP, IpProtocol.UDP, IpProtocol.ICMP, IpProtocol.GRE};

    private final long filters;
    private final int shift;
    private final int pairShift;
    private final IpFamily family;
    private final List<RuleFields> rules;
    private final int context;
    /** Filters all of whose places have the bit of the tuple that is being written, a bit each, in the order of writing. */
    private int full;
    private int order;

    private Filters(final long filters, final IpFamily family, final List<RuleFields> rules, final int context) {
        this.filters = filters;
        this.shift = shift(rules.size());
        this.pairShift = pairShift(rules.size());
        this.family = family;
        this.rules = rules;
        this.context = context;
    }

    /** Whether a chain of so many tuples has filters. */
    static boolean fit(final int tuples) {
        return tuples <= FilterLayout.TUPLES;
    }

    /** Bytes that they take in a chain of so many rules, of which tuples look at so much of the context ({@link ContextLayout}). */
    static long bytes(final int rules, final int context) {
        return FilterLayout.macs(0, shift(rules), pairShift(rules))
                + (context == ContextLayout.ALL ? FilterLayout.bytes(pairShift(rules)) + FilterLayout.bytes(shift(rules)) : 0);
    }

    /** How far a hash is shifted for filters of one address and a class. */
    static int shift(final int rules) {
        return Integer.SIZE - Math.clamp(log2(rules) - 1, LEAST_LOG2, MOST_LOG2);
    }

    /** The same for larger ones. */
    static int pairShift(final int rules) {
        return Integer.SIZE - Math.clamp(log2(rules), LEAST_LOG2, MOST_PAIR_LOG2);
    }

    /** Of the next power of two. */
    private static int log2(final int rules) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(rules);
    }

    /** Whether they know the same fields of rules with these masks. */
    static boolean seeAlike(final IpFamily family, final FieldMask one, final FieldMask other) {
        return known(family, one) == known(family, other);
    }

    private static int known(final IpFamily family, final FieldMask mask) {
        return (countsSource(family, mask, BITS16, HIGH48) ? 1 : 0) | (countsDestination(family, mask, BITS16, HIGH48) ? 2 : 0)
                | (countsPort(mask) ? 4 : 0) | (mask.context().mac() == ContextLayout.MAC_BITS ? 8 : 0)
                | (mask.context().mark() == WHOLE_MARK ? 16 : 0);
    }

    private static boolean countsSource(final IpFamily family, final FieldMask mask, final long bits4, final long bits6) {
        return family == IpFamily.IPV4 ? (mask.source() & bits4) == bits4 : (mask.sourceHigh() & bits6) == bits6;
    }

    private static boolean countsDestination(final IpFamily family, final FieldMask mask, final long bits4, final long bits6) {
        return family == IpFamily.IPV4 ? (mask.destination() & bits4) == bits4 : (mask.destinationHigh() & bits6) == bits6;
    }

    private static boolean countsPort(final FieldMask mask) {
        return (mask.transport() & PORT) == PORT;
    }

    /** Whether all of a name's first eight bytes are asked for, or its end, the zero behind it: then no other has the same. */
    private static boolean isWhole(final long mask, final long name) {
        return mask == -1 || isEnded(mask, name);
    }

    /** The same for all sixteen. */
    private static boolean isWhole(final long mask, final long name, final long restMask, final long rest) {
        return isEnded(mask, name) || mask == -1 && isWhole(restMask, rest);
    }

    private static boolean isEnded(final long mask, final long name) {
        final int bytes = Long.bitCount(mask) / Byte.SIZE;
        return bytes > 0 && (name >>> (bytes - 1) * Byte.SIZE & 0xFF) == 0;
    }

    /** Writes them; the memory holds zeros. */
    static void write(final long filters, final IpFamily family, final List<RuleFields> rules, final List<Tuple> tuples,
            final int context) {
        final Filters writer = new Filters(filters, family, rules, context);
        for (int i = 0; i < tuples.size(); i++) {
            writer.full = 0;
            final KeyList keys = tuples.get(i).keys();
            for (int at = 0; at < keys.size(); at++) {
                writer.write(keys.key(at), keys.rule(at), 1 << i);
            }
        }
    }

    private void write(final FieldKey key, final int rule, final int bit) {
        order = 0;
        final FieldMask mask = key.mask();
        final boolean v4 = family == IpFamily.IPV4;
        final int source = (int) key.source();
        final int destination = (int) key.destination();
        final boolean from = countsSource(family, mask, BITS16, HIGH48);
        final boolean to = countsDestination(family, mask, BITS16, HIGH48);
        final boolean port = countsPort(mask);
        final int fromMiddle = v4 ? FilterLayout.sourceMiddle(source) : FilterLayout.sourceMiddle(key.sourceHigh());
        final int toMiddle = v4 ? FilterLayout.destinationMiddle(destination) : FilterLayout.destinationMiddle(key.destinationHigh());
        final int toPort = FilterLayout.port((int) (key.transport() >>> PORT_SHIFT) & 0xFFFF);

        context(mask.context(), key.context(), bit);
        final int classes = blocks(key, rules.get(rule), bit);

        final long single = FilterLayout.bytes(shift);
        long filter = filters + FilterLayout.SINGLES;
        hashed(filter, shift, countsSource(family, mask, BITS8, HIGH16),
                v4 ? FilterLayout.sourceFirst(source) : FilterLayout.sourceFirst(key.sourceHigh()), classes, bit);
        filter += single;
        hashed(filter, shift, countsSource(family, mask, BITS24, -1),
                v4 ? FilterLayout.sourceLong(source) : FilterLayout.sourceLong(key.sourceHigh()), classes, bit);
        filter += single;
        hashed(filter, shift, countsDestination(family, mask, BITS8, HIGH16),
                v4 ? FilterLayout.destinationFirst(destination) : FilterLayout.destinationFirst(key.destinationHigh()), classes, bit);
        filter += single;
        hashed(filter, shift, countsDestination(family, mask, BITS24, -1),
                v4 ? FilterLayout.destinationLong(destination) : FilterLayout.destinationLong(key.destinationHigh()), classes, bit);
        filter += single;

        final long pair = FilterLayout.bytes(pairShift);
        hashed(filter, pairShift, from && to, fromMiddle + toMiddle, bit);
        filter += pair;
        hashed(filter, pairShift, to && port, toMiddle + toPort, bit);
        filter += pair;
        hashed(filter, pairShift, from, fromMiddle, classes, bit);
        filter += pair;
        hashed(filter, pairShift, to, toMiddle, classes, bit);
    }

    private void context(final ContextFields mask, final ContextFields key, final int bit) {
        if (context == ContextLayout.NAMES) {
            fixed(FilterLayout.IN, isWhole(mask.in(), key.in()), FilterLayout.name(key.in()), bit);
            fixed(FilterLayout.OUT, isWhole(mask.out(), key.out()), FilterLayout.name(key.out()), bit);
        } else if (context == ContextLayout.ALL) {
            fixed(FilterLayout.IN, isWhole(mask.in(), key.in(), mask.inRest(), key.inRest()),
                    FilterLayout.name(FilterLayout.longName(key.in(), key.inRest())), bit);
            fixed(FilterLayout.OUT, isWhole(mask.out(), key.out(), mask.outRest(), key.outRest()),
                    FilterLayout.name(FilterLayout.longName(key.out(), key.outRest())), bit);
            final long macs = FilterLayout.macs(filters, shift, pairShift);
            hashed(macs, pairShift, mask.mac() == ContextLayout.MAC_BITS, FilterLayout.mac(key.mac()), bit);
            hashed(macs + FilterLayout.bytes(pairShift), shift, mask.mark() == WHOLE_MARK, FilterLayout.mark(key.mark()), bit);
        }
    }

    /** Marks the blocks of ports; gives their classes, a bit each. */
    private int blocks(final FieldKey key, final RuleFields rule, final int bit) {
        final int port = (int) (key.transport() >>> PORT_SHIFT) & 0xFFFF;
        final boolean one = countsPort(key.mask());
        final PortRange ports = rule.portFlag() == 0 ? PortRange.ALL : rule.destinationRange();
        int classes = 0;
        for (final int protocol : PROTOCOLS) {
            if (rule.protocol() == 0 || FilterLayout.portBlock(rule.protocol(), 0) == FilterLayout.portBlock(protocol, 0)) {
                final int last = one ? port : ports.last();
                for (int block = (one ? port : ports.first()) / BLOCK_PORTS; block <= last / BLOCK_PORTS; block++) {
                    final int place = FilterLayout.portBlock(protocol, block * BLOCK_PORTS);
                    mark(filters + FilterLayout.PORT_BLOCK, place, bit);
                    classes |= 1 << FilterLayout.classNumber(place);
                }
            }
        }
        return classes;
    }

    private void fixed(final int offset, final boolean counts, final int place, final int bit) {
        markOrFill(filters + offset, Integer.SIZE - FilterLayout.FIXED_LOG2, counts, place, bit);
    }

    private void hashed(final long filter, final int places, final boolean counts, final int hash, final int bit) {
        markOrFill(filter, places, counts, FilterLayout.place(hash, places), bit);
    }

    /** The same with each of some classes. */
    private void hashed(final long filter, final int places, final boolean counts, final int hash, final int classes, final int bit) {
        if (!counts) {
            fill(filter, places, bit);
            return;
        }
        for (int rest = classes; rest != 0; rest &= rest - 1) {
            mark(filter, FilterLayout.place(hash + FilterLayout.classHash(Integer.numberOfTrailingZeros(rest)), places), bit);
        }
        order++;
    }

    private void markOrFill(final long filter, final int places, final boolean counts, final int place, final int bit) {
        if (counts) {
            mark(filter, place, bit);
            order++;
        } else {
            fill(filter, places, bit);
        }
    }

    private void fill(final long filter, final int places, final int bit) {
        final int self = 1 << order++;
        if ((full & self) != 0) {
            return;
        }
        full |= self;
        final long end = filter + FilterLayout.bytes(places);
        for (long at = filter; at < end; at += FilterLayout.PLACE_BYTES) {
            Memory.putInt(at, Memory.getInt(at) | bit);
        }
    }

    private static void mark(final long filter, final int place, final int bit) {
        final long at = filter + (long) place * FilterLayout.PLACE_BYTES;
        Memory.putInt(at, Memory.getInt(at) | bit);
    }
}
