package io.penstock.rules.compile;

import java.util.Arrays;

/**
 * Keys and the rules that they are of.
 *
 * <p>Threads: control, one at a time.
 */
final class KeyList {

    private static final int FIRST = 4;

    private FieldKey[] keys = new FieldKey[FIRST];
    private int[] rules = new int[FIRST];
    private int size;

    int size() {
        return size;
    }

    FieldKey key(final int at) {
        return keys[at];
    }

    /** The number, in its chain, of the rule that a key is of. */
    int rule(final int at) {
        return rules[at];
    }

    void add(final FieldKey key, final int rule) {
        if (size == rules.length) {
            room(2 * size);
        }
        keys[size] = key;
        rules[size++] = rule;
    }

    void clear() {
        size = 0;
    }

    void addAll(final KeyList others) {
        if (size + others.size > rules.length) {
            room(Math.max(size + others.size, 2 * size));
        }
        System.arraycopy(others.keys, 0, keys, size, others.size);
        System.arraycopy(others.rules, 0, rules, size, others.size);
        size += others.size;
    }

    private void room(final int places) {
        keys = Arrays.copyOf(keys, places);
        rules = Arrays.copyOf(rules, places);
    }
}
