package io.penstock.conntrack.hot.table;

/** How {@link TableWorker#confirm} and {@link TableWorker#resolveClash} end. */
public final class ConfirmResult {

    /** Both tuples are in the table, or after a clash the reply tuple alone. */
    public static final int CONFIRMED = 0;
    /** A tuple is there already: {@link TableWorker#clash} tells whose; {@link TableWorker#resolveClash} is next. */
    public static final int CLASH = 1;
    /** Too many tuples in one place: the packet is dropped and the entry freed. Counted. */
    public static final int TOO_LONG = 2;
    /** Another worker is at work in the same place: try again after the batch. */
    public static final int BUSY = 3;
    /** It was killed before it was confirmed: the packet is dropped and the entry freed. Counted. */
    public static final int DEAD = 4;
    /** Of a clash: the packet belongs to {@link TableWorker#clash}, and the entry is freed. Counted. */
    public static final int MERGED = 5;
    /** Of a clash: the packet is dropped and the entry freed. Counted. */
    public static final int DROP = 6;

    private ConfirmResult() {
    }
}
