package io.penstock.conntrack.model;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The connections and expectations of one network namespace, as ctnetlink gives them to commands.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A listing tells each connection at most once, and each that is there from beginning to end exactly once.</li>
 *   <li>A consumer may change the store while it is told of a connection.</li>
 *   <li>A refused request changes nothing.</li>
 * </ol>
 *
 * <p>Source: net/netfilter/nf_conntrack_netlink.c (behaviour). Threads: any control thread.
 */
public interface ConnectionStore {

    /**
     * Tells connections.
     *
     * @param zeroCounters whether their counters start anew
     * @throws ConnectionException EINVAL for a status mask without bits
     */
    void list(ConnectionTable table, ConnectionFilter filter, boolean zeroCounters, Consumer<Connection> sink) throws ConnectionException;

    /**
     * The connection that has the original tuple, or if none is said the reply tuple, in either direction.
     *
     * @throws ConnectionException ENOENT, EINVAL
     */
    Connection get(ConnectionRequest request) throws ConnectionException;

    /**
     * Makes a connection.
     *
     * @throws ConnectionException EEXIST, EINVAL, EBUSY (a status that cannot be set), ENOMEM (the table is full)
     */
    void create(ConnectionRequest request) throws ConnectionException;

    /**
     * Changes one that is there.
     *
     * @throws ConnectionException ENOENT, EINVAL, EBUSY, EPERM (its timeout is fixed), EOPNOTSUPP (NAT), ENOSPC (no rule keeps labels)
     */
    void update(ConnectionRequest request) throws ConnectionException;

    /**
     * Removes one.
     *
     * @throws ConnectionException ENOENT, EINVAL
     */
    void delete(ConnectionRequest request) throws ConnectionException;

    /** Removes all. */
    void flush() throws ConnectionException;

    /** How many there are. */
    int count() throws ConnectionException;

    /** Counts by CPU. */
    List<ConnectionStatistics> statistics() throws ConnectionException;

    /** Counts of expectations by CPU. */
    List<ExpectationStatistics> expectationStatistics() throws ConnectionException;

    /** Tells the expectations of a family, 0 for any. */
    void listExpectations(int family, Consumer<Expectation> sink) throws ConnectionException;

    /**
     * The expectation that a tuple meets.
     *
     * @throws ConnectionException ENOENT
     */
    Expectation getExpectation(ConnTuple tuple) throws ConnectionException;

    /**
     * Makes an expectation.
     *
     * @throws ConnectionException ENOENT (no such master), EEXIST, EOPNOTSUPP (the master has no helper)
     */
    void createExpectation(Expectation expectation) throws ConnectionException;

    /**
     * Removes the expectation that a tuple meets.
     *
     * @throws ConnectionException ENOENT
     */
    void deleteExpectation(ConnTuple tuple) throws ConnectionException;

    /** Removes all expectations. */
    void flushExpectations() throws ConnectionException;

    /** Tells of changes from now on, until it is closed. The consumer runs on threads of the store, one call at a time. */
    Subscription subscribe(Set<ConnectionChange> changes, Consumer<ConnectionEvent> sink) throws ConnectionException;

    /** The same; {@code overrun} is told when changes came faster than they were taken, and some were lost. */
    default Subscription subscribe(final Set<ConnectionChange> changes, final Consumer<ConnectionEvent> sink, final Runnable overrun)
            throws ConnectionException {
        return subscribe(changes, sink);
    }

    /** The same of expectations. */
    Subscription subscribeExpectations(Set<ConnectionChange> changes, Consumer<ExpectationEvent> sink) throws ConnectionException;

    /** Being told of changes. */
    interface Subscription extends AutoCloseable {

        /** Ends it; when it returns, the consumer is not called any more. */
        @Override
        void close();
    }
}
