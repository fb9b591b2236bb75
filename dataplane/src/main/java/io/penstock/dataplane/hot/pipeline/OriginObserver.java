package io.penstock.dataplane.hot.pipeline;

/** Learns what became of packets that the lane itself made. Threads: the lane's worker, inside of a batch. */
@FunctionalInterface
public interface OriginObserver {

    /** The packet has its outcome. The slot's frame is no longer the batch's: its address may only be compared. */
    void originated(Batch batch, int slot);
}
