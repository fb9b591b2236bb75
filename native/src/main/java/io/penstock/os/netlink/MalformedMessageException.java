package io.penstock.os.netlink;

/** Bytes that are not the netlink message that they claim to be. */
public final class MalformedMessageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MalformedMessageException(final String what) {
        super("malformed netlink message: " + what);
    }
}
