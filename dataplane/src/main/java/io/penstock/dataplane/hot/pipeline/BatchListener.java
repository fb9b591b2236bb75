package io.penstock.dataplane.hot.pipeline;

/**
 * What looks after entries of its own is told of batches.
 *
 * <p>Threads: the lane's worker.
 */
public interface BatchListener {

    /** Packets run through the program from now on. */
    void begin(long nowNs);

    /** They do no more. */
    void end();

    /** Looks after its entries; between batches. */
    void tend(long nowNs);

    /** The worker goes to sleep. */
    void rest();
}
