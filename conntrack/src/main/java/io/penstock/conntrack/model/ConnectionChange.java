package io.penstock.conntrack.model;

/** What happened to a connection or an expectation. */
public enum ConnectionChange {
    /** It is there. */
    NEW,
    /** It has changed. */
    UPDATE,
    /** It is gone. */
    DESTROY
}
