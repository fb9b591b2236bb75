package io.penstock.dataplane.hot.ipvs.schedule;

/**
 * Chooses servers. Made by control for the servers of one service, in the order in which the kernel goes through them; another one is made when servers
 * come or go or a weight changes, and takes over what the one before it remembers.
 *
 * <p>Invariants: never a server of weight 0 or less, nor one that is overloaded, but where the kernel chooses so. It waits for nobody: what is shared by
 * all workers changes by compare-and-set.
 *
 * <p>Threads: workers, any number at a time.
 */
public abstract class Scheduler {

    /** {@link #pick}: no server can take it. */
    public static final int NONE = -1;

    /** A scheduler. */
    protected Scheduler() {
    }

    /** The index of the server that is to take a new connection, or {@link #NONE}. */
    public abstract int pick(Flow flow);

    /** The servers that it was made for. */
    public abstract Candidate[] servers();
}
