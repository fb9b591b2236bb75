package io.penstock.dataplane.run;

import io.penstock.os.netns.NetNsHandle;

/**
 * Takes the control thread to a network namespace and back, where more than one is served; else the thread is there already.
 *
 * <p>Threads: control.
 */
final class ControlPlace implements AutoCloseable {

    private final NetNsHandle there;
    private final NetNsHandle home;

    /**
     * For a namespace.
     *
     * @param name as {@code ip netns} knows it; empty for the calling thread's own
     */
    ControlPlace(final String name) {
        there = name.isEmpty() ? null : NetNsHandle.named(name);
        home = name.isEmpty() ? null : NetNsHandle.current();
    }

    /** Runs something in the namespace. What it does must not change namespaces itself. */
    void inside(final Runnable action) {
        if (there == null) {
            action.run();
            return;
        }
        there.enter();
        try {
            action.run();
        } finally {
            home.enter();
        }
    }

    @Override
    public void close() {
        if (there != null) {
            there.close();
            home.close();
        }
    }
}
