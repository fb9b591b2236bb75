package io.penstock.dataplane.config;

import java.util.List;

/**
 * The polling threads.
 *
 * @param cpus one worker pinned to each, in this order; empty when not given, then whoever starts the workers chooses
 * @param idle what a worker does when nothing arrives
 */
public record WorkersConfig(List<Integer> cpus, Idle idle) {

    /** What a worker does when nothing arrives. */
    public enum Idle {
        /** Polls on: lowest latency, a whole CPU always. */
        SPIN,
        /** Spins, then yields, then sleeps in poll(2). */
        ADAPTIVE
    }

    /** Copies what could change. */
    public WorkersConfig {
        cpus = List.copyOf(cpus);
    }
}
