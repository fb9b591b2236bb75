package io.penstock.perf.bench.update;

import io.penstock.perf.bench.engine.BuiltIn;

/**
 * What to measure.
 *
 * @param cpu         the worker's
 * @param ratePps     packets offered a second
 * @param ringPackets that may wait for the worker; what is due beyond them is lost
 * @param warmSeconds how long packets flow before anything is looked at
 * @param restores    how often the set is restored
 * @param rules       of the table in which single rules are changed
 * @param changes     of single rules
 * @param intervalMs  from one change to the next
 */
record UpdateOptions(
        int cpu, long ratePps, int ringPackets, double warmSeconds, int restores, int rules, int changes, int intervalMs) {

    /** Rounds that are kept at the most. */
    private static final long MAX_ROUNDS = 1 << 23;
    private static final double SECONDS = 240;

    /** Frames without check sequence. */
    int frameBytes() {
        return BuiltIn.MIN_FRAME_BYTES;
    }

    /** Rounds to keep. */
    int roundCapacity() {
        return (int) Math.min(MAX_ROUNDS, (long) ((warmSeconds + SECONDS) * ratePps / PacedPort.BURST));
    }
}
