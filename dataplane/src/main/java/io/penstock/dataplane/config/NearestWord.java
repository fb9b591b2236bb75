package io.penstock.dataplane.config;

import java.util.Collection;

/** Finds what the user probably meant, by edit distance. */
final class NearestWord {

    /** Characters that are compared: more than any name has, few enough for the square of them. */
    private static final int MAX_CHARS = 256;

    private NearestWord() {
    }

    /** The candidate with the fewest insertions, deletions and replacements away; of equals the first. */
    static String of(final String word, final Collection<String> candidates) {
        String best = "";
        int bestDistance = Integer.MAX_VALUE;
        for (final String candidate : candidates) {
            final int distance = distance(word, candidate);
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        return best;
    }

    static int distance(final String one, final String other) {
        final String a = one.substring(0, Math.min(one.length(), MAX_CHARS));
        final String b = other.substring(0, Math.min(other.length(), MAX_CHARS));
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                final int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            final int[] spare = previous;
            previous = current;
            current = spare;
        }
        return previous[b.length()];
    }
}
