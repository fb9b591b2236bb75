package io.penstock.perf.bench.measure;

/** What the end of the process would have cleaned up, when it is clean already. */
public final class ShutdownHooks {

    /** Never registered: to ask whether others could be. */
    private static final Thread NONE = Thread.ofPlatform().unstarted(() -> { });

    private ShutdownHooks() {
    }

    /** Whether this JVM is ending. */
    public static boolean areRunning() {
        try {
            Runtime.getRuntime().removeShutdownHook(NONE);
            return false;
        } catch (final IllegalStateException e) {
            return true;
        }
    }

    /** Removes a hook, which may be null, unless this JVM is ending: then it runs. */
    public static void forget(final Thread hook) {
        try {
            if (hook != null) {
                Runtime.getRuntime().removeShutdownHook(hook);
            }
        } catch (final IllegalStateException e) {
            // This JVM is ending: the hook runs.
        }
    }
}
