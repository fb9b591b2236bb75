package io.penstock.dataplane.demo;

import java.io.PrintWriter;

/**
 * What has to be done at the end, whether that comes as planned or by Ctrl-C.
 *
 * <p>Invariants:
 * <ol>
 *   <li>It is done once, and whoever closes returns when it is done.</li>
 *   <li>After an interruption the process ends with the signal's exit code; what fails meanwhile is its consequence.</li>
 * </ol>
 *
 * <p>Threads: the demonstration's, and the JVM's at shutdown.
 */
final class CleanUp implements AutoCloseable {

    /** The process ends once only. */
    private static volatile boolean interrupted;

    private final Runnable work;
    private final Thread atShutdown;
    private boolean done;

    CleanUp(final PrintWriter err, final Runnable work) {
        this.work = work;
        atShutdown = Thread.ofPlatform().name("demo-clean-up").unstarted(() -> {
            interrupted = true;
            err.println("interrupted: cleaning up");
            err.flush();
            finish();
        });
        Runtime.getRuntime().addShutdownHook(atShutdown);
    }

    /** True when the JVM is going down before the demonstration was over. */
    static boolean isInterrupted() {
        return interrupted;
    }

    @Override
    public void close() {
        finish();
        try {
            Runtime.getRuntime().removeShutdownHook(atShutdown);
        } catch (final IllegalStateException e) {
            // The JVM is going down already: the hook finds the work done.
            interrupted = true;
        }
    }

    private synchronized void finish() {
        if (!done) {
            done = true;
            work.run();
        }
    }
}
