package io.penstock.dataplane.judge.random;

import java.util.List;
import java.util.Random;

/** Random choices from one seed. Threads: one. */
final class Dice {

    private final Random random;

    Dice(final long seed) {
        // Neighbouring seeds of java.util.Random begin alike.
        random = new Random(seed * 0x9E37_79B9_7F4A_7C15L ^ seed >>> 29);
    }

    /** From 0 to below the limit. */
    int below(final int limit) {
        return random.nextInt(limit);
    }

    /** From the lower to the upper, both included. */
    int between(final int lower, final int upper) {
        return lower + random.nextInt(upper - lower + 1);
    }

    /** True once in so many times. */
    boolean oneIn(final int times) {
        return random.nextInt(times) == 0;
    }

    int bits() {
        return random.nextInt();
    }

    long longBits() {
        return random.nextLong();
    }

    <T> T of(final List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    int of(final int... values) {
        return values[random.nextInt(values.length)];
    }

    String of(final String... values) {
        return values[random.nextInt(values.length)];
    }

    void fill(final byte[] bytes, final int from, final int to) {
        for (int i = from; i < to; i++) {
            bytes[i] = (byte) random.nextInt();
        }
    }
}
