package io.penstock.conntrack.hot.table;

/** What the table adds to an entry's state word. */
final class TableState {

    /** A control thread has asked for its end: packets do not find it, and the next sweep removes it. */
    static final long CONDEMNED = 1L << 26;

    private TableState() {
    }
}
