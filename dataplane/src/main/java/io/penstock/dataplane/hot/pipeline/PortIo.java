package io.penstock.dataplane.hot.pipeline;

/**
 * One worker's end of one port: AF_XDP, AF_PACKET, a capture file or memory.
 *
 * <p>Frames are owned by the lane's pool, a batch, or the port, never by two of them. Threads: the worker.
 */
public interface PortIo {

    /**
     * Receives into a batch: sets {@code frame} and {@code length} of slots 0 to n-1 and hands those frames to it.
     *
     * @return n, at most {@code max}
     */
    int receive(Batch batch, int max);

    /**
     * Sends frames in order.
     *
     * @return how many of the queue's frames the port took over; the rest stays the caller's
     */
    int send(TxQueue queue);

    /** Why {@link #send} took over less than all. */
    default DropReason refusal() {
        return DropReason.TX_RING_FULL;
    }

    /** What this end has counted. */
    PortTally tally();
}
