package io.penstock.rules.hot.set;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Which prefix lengths elements have, 0 to 128, as a published set of bits, and how many have each.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A length is published after its first element, and taken back after its last: who looks in between sees the set of one of both
 *       moments.</li>
 *   <li>Counts are the writer's alone.</li>
 * </ol>
 *
 * <p>Threads: one writer at a time; any reader. Source: {@code mtype_add_cidr}, {@code mtype_del_cidr}.
 */
final class PrefixLengths {

    /** No shorter one. */
    static final int NONE = -1;
    private static final int LENGTHS = Prefix.HOST6 + 1;
    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

    private final int[] counts = new int[LENGTHS];
    private final long[] words = new long[(LENGTHS + Long.SIZE - 1) / Long.SIZE];

    /** The lengths up to 63, a bit each. */
    long low() {
        return (long) WORDS.getAcquire(words, 0);
    }

    /** The longest one up to a length, {@link #NONE} if there is none. */
    int longestUpTo(final int length) {
        int at = length / Long.SIZE;
        long word = (long) WORDS.getAcquire(words, at) & -1L >>> Long.SIZE - 1 - length % Long.SIZE;
        while (word == 0) {
            if (at == 0) {
                return NONE;
            }
            at--;
            word = (long) WORDS.getAcquire(words, at);
        }
        return at * Long.SIZE + Long.SIZE - 1 - Long.numberOfLeadingZeros(word);
    }

    /** One element more. */
    void add(final int length) {
        if (counts[length]++ == 0) {
            publish(length, words[length / Long.SIZE] | 1L << length);
        }
    }

    /** One element less. */
    void remove(final int length) {
        if (--counts[length] == 0) {
            publish(length, words[length / Long.SIZE] & ~(1L << length));
        }
    }

    /** No element any more. */
    void clear() {
        for (int i = 0; i < LENGTHS; i++) {
            counts[i] = 0;
        }
        for (int i = 0; i < words.length; i++) {
            WORDS.setRelease(words, i, 0L);
        }
    }

    private void publish(final int length, final long word) {
        WORDS.setRelease(words, length / Long.SIZE, word);
    }
}
