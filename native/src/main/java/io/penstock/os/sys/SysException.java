package io.penstock.os.sys;

/**
 * A system call that failed: which, with what arguments, why, and what mends it.
 *
 * <p>The message is one sentence: {@code bind(ifindex=3, queue=0): EBUSY (device or resource busy); <remedy>}.
 */
public final class SysException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int errno;
    private final String what;

    /** A failure with no particular remedy beyond the errno's own text. */
    public SysException(final String what, final int errno) {
        this(what, errno, null);
    }

    /**
     * A failure.
     *
     * @param what   the call with its arguments as {@code name=value}
     * @param errno  the positive errno
     * @param remedy what to do, or null
     */
    public SysException(final String what, final int errno, final String remedy) {
        super(what + ": " + Errno.name(errno) + " (" + Errno.text(errno) + ')' + (remedy == null ? "" : "; " + remedy));
        this.errno = errno;
        this.what = what;
    }

    /** The positive errno. */
    public int errno() {
        return errno;
    }

    /** The same failure with a remedy that only the caller could know. */
    public SysException withRemedy(final String remedy) {
        final SysException better = new SysException(what, errno, remedy);
        better.initCause(this);
        return better;
    }
}
