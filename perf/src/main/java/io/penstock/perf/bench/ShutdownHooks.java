package io.penstock.perf.bench;

/** What the end of the process would have cleaned up, when it is clean already. */
final class ShutdownHooks {

    private ShutdownHooks() {
    }

    /** Removes a hook, which may be null, unless this JVM is ending: then it runs. */
    static void forget(final Thread hook) {
        try {
            if (hook != null) {
                Runtime.getRuntime().removeShutdownHook(hook);
            }
        } catch (final IllegalStateException e) {
            // This JVM is ending: the hook runs.
        }
    }
}
