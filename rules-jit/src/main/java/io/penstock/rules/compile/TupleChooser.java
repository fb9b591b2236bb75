package io.penstock.rules.compile;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.hot.FilterLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts the rules of a chain into few tuples: a search probes one slot in each, so tuples cost more than a few rules found by the same
 * slot, which their records tell apart.
 *
 * <p>Source: the idea of merging tuples is of Daly, Bruschi, Linguaglossa et al., "TupleMerge: Fast Software Packet Processing for Online
 * Packet Classification", IEEE/ACM Transactions on Networking 27(4), 2019. Here all rules are known beforehand, so the largest sets of equal masks choose
 * first, each the coarsest mask that still tells its own rules apart; later sets join where they can.
 */
final class TupleChooser {

    /**
     * Rules that share a slot in a tuple of their own, at the most. Lower makes more tuples, each probed by every packet; higher makes more
     * records to look at by those packets that come there.
     */
    private static final int MOST_OF_OWN = 1;

    /** The same, counting those of other masks that join: the least that leaves no more tuples than filters know, or the last. */
    private static final int[] MOST_JOINED = {2, 4, 8, 16};

    /** First, rules of which filters know different fields are kept apart: one that they know little of would hide the others of its tuple. */
    private static final boolean[] APART = {true, false};

    /**
     * Tuples at the most: a chain that needs more is looked at rule by rule, since probing a thousand costs as much as looking at some thousand rules. Higher
     * would make a table of rules with masks of their own, each compared with all tuples so far, take minutes to be made ready.
     */
    private static final int MOST_TUPLES = 1_024;

    /** Keys that a mask is first tried on: a bad one is found out by few. */
    private static final int SAMPLE = 512;

    private static final int[] LENGTHS4 = {0, 16, 20, 24, 28};
    private static final int[] LENGTHS6 = {0, 48, 64, 96};
    private static final long PORTS_FROM = 0xFFFF_0000_0000_0000L;
    private static final long PORTS_TO = 0x0000_FFFF_0000_0000L;

    private final IpFamily family;
    private final FingerprintCounts counts = new FingerprintCounts();
    /** The coarsest mask for keys of a mask. */
    private final Map<FieldMask, FieldMask> coarsest = new HashMap<>();

    private TupleChooser(final IpFamily family) {
        this.family = family;
    }

    /** Tuples for a chain's rules, in order of their least ones; none where it is not worth it. */
    static List<Tuple> choose(final IpFamily family, final List<RuleFields> rules) {
        final Map<FieldMask, KeyList> groups = new LinkedHashMap<>();
        for (int rule = 0; rule < rules.size(); rule++) {
            for (final FieldKey key : rules.get(rule).keys()) {
                groups.computeIfAbsent(key.mask(), none -> new KeyList()).add(key, rule);
            }
        }
        final List<KeyList> largestFirst = new ArrayList<>(groups.values());
        largestFirst.sort(Comparator.comparingInt(group -> -group.size()));
        final List<Tuple> tuples = new TupleChooser(family).fewest(largestFirst);
        tuples.forEach(Tuple::refine);
        tuples.sort(Comparator.comparingInt(Tuple::least));
        return tuples;
    }

    private List<Tuple> fewest(final List<KeyList> largestFirst) {
        List<Tuple> tuples = List.of();
        for (final boolean apart : APART) {
            for (final int mostJoined : MOST_JOINED) {
                final List<Tuple> spare = tuples;
                tuples = new ArrayList<>(spare.size());
                if (placeAll(tuples, spare, largestFirst, mostJoined, apart, FilterLayout.TUPLES)) {
                    return tuples;
                }
            }
        }
        final List<Tuple> many = new ArrayList<>();
        return placeAll(many, tuples, largestFirst, MOST_JOINED[MOST_JOINED.length - 1], false, MOST_TUPLES) ? many : new ArrayList<>();
    }

    /** Returns whether so many tuples are enough; where not, that is found out as soon as there are more. */
    private boolean placeAll(
            final List<Tuple> tuples,
            final List<Tuple> spare,
            final List<KeyList> largestFirst,
            final int mostJoined,
            final boolean apart,
            final int most) {
        for (final KeyList group : largestFirst) {
            place(tuples, spare, group, mostJoined, apart);
            if (tuples.size() > most) {
                return false;
            }
        }
        return true;
    }

