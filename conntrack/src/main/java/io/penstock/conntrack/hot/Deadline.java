package io.penstock.conntrack.hot;

/**
 * When connections end, in nanoseconds of the workers' clock.
 *
 * <p>Invariants:
 * <ol>
 *   <li>An unconfirmed entry's field holds a length, a confirmed one's an instant; {@link #start} turns the one into the other.</li>
 *   <li>With {@link ConnStatus#FIXED_TIMEOUT} packets do not move a confirmed entry's.</li>
 *   <li>Instants are compared by subtraction.</li>
 * </ol>
 *
 * <p>Source: nf_conntrack_core.c, {@code __nf_ct_refresh_acct}, {@code nf_ct_is_expired}.
 * Threads: any worker that handles a packet of the connection; the last one's value stays, as in the kernel.
 */
public final class Deadline {

    /** Nanoseconds in a second, the unit of all time-outs. */
    public static final long SECOND_NS = 1_000_000_000L;

    /**
     * A deadline that moves on by less is left (ns, 8.4 ms): the kernel's own unit, a tick, is 1 to 10 ms. Higher, and a listing shows another
     * second than the kernel's too often; lower, and two workers that share a connection take its line from each other with every packet.
     */
    private static final long GRAIN_NS = 1L << 23;

    private Deadline() {
    }

    /** A packet has come: the connection has this long to live from now on. */
    public static void refresh(final long entry, final long timeoutNs, final long nowNs) {
        final int status = ConnLayout.status(entry);
        if ((status & (ConnStatus.CONFIRMED | ConnStatus.FIXED_TIMEOUT)) == ConnStatus.CONFIRMED) {
            renew(entry, timeoutNs, nowNs);
        } else if ((status & ConnStatus.CONFIRMED) == 0) {
            ConnLayout.setDeadline(entry, timeoutNs);
        }
    }

    /** The same of a connection that is known to be confirmed, and whose time packets move on; whether that was worth a write. */
    public static boolean renew(final long entry, final long timeoutNs, final long nowNs) {
        final long deadline = nowNs + timeoutNs;
        // One comparison: a deadline that comes nearer is a huge number here.
        if (Long.compareUnsigned(deadline - ConnLayout.deadline(entry), GRAIN_NS) >= 0) {
            ConnLayout.setDeadline(entry, deadline);
            return true;
        }
        return false;
    }

    /** Sets the length of an unconfirmed connection. */
    public static void setLength(final long entry, final long timeoutNs) {
        ConnLayout.setDeadline(entry, timeoutNs);
    }

    /** The connection is confirmed: its length becomes an instant. */
    public static void start(final long entry, final long nowNs) {
        ConnLayout.setDeadline(entry, ConnLayout.deadline(entry) + nowNs);
    }

    /** Sets what is left of a confirmed connection's time, whatever its status says: for commands. */
    public static void set(final long entry, final long leftNs, final long nowNs) {
        ConnLayout.setDeadline(entry, nowNs + leftNs);
    }

    /** Nanoseconds until a confirmed connection ends; 0 when it is over. */
    public static long left(final long entry, final long nowNs) {
        return Math.max(0, ConnLayout.deadline(entry) - nowNs);
    }

    /** Whole seconds until a confirmed connection ends, as they are told: what a packet did not move on because it was too little is counted as moved. */
    public static long leftSeconds(final long entry, final long nowNs) {
        return (left(entry, nowNs) + GRAIN_NS) / SECOND_NS;
    }

    /** Whether a confirmed connection's time is over. */
    public static boolean hasPassed(final long entry, final long nowNs) {
        return ConnLayout.deadline(entry) - nowNs <= 0;
    }
}
