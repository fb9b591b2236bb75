package io.penstock.os.sys;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Parts of one thing, made one after the other: when one cannot be made, those before it are closed. Else they are the thing's, which closes them.
 *
 * <p>Threads: one.
 */
public final class Parts {

    private final Deque<Runnable> made = new ArrayDeque<>();

    /** Makes the next part. What the maker throws is the caller's, after the parts before it are closed, the last one first. */
    public <T> T add(final Supplier<T> maker, final Consumer<T> closer) {
        try {
            final T part = maker.get();
            made.push(() -> closer.accept(part));
            return part;
        } catch (final RuntimeException | Error e) {
            while (!made.isEmpty()) {
                made.pop().run();
            }
            throw e;
        }
    }
}
