package io.penstock.rules.compile;

import io.penstock.rules.api.IpFamily;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Rules that are found by the same bits of the fields. */
final class Tuple {

    private final IpFamily family;
    private final FieldMask mask;
    private final Map<Integer, List<Integer>> rules = new HashMap<>();
    private final List<FieldKey> keys = new ArrayList<>();
    private int least = Integer.MAX_VALUE;

    Tuple(final IpFamily family, final FieldMask mask) {
        this.family = family;
        this.mask = mask;
    }

    FieldMask mask() {
        return mask;
    }

    /** The least number of its rules. */
    int least() {
        return least;
    }

    /** By fingerprint, the rules, ascending. */
    Map<Integer, List<Integer>> rules() {
        return rules;
    }

    /** Whether keys of one mask can be added while no more than so many rules are found by one fingerprint. */
    boolean hasRoomFor(final List<FieldKey> others, final int most) {
        if (!mask.isWithin(others.getFirst().mask())) {
            return false;
        }
        final Map<Integer, Integer> added = new HashMap<>();
        for (final FieldKey key : others) {
            final int fingerprint = key.fingerprint(family, mask);
            final List<Integer> there = rules.get(fingerprint);
            if (added.merge(fingerprint, 1, Integer::sum) + (there == null ? 0 : there.size()) > most) {
                return false;
            }
        }
        return true;
    }

    /** All keys. */
    List<FieldKey> keys() {
        return keys;
    }

    void add(final List<FieldKey> added) {
        keys.addAll(added);
        for (final FieldKey key : added) {
            final List<Integer> list = rules.computeIfAbsent(key.fingerprint(family, mask), none -> new ArrayList<>(1));
            // Keys of one rule come one after the other; where another mask's come between, a rule may stand twice, which does no harm.
            if (list.isEmpty() || list.getLast() != key.rule()) {
                list.add(key.rule());
            }
            least = Math.min(least, key.rule());
        }
    }
}
