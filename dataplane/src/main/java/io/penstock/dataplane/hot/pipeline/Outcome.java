package io.penstock.dataplane.hot.pipeline;

/** What became of a packet: the kind in the low 8 bits; a drop's reason or a queue's number in the high 16. */
public final class Outcome {

    /** Still on its way. */
    public static final int NONE = 0;
    public static final int FORWARDED = 1;
    public static final int DELIVERED = 2;
    public static final int DROPPED = 3;
    public static final int STOLEN = 4;
    public static final int QUEUED = 5;
    /** Waits for its neighbour; it will come back as a resumed packet. */
    public static final int PARKED = 6;
    /** Left in fragments, each a packet of its own. */
    public static final int FRAGMENTED = 7;

    /** A fragment that waits for the others of its packet. */
    public static final int GATHERED = 8;

    private Outcome() {
    }

    /** The kind of an outcome. */
    public static int kind(final int outcome) {
        return outcome & 0xFF;
    }

    /** The payload of an outcome. */
    public static int payload(final int outcome) {
        return outcome >>> 16;
    }

    static int dropped(final DropReason reason) {
        return DROPPED | reason.id() << 16;
    }

    static int queued(final int queue) {
        return QUEUED | queue << 16;
    }
}
