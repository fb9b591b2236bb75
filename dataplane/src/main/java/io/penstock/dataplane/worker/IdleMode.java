package io.penstock.dataplane.worker;

/** What a worker does when there is nothing to do. */
public enum IdleMode {
    /** Polls on: lowest latency, one core at 100 %. */
    SPIN,
    /** Polls on for a while, then yields, then sleeps in poll(2) until a frame or a change comes. */
    ADAPTIVE
}
