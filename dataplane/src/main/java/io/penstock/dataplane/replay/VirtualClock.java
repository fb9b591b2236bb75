package io.penstock.dataplane.replay;

/**
 * The packets' time, in nanoseconds since 1970. It starts with the first packet and never goes back: a packet from before is
 * one of now.
 */
final class VirtualClock {

    private long startNs;
    private long nowNs;
    private boolean started;

    /** Moves on to a time; the first one starts the clock. */
    void reach(final long timeNs) {
        if (!started) {
            started = true;
            startNs = timeNs;
            nowNs = timeNs;
        }
        nowNs = Math.max(nowNs, timeNs);
    }

    /** False until the first packet. */
    boolean isStarted() {
        return started;
    }

    /** When the first packet came, 0 before. */
    long startNs() {
        return startNs;
    }

    /** What the clock shows. */
    long nowNs() {
        return nowNs;
    }
}
