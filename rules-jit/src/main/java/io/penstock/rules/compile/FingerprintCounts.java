package io.penstock.rules.compile;

import java.util.Arrays;

/**
 * How many rules there are of each fingerprint: a hash table of numbers, without an object for each.
 *
 * <p>Threads: control, one at a time.
 */
final class FingerprintCounts {

    private static final int LEAST = 16;

    /** 0 is free: no fingerprint is 0. */
    private int[] fingerprints = new int[LEAST];
    private int[] counts = new int[LEAST];
    private int[] lastRules = new int[LEAST];
    /** Places less one; at most half of them are taken. */
    private int mask = LEAST - 1;
    private int different;
    private int total;

    /** Forgets all, and makes room for so many. */
    void clear(final int expected) {
        final int places = Math.max(LEAST, Integer.highestOneBit(Math.max(1, expected)) << 2);
        if (places > fingerprints.length) {
            fingerprints = new int[places];
            counts = new int[places];
            lastRules = new int[places];
        } else {
            Arrays.fill(fingerprints, 0, places, 0);
        }
        mask = places - 1;
        different = 0;
        total = 0;
    }

    /** Counts a rule, unless it is the last one counted there; returns how many there are now. */
    int add(final int fingerprint, final int rule) {
        if (2 * (different + 1) > mask) {
            grow();
        }
        final int place = place(fingerprint);
        if (fingerprints[place] == 0) {
            fingerprints[place] = fingerprint;
            counts[place] = 0;
            different++;
        } else if (lastRules[place] == rule) {
            return counts[place];
        }
        lastRules[place] = rule;
        total++;
        return ++counts[place];
    }

    /** How many there are. */
    int count(final int fingerprint) {
        final int place = place(fingerprint);
        return fingerprints[place] == 0 ? 0 : counts[place];
    }

    /** How many different fingerprints there are. */
    int different() {
        return different;
    }

    /** The sum of all. */
    int total() {
        return total;
    }

    private int place(final int fingerprint) {
        // The last bit of every fingerprint is 1.
        int place = (fingerprint >>> 1 ^ fingerprint >>> 17) & mask;
        while (fingerprints[place] != 0 && fingerprints[place] != fingerprint) {
            place = place + 1 & mask;
        }
        return place;
    }

    private void grow() {
        final int[] oldFingerprints = fingerprints;
        final int[] oldCounts = counts;
        final int[] oldRules = lastRules;
        final int old = mask + 1;
        fingerprints = new int[2 * old];
        counts = new int[2 * old];
        lastRules = new int[2 * old];
        mask = 2 * old - 1;
        for (int i = 0; i < old; i++) {
            if (oldFingerprints[i] != 0) {
                final int place = place(oldFingerprints[i]);
                fingerprints[place] = oldFingerprints[i];
                counts[place] = oldCounts[i];
                lastRules[place] = oldRules[i];
            }
        }
    }
}
