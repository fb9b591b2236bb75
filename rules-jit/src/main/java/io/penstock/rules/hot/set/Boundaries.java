package io.penstock.rules.hot.set;

/** The batch boundaries of workers: what tells when memory that was let go of is used by none of them. Threads: any. */
public interface Boundaries {

    /** How many workers there are: all of them before the first set is made. */
    int workers();

    /** Where a worker is now, after a full fence. */
    long observe(int worker);

    /** Whether a worker has let go of all that was unpublished before {@code seen} was observed. */
    boolean hasPassed(int worker, long seen);
}
