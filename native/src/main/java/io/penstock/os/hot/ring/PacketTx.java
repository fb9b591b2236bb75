package io.penstock.os.hot.ring;

import io.penstock.os.sys.Errno;
import io.penstock.os.sys.Linux;

/**
 * The sending side of an AF_PACKET socket that is bound to a device: one system call a frame, which copies it. The frame
 * is the caller's again when {@link #send} returns.
 *
 * <p>Source: packet(7), send(2). Threads: one, the worker.
 */
public final class PacketTx {

    /** The frame was handed to the device. */
    public static final int SENT = 0;

    /** The device's queue or the socket's send buffer is full (ENOBUFS, EAGAIN): the frame was not sent; try it later. */
    public static final int LATER = 1;

    private static final int MSG_DONTWAIT = 0x40;

    private final int fd;

    /** A sender for an open, bound AF_PACKET socket. */
    public PacketTx(final int fd) {
        this.fd = fd;
    }

    /**
     * Sends one Ethernet frame, without its checksum. That the link was down before is no reason not to send: the socket keeps
     * that error for whoever calls it next, though the link may be up again.
     *
     * @return {@link #SENT}, {@link #LATER}, or a negative errno: {@code -ENETDOWN} when the link is down, {@code -ENXIO}
     *         when the device is gone, {@code -EMSGSIZE} when the frame exceeds the MTU
     */
    public int send(final long address, final int length) {
        final long result = Linux.sendto(fd, address, length, MSG_DONTWAIT, 0, 0);
        return result >= 0 ? SENT : sendSlow((int) -result, address, length);
    }

    /** That a device went down is told once more of the first frame after it has come up again, which has nothing to do with it. */
    private int sendSlow(final int errno, final long address, final int length) {
        final long result = errno == Errno.ENETDOWN ? Linux.sendto(fd, address, length, MSG_DONTWAIT, 0, 0) : -errno;
        return result >= 0 ? SENT : switch ((int) -result) {
            case Errno.EAGAIN, Errno.ENOBUFS, Errno.EINTR -> LATER;
            default -> (int) result;
        };
    }
}
