package io.penstock.conntrack.model;

import io.penstock.os.sys.Errno;

/** A store's refusal, as ctnetlink gives one. */
public final class ConnectionException extends Exception {

    private static final long serialVersionUID = 1;

    private final int errno;

    /** A refusal. */
    public ConnectionException(final int errno) {
        super(Errno.name(errno), null, false, false);
        this.errno = errno;
    }

    /** The reason's number. */
    public int errno() {
        return errno;
    }
}
