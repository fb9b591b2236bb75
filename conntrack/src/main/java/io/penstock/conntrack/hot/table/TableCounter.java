package io.penstock.conntrack.hot.table;

/** The counters of a table, a worker each, under the names that {@code conntrack -S} prints. Source: {@code struct ip_conntrack_stat}. */
public final class TableCounter {

    /** NAT asked for a tuple that is taken. */
    public static final int FOUND = 0;
    /** Packets that could not be tracked. */
    public static final int INVALID = 1;
    /** Connections put in by commands. */
    public static final int INSERT = 2;
    /** Connections that could not be confirmed. */
    public static final int INSERT_FAILED = 3;
    /** Packets dropped because the table was full or a clash could not be resolved. */
    public static final int DROP = 4;
    /** Connections removed to make room. */
    public static final int EARLY_DROP = 5;
    /** ICMP errors that could not be tracked. */
    public static final int ERROR = 6;
    /** Look-ups that had to start again: none here, for tuples do not move within an index. */
    public static final int SEARCH_RESTART = 7;
    /** Clashes after which the packet went on. */
    public static final int CLASH_RESOLVE = 8;
    /** Connections not confirmed because too many tuples share a place. */
    public static final int CHAINTOOLONG = 9;

    /** How many there are. */
    public static final int COUNT = 10;

    private TableCounter() {
    }
}
