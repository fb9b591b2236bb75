package io.penstock.conntrack.text;

import io.penstock.conntrack.model.ConnTuple;
import io.penstock.conntrack.model.Connection;
import io.penstock.conntrack.model.ConnectionChange;
import io.penstock.conntrack.model.ConnectionEvent;
import io.penstock.conntrack.model.ConnectionException;
import io.penstock.conntrack.model.ConnectionFilter;
import io.penstock.conntrack.model.ConnectionRequest;
import io.penstock.conntrack.model.ConnectionStatistics;
import io.penstock.conntrack.model.ConnectionStore;
import io.penstock.conntrack.model.ConnectionTable;
import io.penstock.conntrack.model.Expectation;
import io.penstock.conntrack.model.ExpectationEvent;
import io.penstock.conntrack.model.ExpectationStatistics;
import io.penstock.os.sys.Errno;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** A store in which two programs make a connection as soon as somebody looks, and which refuses the rest with an error of choice. */
final class EventSource implements ConnectionStore {

    private final int errno;


    EventSource(final int errno) {
        this.errno = errno;
    }

    private ConnectionException refusal() {
        return new ConnectionException(errno);
    }

    @Override
    public void list(
            final ConnectionTable table, final ConnectionFilter filter, final boolean zeroCounters, final Consumer<Connection> sink)
            throws ConnectionException {
        throw refusal();
    }

    @Override
    public Connection get(final ConnectionRequest request) throws ConnectionException {
        throw refusal();
    }

    @Override
    public void create(final ConnectionRequest request) throws ConnectionException {
        throw refusal();
    }

    @Override
    public void update(final ConnectionRequest request) throws ConnectionException {
        throw refusal();
    }

    @Override
    public void delete(final ConnectionRequest request) throws ConnectionException {
        throw refusal();
    }

    @Override
    public void flush() throws ConnectionException {
        throw refusal();
    }

    @Override
    public int count() throws ConnectionException {
        throw refusal();
    }

    @Override
    public List<ConnectionStatistics> statistics() {
        return List.of(new ConnectionStatistics(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
                new ConnectionStatistics(11, 1L << 32 | 1, 0, 0, 0, 0, 0, 0, 0, 0, 0xFFFF_FFFFL));
    }

    @Override
    public List<ExpectationStatistics> expectationStatistics() {
        return List.of();
    }

    @Override
    public void listExpectations(final int family, final Consumer<Expectation> sink) throws ConnectionException {
        throw refusal();
    }

    @Override
    public Expectation getExpectation(final ConnTuple tuple) throws ConnectionException {
        throw refusal();
    }

    @Override
    public void createExpectation(final Expectation expectation) throws ConnectionException {
        throw refusal();
    }

    @Override
    public void deleteExpectation(final ConnTuple tuple) throws ConnectionException {
        throw refusal();
    }

    @Override
    public void flushExpectations() throws ConnectionException {
        throw refusal();
    }

    @Override
    public Subscription subscribe(final Set<ConnectionChange> changes, final Consumer<ConnectionEvent> sink) {
        final ConnTuple tuple = ConnTuple.ipv4(0xC0000201, 0xC0000202, ConnTuple.UDP, 5, 6);
        final Connection connection = Connection.of(tuple, tuple.inverse(), 0).timeoutSeconds(30).build();
        sink.accept(new ConnectionEvent(ConnectionChange.NEW, connection, (int) 3_491_171_905L, null));
        sink.accept(new ConnectionEvent(ConnectionChange.NEW, connection, 7, "conntrackd"));
        return () -> {
        };
    }

    @Override
    public Subscription subscribeExpectations(final Set<ConnectionChange> changes, final Consumer<ExpectationEvent> sink)
            throws ConnectionException {
        throw refusal();
    }
}
