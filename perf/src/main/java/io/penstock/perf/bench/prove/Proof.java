package io.penstock.perf.bench.prove;

import java.util.Locale;

/**
 * Whether something was told of as it should have been.
 *
 * @param what   was made worse, and where; or that nothing was
 * @param found  whether the measurement told of that, or of nothing where there was nothing
 * @param change what it told, for people
 */
record Proof(String what, boolean found, String change) {

    /** A line. */
    String text() {
        return String.format(Locale.ROOT, "%-9s  %-44s %s", found ? "found" : "NOT found", what, change);
    }
}
