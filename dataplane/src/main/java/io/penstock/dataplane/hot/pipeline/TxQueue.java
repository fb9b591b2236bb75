package io.penstock.dataplane.hot.pipeline;

/**
 * Frames of one batch that leave by one port, in order. Owned by the lane; the port empties it once a batch.
 */
public final class TxQueue {

    /** A batch may send all its frames to one port, and one batch of resumed packets may precede it. */
    private static final int CAPACITY = 2 * Batch.CAPACITY;

    public int count;
    public final long[] frame = new long[CAPACITY];
    public final int[] length = new int[CAPACITY];

    /** Appends a frame. */
    public void add(final long frameAddress, final int bytes) {
        final int at = count;
        frame[at] = frameAddress;
        length[at] = bytes;
        count = at + 1;
    }
}
