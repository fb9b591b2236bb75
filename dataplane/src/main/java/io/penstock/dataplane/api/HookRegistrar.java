package io.penstock.dataplane.api;

import java.util.List;

/**
 * Where hook functions are registered. A change returns when it is in force on every worker. Threads: any, but not from inside a
 * hook function or queue handler, for which the change would wait: there every change is refused.
 */
public interface HookRegistrar {

    /**
     * Registers an array of functions, whole or not at all.
     *
     * @throws HookException when one of them has no such place, or is one too many: a point takes 1024, as in the kernel
     */
    Registration register(List<HookOps> array);

    /** Registers one function. */
    default Registration register(final HookOps ops) {
        return register(List.of(ops));
    }

    /**
     * Takes the packets with verdict QUEUE of one namespace; the registration's end leaves the queue without one. Packets that
     * the handler has taken stay its own: it still has to give back each token.
     */
    Registration registerQueueHandler(String namespace, QueueHandler handler);

    /** The packets that functions stole. */
    StolenPackets stolenPackets();

    /** What was registered; closing always succeeds, and when it returns no packet is inside the functions any more. */
    interface Registration extends AutoCloseable {

        @Override
        void close();
    }
}
