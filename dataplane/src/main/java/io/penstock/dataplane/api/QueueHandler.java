package io.penstock.dataplane.api;

/**
 * Takes packets with verdict QUEUE ({@code nf_register_queue_handler}). At most one per namespace. Runs on workers'
 * threads. A handler that throws loses the packet (drop reason {@code hook_exception}).
 */
@FunctionalInterface
public interface QueueHandler {

    /** Taken: the handler owns the token. */
    int QUEUED = 0;
    /** Nobody listens on that queue ({@code -ESRCH}): accepted with the bypass flag, else dropped. */
    int NOBODY = -3;
    /** The listener goes away ({@code -ECANCELED}): accepted with the bypass flag, else dropped. */
    int CANCELED = -125;
    /** The queue is full ({@code -ENOSPC}): dropped. */
    int FULL = -28;

    /**
     * Offers a packet. What the handler changes of it now, its mark too, the packet keeps.
     *
     * @param token to be given to {@link StolenPackets} when user space has judged
     * @return {@link #QUEUED}, or why not
     */
    int enqueue(Packet packet, HookState state, int queue, long token);
}
