package io.penstock.dataplane.hot.pipeline;

/** Learns what became of packets that had waited for a neighbour. Threads: the lane's worker, between batches. */
@FunctionalInterface
public interface UnparkObserver {

    /**
     * The wait is over; the slot's outcome tells how. The slot's frame is no longer the batch's: its address may only be
     * compared.
     */
    void unparked(Batch batch, int slot);
}
