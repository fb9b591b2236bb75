package io.penstock.os.xdp;

/** An AF_XDP socket that could not be opened: the message says why and what mends it. */
public final class XskException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What kind of obstacle it is: a caller may fall back on {@link #UNSUPPORTED} and nothing else. */
    public enum Reason {
        /** The device or the kernel cannot do what was asked: no AF_XDP, no zero-copy. */
        UNSUPPORTED,
        /** The queue, or the device, is not there. */
        MISSING,
        /** Another socket has the queue. */
        BUSY,
        /** A privilege is lacking. */
        DENIED,
        /** Memory that can be pinned, or kernel memory, ran out. */
        MEMORY,
        /** The UMEM's first socket runs in another mode than the one asked for. */
        CONFLICT,
        /** The link is down. */
        DOWN,
        /** Something else: see {@link #errno}. */
        OTHER
    }

    private final Reason reason;
    private final int errno;

    XskException(final Reason reason, final int errno, final String message) {
        super(message);
        this.reason = reason;
        this.errno = errno;
    }

    /** What kind of obstacle it is. */
    public Reason reason() {
        return reason;
    }

    /** The positive errno, or 0 where no system call was made. */
    public int errno() {
        return errno;
    }
}
