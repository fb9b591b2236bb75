package io.penstock.rules.set;

/** The first of several that failed, to be told when all have been tried. Threads: one. */
final class FirstFailure {

    private IllegalStateException first;

    /** Tries one; what it is, in words. */
    void of(final String what, final Runnable tried) {
        try {
            tried.run();
        } catch (final RuntimeException | OutOfMemoryError e) {
            first = first == null ? new IllegalStateException(what + ": " + e, e) : first;
        }
    }

    /** Throws it, if one has failed. */
    void rethrow() {
        if (first != null) {
            throw first;
        }
    }
}
