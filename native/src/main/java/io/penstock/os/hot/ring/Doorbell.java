package io.penstock.os.hot.ring;

import io.penstock.os.sys.Errno;
import io.penstock.os.sys.Linux;

/**
 * The system calls that wake the kernel for a socket's rings, when {@link TxRing#needsWakeup} or
 * {@link FillRing#needsWakeup} says so.
 *
 * <p>In copy mode the TX kick itself sends: one call handles XDP_MAX_TX_SKB_BUDGET descriptors (32 unless raised), so that
 * kicks go on until {@link TxRing#pending} is 0 or the answer is {@link #LATER}. In zero-copy mode it wakes the driver.
 *
 * <p>Source: kernel Documentation/networking/af_xdp.rst, "XDP_USE_NEED_WAKEUP bind flag"; sendto(2). Threads: the
 * socket's worker.
 */
public final class Doorbell {

    /** The kernel was woken. */
    public static final int RUNG = 0;

    /**
     * The kernel could not go on now: the budget is used up (EAGAIN), the driver is busy (EBUSY), the completion ring,
     * the device's queue or the socket's send buffer is full (ENOBUFS, EAGAIN). Nothing is lost: drain the completion
     * ring and ring again in the next round.
     */
    public static final int LATER = 1;

    private static final int MSG_DONTWAIT = 0x40;

    private final int fd;

    /** A doorbell for an open AF_XDP socket. */
    public Doorbell(final int fd) {
        this.fd = fd;
    }

    /**
     * Asks the kernel to work on the TX ring.
     *
     * @return {@link #RUNG}, {@link #LATER}, or a negative errno: {@code -ENETDOWN} when the link is down, {@code -ENXIO}
     *         when the device is gone; the frames stay in the ring
     */
    public int kickTx() {
        return answer(Linux.sendto(fd, 0, 0, MSG_DONTWAIT, 0, 0));
    }

    /**
     * Asks the kernel to work on the fill and RX rings; with busy polling on, this call does the driver's receive work.
     *
     * @return as {@link #kickTx}
     */
    public int kickRx() {
        return answer(Linux.recvfrom(fd, 0, 0, MSG_DONTWAIT, 0, 0));
    }

    /** What a call's result means: the tests show every errno. */
    static int answer(final long result) {
        if (result >= 0) {
            return RUNG;
        }
        return answerSlow((int) -result);
    }

    private static int answerSlow(final int errno) {
        return switch (errno) {
            case Errno.EAGAIN, Errno.EBUSY, Errno.ENOBUFS, Errno.EINTR -> LATER;
            default -> -errno;
        };
    }
}
