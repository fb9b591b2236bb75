package io.penstock.dataplane.hot.pipeline;

/**
 * What a lane's connections want to know of batches and packets.
 *
 * <p>Invariants: between {@link #begin} and {@link #end} every entry that a packet leads to is whole. A packet that is taken out of its batch
 * before its way's end is said to be by {@link #hold}, and {@link #retake} says whether its connection is still there.
 *
 * <p>Threads: the lane's worker.
 */
public interface Tracking extends BatchListener {

    /** Frames that wait to be put together. */
    int heldFrames();

    /** A packet with a connection is taken out of its batch: a connection that has only begun is kept for it. */
    void hold(Batch b, int slot);

    /**
     * It is back.
     *
     * @param generation its entry's, as {@link #generation} said when it was taken out
     * @return false when its connection is no more
     */
    boolean retake(Batch b, int slot, int generation);

    /** The generation of a packet's entry. */
    int generation(Batch b, int slot);
}
