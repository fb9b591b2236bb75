package io.penstock.os.sys;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Parts of one thing that are made one after the other. When one cannot be made, those before it are closed; else they are the thing's, which closes
 * them.
 *
 * <p>Threads: one.
 */
public final class Parts {

    private final Deque<Runnable> made = new ArrayDeque<>();

    /** Notes a part that has been made, and returns it. */
    public <T> T keep(final T part, final Consumer<T> closer) {
        made.push(() -> closer.accept(part));
        return part;
    }

    /** Another part cannot be made: closes those that have been, the last one first. */
    public void abandon() {
        while (!made.isEmpty()) {
            made.pop().run();
        }
    }
}
