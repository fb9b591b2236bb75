package io.penstock.perf.bench.peer;

import io.penstock.perf.bench.measure.ShutdownHooks;

/**
 * Does something once: when it is closed, or when the process is told to end before. A process that is ending already makes none: what is to be cleaned up
 * is begun only then.
 *
 * <p>Threads: one, and the shutdown hook that it registers.
 */
final class CleanUp implements AutoCloseable {

    private final Runnable action;
    private final Thread hook;
    private boolean done;

    CleanUp(final Runnable action) {
        this.action = action;
        this.hook = new Thread(this::act, "peer-clean-up");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** There is nothing to clean up. */
    synchronized void forget() {
        done = true;
        ShutdownHooks.forget(hook);
    }

    @Override
    public void close() {
        act();
        ShutdownHooks.forget(hook);
    }

    private synchronized void act() {
        if (!done) {
            done = true;
            action.run();
        }
    }
}
