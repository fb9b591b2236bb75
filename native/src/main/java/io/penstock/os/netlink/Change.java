package io.penstock.os.netlink;

/** What a listener is told has happened to an object. */
public enum Change {
    /** It is there: found by the dump between {@code resyncStarted} and {@code resyncFinished}. */
    DUMPED,
    /** It is new or has changed. A route: it stands before the IPv4 routes of its key. */
    PUT,
    /** A route was added behind those of its key. */
    APPENDED,
    /** A route took the place of the first one of its key, or was added if there was none. */
    REPLACED,
    /** It is gone. Of an IPv6 multipath route: the next hops that the message names. */
    DELETED
}
