package io.penstock.dataplane.fib;

import java.util.ArrayDeque;
import java.util.Queue;

/** Keeps what was retired until a test says that all readers have passed. */
public final class DeferredReclaimer implements Reclaimer {

    private final Queue<Runnable> retired = new ArrayDeque<>();

    @Override
    public void retire(final Runnable free) {
        retired.add(free);
    }

    /** Frees what has been retired so far. */
    public void quiesce() {
        for (int n = retired.size(); n > 0; n--) {
            retired.remove().run();
        }
    }
}
