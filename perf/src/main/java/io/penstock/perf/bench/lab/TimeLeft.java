package io.penstock.perf.bench.lab;

import java.util.Locale;

/**
 * How long a run will still take: what is expected of the steps that are left, times how much longer or shorter than expected the others
 * took so far.
 *
 * <p>Threads: one.
 */
final class TimeLeft {

    /** So many expected seconds count as if they had taken exactly that: one short first step tells little. */
    private static final double TRUST_S = 30;

    private double expectedDone = TRUST_S;
    private double taken = TRUST_S;
    private double left;

    /** @param expectedSeconds of all steps */
    TimeLeft(final double expectedSeconds) {
        left = expectedSeconds;
    }

    /** A step has ended. */
    void done(final double expectedSeconds, final double seconds) {
        skipped(expectedSeconds);
        expectedDone += expectedSeconds;
        taken += seconds;
    }

    /** A step ended in another way than by being measured. */
    void skipped(final double expectedSeconds) {
        left = Math.max(0, left - expectedSeconds);
    }

    /** Seconds until the end, after so many of the step that is under way. */
    double seconds(final double ofThisStep) {
        return Math.max(0, left * taken / expectedDone - ofThisStep);
    }

    /** Such as 6:02, or 1:06:02. */
    static String clock(final double seconds) {
        final long whole = Math.round(seconds);
        final long hours = whole / 3600;
        return hours == 0 ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", hours, whole / 60 % 60, whole % 60);
    }
}
