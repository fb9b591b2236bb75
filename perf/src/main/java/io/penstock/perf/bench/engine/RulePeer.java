package io.penstock.perf.bench.engine;

import java.util.Map;

/** Somebody else who puts the same packets to the same rules. Threads: one. */
interface RulePeer {

    /** Its name in results. */
    String name();

    /** What its time is, for people. */
    String what();

    /** Refuses a machine without it. */
    void require();

    /** Loads rules. */
    Loaded load(PeerRules rules);

    /** Rules that were loaded. */
    interface Loaded extends AutoCloseable {

        /** Measures once: nanoseconds a packet for the rules alone, by the ways that it has. */
        Map<String, Double> run();

        /** The share of all packets so far that FORWARD's last rule took there. */
        double lastShare();

        @Override
        void close();
    }
}
