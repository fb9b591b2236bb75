package io.penstock.os.xdp;

/**
 * The six counts that the kernel keeps for an AF_XDP socket since it was opened ({@code struct xdp_statistics}).
 *
 * @param rxDropped         packets lost on the way in for another reason than those below, such as longer than a frame
 * @param rxInvalidDescs    frames in the fill ring that lie outside of the UMEM: a bug of the program, 0 here
 * @param txInvalidDescs    descriptors in the TX ring that cross a frame or lie outside of the UMEM: a bug, 0 here; their
 *                          frames are not completed
 * @param rxRingFull        packets lost because the RX ring was full: the worker is too slow
 * @param rxFillRingEmpty   times that a packet found no frame in the fill ring; with a native or generic program in copy
 *                          mode each is a lost packet
 * @param txRingEmpty       times that the kernel looked for a descriptor in the TX ring and found none; no loss
 */
public record XskStatistics(
        long rxDropped,
        long rxInvalidDescs,
        long txInvalidDescs,
        long rxRingFull,
        long rxFillRingEmpty,
        long txRingEmpty) {

    /** The sum of this and another socket's. */
    public XskStatistics plus(final XskStatistics other) {
        return new XskStatistics(rxDropped + other.rxDropped, rxInvalidDescs + other.rxInvalidDescs,
                txInvalidDescs + other.txInvalidDescs, rxRingFull + other.rxRingFull,
                rxFillRingEmpty + other.rxFillRingEmpty, txRingEmpty + other.txRingEmpty);
    }
}
