package io.penstock.dataplane.api;

import java.util.List;

/** Where hook functions are registered. Threads: any; returns when the change is in force on every worker. */
public interface HookRegistrar {

    /**
     * Registers an array of functions, whole or not at all.
     *
     * @throws HookException when one of them has no such place
     */
    Registration register(List<HookOps> array);

    /** Registers one function. */
    default Registration register(final HookOps ops) {
        return register(List.of(ops));
    }

    /** Takes the packets with verdict QUEUE of one namespace; the registration's end leaves the queue without one. */
    Registration registerQueueHandler(String namespace, QueueHandler handler);

    /** The packets that functions stole. */
    StolenPackets stolenPackets();

    /** What was registered; closing always succeeds, and when it returns no packet is inside the functions any more. */
    interface Registration extends AutoCloseable {

        @Override
        void close();
    }
}
