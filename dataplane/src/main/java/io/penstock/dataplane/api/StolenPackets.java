package io.penstock.dataplane.api;

/**
 * Packets that hook functions took over, by the token that {@link Packet#steal} gave. A token is good for one call;
 * using it again is an error that is counted and changes nothing. Threads: any; the packet moves on at the next batch
 * boundary of the worker that it belongs to.
 */
public interface StolenPackets {

    /** Frees the packet. */
    void release(long token);

    /**
     * Lets the packet go on. Past the routing decision it is routed again first: it leaves by the route that is in force by
     * then, and ends where there is none.
     *
     * @param verdict ACCEPT goes on at the next function, REPEAT runs the function that stole it again, STOP skips the
     *     functions that are left, DROP frees it
     */
    void resume(long token, int verdict);

    /** How many packets one worker can hold for others at a time. */
    int capacity();
}
