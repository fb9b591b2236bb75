package io.penstock.perf.archfixture.hot;

import java.time.Instant;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/** One method for each thing that a hot class may not do. */
public final class Careless {

    static final System.Logger LOGGER = System.getLogger("careless");
    static final ReentrantLock LOCK = new ReentrantLock();

    int value;

    Integer box() {
        return value;
    }

    Object object() {
        return new Object();
    }

    int[] array() {
        return new int[value];
    }

    Object[] objects() {
        return new Object[value];
    }

    int[][] arrays() {
        return new int[value][value];
    }

    String concatenate() {
        return "value=" + value;
    }

    Runnable lambda() {
        return () -> value++;
    }

    void lock() {
        synchronized (this) {
            value++;
        }
    }

    synchronized void locked() {
        value++;
    }

    long now() {
        return System.nanoTime();
    }

    OptionalInt stream() {
        return IntStream.range(0, value).max();
    }

    boolean isLate(final Instant deadline) {
        return deadline.equals(Instant.EPOCH);
    }
}
