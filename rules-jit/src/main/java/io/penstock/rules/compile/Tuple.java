package io.penstock.rules.compile;

import io.penstock.rules.api.IpFamily;
import java.util.Arrays;

/** Rules that are found by the same bits of the fields. */
final class Tuple {

    private static final long LOW_32 = 0xFFFF_FFFFL;

    private final IpFamily family;
    private FieldMask mask;
    private final KeyList keys;
    private final FingerprintCounts counts;
    private int least = Integer.MAX_VALUE;

    /**
     * An empty one.
     *
     * @param spare one that is not needed any more, of whose memory this is made; or null
     */
    Tuple(final IpFamily family, final FieldMask mask, final Tuple spare) {
        this.family = family;
        this.mask = mask;
        this.keys = spare == null ? new KeyList() : spare.keys;
        this.counts = spare == null ? new FingerprintCounts() : spare.counts;
        keys.clear();
    }

    FieldMask mask() {
        return mask;
    }

    /** The least number of its rules. */
    int least() {
        return least;
    }

    /** How many fingerprints its rules are found by. */
    int fingerprints() {
        return counts.different();
    }

    /** How many rules are found by them, at least: each as often as it is found. */
    int total() {
        return counts.total();
    }

    /** All keys. */
    KeyList keys() {
        return keys;
    }

    /**
     * Whether keys of one mask can be added while no more than so many rules are found by one fingerprint.
     *
     * @param added may be used for counting
     */
    boolean hasRoomFor(final KeyList others, final int most, final FingerprintCounts added) {
        if (!mask.isWithin(others.key(0).mask())) {
            return false;
        }
        added.clear(others.size());
        for (int i = 0; i < others.size(); i++) {
            final int fingerprint = others.key(i).fingerprint(family, mask);
            if (added.add(fingerprint, i) + counts.count(fingerprint) > most) {
                return false;
            }
        }
        return true;
    }

    void add(final KeyList added) {
        if (keys.size() == 0) {
            counts.clear(added.size());
        }
        keys.addAll(added);
        for (int i = 0; i < added.size(); i++) {
            // Keys of one rule come one after the other; where another mask's come between, a rule may count twice, which does no harm.
            counts.add(added.key(i).fingerprint(family, mask), added.rule(i));
            least = Math.min(least, added.rule(i));
        }
    }

    /** Makes the mask of addresses and ports as fine as all keys allow: it was coarse so that others can join, which none will any more. */
    void refine() {
        long sourceHigh = -1;
        long source = -1;
        long destinationHigh = -1;
        long destination = -1;
        long transport = -1;
        for (int i = 0; i < keys.size(); i++) {
            final FieldMask own = keys.key(i).mask();
            sourceHigh &= own.sourceHigh();
            source &= own.source();
            destinationHigh &= own.destinationHigh();
            destination &= own.destination();
            transport &= own.transport();
        }
        mask = new FieldMask(sourceHigh, source, destinationHigh, destination, transport, mask.context());
        counts.clear(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            counts.add(keys.key(i).fingerprint(family, mask), keys.rule(i));
        }
    }

    /** Fingerprints (first half) and rules (second), in order, each pair once; as many as {@link #total} at the most. */
    long[] elements() {
        final long[] all = new long[keys.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = (long) keys.key(i).fingerprint(family, mask) << Integer.SIZE | keys.rule(i) & LOW_32;
        }
        Arrays.sort(all);
        int count = 0;
        for (int i = 0; i < all.length; i++) {
            if (i == 0 || all[i] != all[i - 1]) {
                all[count++] = all[i];
            }
        }
        return count == all.length ? all : Arrays.copyOf(all, count);
    }
}
