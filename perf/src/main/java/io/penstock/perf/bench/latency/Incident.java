package io.penstock.perf.bench.latency;

/**
 * Something that kept the worker from its work.
 *
 * @param fromNs on {@link System#nanoTime}'s clock, as all here
 * @param ns     how long; less than from the beginning to the end where it is not known when within them
 * @param detail what exactly, or the empty string
 */
record Incident(Cause cause, long fromNs, long toNs, long ns, String detail) {

    /** One whose beginning and end are known. */
    static Incident exact(final Cause cause, final long fromNs, final long toNs, final String detail) {
        return new Incident(cause, fromNs, toNs, toNs - fromNs, detail);
    }

    /** The same, of somebody who is not the worker. */
    Incident of(final String whose) {
        return new Incident(cause, fromNs, toNs, ns, detail + ' ' + whose);
    }

    boolean isExact() {
        return ns == toNs - fromNs;
    }

    boolean overlaps(final long otherFromNs, final long otherToNs) {
        return fromNs - otherToNs < 0 && toNs - otherFromNs > 0;
    }
}
