package io.penstock.conntrack.model;

/** Where connections are listed from. */
public enum ConnectionTable {
    /** Those that are in the table. */
    CONNTRACK,
    /** Those that are out of the table, but whose end has not been told yet. */
    DYING,
    /** Those whose first packet has not left yet. Kernels since 6.1 list none. */
    UNCONFIRMED
}