    private void place(
            final List<Tuple> tuples, final List<Tuple> spare, final KeyList group, final int mostJoined, final boolean apart) {
        final FieldMask own = group.key(0).mask();
        for (final Tuple tuple : tuples) {
            if ((!apart || Filters.seeAlike(family, tuple.keys().key(0).mask(), own)) && tuple.hasRoomFor(group, mostJoined, counts)) {
                tuple.add(group);
                return;
            }
        }
        final Tuple tuple = new Tuple(family, coarsest.computeIfAbsent(own, mask -> coarsest(group, mask)),
                tuples.size() < spare.size() ? spare.get(tuples.size()) : null);
        tuple.add(group);
        tuples.add(tuple);
    }

    private FieldMask coarsest(final KeyList group, final FieldMask own) {
        final List<FieldMask> candidates = candidates(own);
        candidates.sort(Comparator.comparingInt(FieldMask::bits));
        for (final FieldMask candidate : candidates) {
            if (tellsApart(candidate, group, Math.min(SAMPLE, group.size())) && tellsApart(candidate, group, group.size())) {
                return candidate;
            }
        }
        return own;
    }

    /** Whether it does so with the first keys. */
    private boolean tellsApart(final FieldMask mask, final KeyList keys, final int first) {
        counts.clear(first);
        for (int i = 0; i < first; i++) {
            if (counts.add(keys.key(i).fingerprint(family, mask), i) > MOST_OF_OWN) {
                return false;
            }
        }
        return true;
    }

    private List<FieldMask> candidates(final FieldMask own) {
        final List<FieldMask> all = new ArrayList<>();
        final boolean ports = (own.transport() & (PORTS_FROM | PORTS_TO)) != 0;
        for (final ContextFields context : fewer(own.context())) {
            for (final long[] source : shorter(own.sourceHigh(), own.source())) {
                for (final long[] destination : shorter(own.destinationHigh(), own.destination())) {
                    all.add(new FieldMask(source[0], source[1], destination[0], destination[1], own.transport(), context));
                    if (ports) {
                        all.add(new FieldMask(source[0], source[1], destination[0], destination[1], own.transport() & ~PORTS_FROM,
                                context));
                        all.add(new FieldMask(source[0], source[1], destination[0], destination[1], own.transport() & ~PORTS_TO,
                                context));
                    }
                }
            }
        }
        return all;
    }

    /** Masks of the context, and the same without Ethernet source, without mark, without either. */
    private static Set<ContextFields> fewer(final ContextFields own) {
        final Set<ContextFields> all = new LinkedHashSet<>();
        for (final long mac : new long[] {own.mac(), 0}) {
            for (final long mark : new long[] {own.mark(), 0}) {
                all.add(ContextFields.of(own.in(), own.inRest(), own.out(), own.outRest(), mac, mark));
            }
        }
        return all;
    }

    /** A mask and shorter ones, each as its two halves; one that is no prefix's is left as it is. */
    private List<long[]> shorter(final long high, final long low) {
        final List<long[]> all = new ArrayList<>();
        all.add(new long[] {high, low});
        final int length = length(high, low);
        for (final int less : family == IpFamily.IPV4 ? LENGTHS4 : LENGTHS6) {
            if (less < length) {
                all.add(family == IpFamily.IPV4
                        ? new long[] {0, leading(less) >>> Integer.SIZE}
                        : new long[] {leading(Math.min(less, Long.SIZE)), leading(Math.max(0, less - Long.SIZE))});
            }
        }
        return all;
    }

    /** The length of a prefix's mask, or 0 if it is none. */
    private int length(final long high, final long low) {
        final int length = Long.bitCount(high) + Long.bitCount(low);
        final boolean prefix = family == IpFamily.IPV4
                ? low == leading(length) >>> Integer.SIZE
                : high == leading(Math.min(length, Long.SIZE)) && low == leading(Math.max(0, length - Long.SIZE));
        return prefix ? length : 0;
    }

    private static long leading(final int bits) {
        return bits == 0 ? 0 : -1L << Long.SIZE - bits;
    }
}
