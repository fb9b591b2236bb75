package io.penstock.conntrack.model;

import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.os.sys.Errno;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Connections in memory, without packets: commands can be tried on it. It answers as ctnetlink does.
 *
 * <p>Threads: any; one request at a time. Consumers are called without its lock, by the thread whose request it was.
 */
public final class MemoryConnectionStore implements ConnectionStore {

    private static final int FIRST_PORT = 1024;
    private static final int PORTS = 1 << 16;
    /** What the helpers that the kernel has allow for most of their expectations. */
    private static final long EXPECTATION_SECONDS = 300;
    /** An odd number that spreads the ids over 32 bits: the golden ratio's. */
    private static final int ID_STEP = 0x9E37_79B1;

    private final Clock clock;
    private final Keeps keeps;
    private final List<MemoryEntry> entries = new ArrayList<>();
    private final List<Expected> expectations = new ArrayList<>();
    private final List<Watch<ConnectionEvent>> watches = new CopyOnWriteArrayList<>();
    private final List<Watch<ExpectationEvent>> expectationWatches = new CopyOnWriteArrayList<>();
    private int made;
    private long inserted;
    private long refused;
    private long created;
    private long deleted;

    /**
     * What a namespace keeps of its connections.
     *
     * @param counters what they carry (nf_conntrack_acct)
     * @param times    when they began and ended (nf_conntrack_timestamp)
     * @param labels   labels, because a rule uses them
     */
    public record Keeps(boolean counters, boolean times, boolean labels) {

        /** Nothing that need not be kept. */
        public static final Keeps LITTLE = new Keeps(false, false, false);
    }

    private record Expected(Expectation expectation, Instant deadline) {
    }

    private record Watch<T>(Set<ConnectionChange> changes, Consumer<T> sink) {
    }

    /** Connections that expire by a clock. */
    public MemoryConnectionStore(final Clock clock, final Keeps keeps) {
        this.clock = clock;
        this.keeps = keeps;
    }

    @Override
    public void list(
            final ConnectionTable table, final ConnectionFilter filter, final boolean zeroCounters, final Consumer<Connection> sink)
            throws ConnectionException {
        if (filter.statusMask() != null && filter.statusMask() == 0) {
            throw new ConnectionException(Errno.EINVAL);
        }
        if (table != ConnectionTable.CONNTRACK) {
            return;
        }
        final List<Connection> told = new ArrayList<>();
        synchronized (this) {
            expire();
            for (final MemoryEntry entry : entries) {
                final Connection connection = snapshot(entry).use(1).build();
                if (filter.matches(connection)) {
                    told.add(connection);
                    if (zeroCounters) {
                        entry.originalCounters = ConnCounters.NONE;
                        entry.replyCounters = ConnCounters.NONE;
                    }
                }
            }
        }
        told.forEach(sink);
    }

    @Override
    public synchronized Connection get(final ConnectionRequest request) throws ConnectionException {
        return snapshot(find(request)).use(2).build();
    }

    @Override
    public void create(final ConnectionRequest request) throws ConnectionException {
        final ConnectionEvent event;
        synchronized (this) {
            ConnectionRules.check(request);
            final ConnTuple sought = request.original() != null ? request.original() : request.reply();
            if (find(sought, request.zoneOfOriginal(), request.zoneOfReply()) != null) {
                throw new ConnectionException(Errno.EEXIST);
            }
            ConnectionRules.checkNew(request);
            final MemoryEntry entry = new MemoryEntry();
            entry.original = request.original();
            entry.reply = request.reply();
            entry.originalZone = request.zoneOfOriginal();
            entry.replyZone = request.zoneOfReply();
            entry.start = clock.instant();
            entry.deadline = deadline(request.timeoutSeconds());
            rewrite(entry, request);
            entry.status |= ConnStatus.CONFIRMED;
            if (request.status() != null) {
                entry.status = ConnectionRules.changedStatus(entry.status, request.status());
            }
            entry.setState(request);
            entry.mark = request.mark() == null ? 0 : request.mark();
            entry.id = ++made * ID_STEP;
            entry.labels = keeps.labels ? new BitSet() : null;
            if (keeps.labels && request.labels() != null) {
                entry.labels = request.labels().apply(entry.labels);
            }
            if (isTaken(entry)) {
                refused++;
                throw new ConnectionException(Errno.EEXIST);
            }
            entries.add(entry);
            inserted++;
            event = event(ConnectionChange.NEW, entry, request.portId());
        }
        tell(event);
    }

    @Override
    public void update(final ConnectionRequest request) throws ConnectionException {
        final ConnectionEvent event;
        synchronized (this) {
            final MemoryEntry found = find(request);
            if (request.source() != null || request.destination() != null) {
                throw new ConnectionException(Errno.EOPNOTSUPP);
            }
            final MemoryEntry entry = found.copy();
            if (request.timeoutSeconds() != null) {
                if ((entry.status & ConnStatus.FIXED_TIMEOUT) != 0) {
                    throw new ConnectionException(Errno.EPERM);
                }
                entry.deadline = deadline(request.timeoutSeconds());
            }
            if (request.status() != null) {
                entry.status = ConnectionRules.changedStatus(entry.status, request.status());
            }
            ConnectionRules.checkState(request, entry.original.protocol());
            entry.setState(request);
            if (request.mark() != null) {
                entry.mark = request.mark();
            }
            if (request.labels() != null) {
                if (entry.labels == null) {
                    throw new ConnectionException(Errno.ENOSPC);
                }
                entry.labels = request.labels().apply(entry.labels);
            }
            entries.set(entries.indexOf(found), entry);
            event = event(ConnectionChange.UPDATE, entry, request.portId());
        }
        tell(event);
    }

    @Override
    public void delete(final ConnectionRequest request) throws ConnectionException {
        final ConnectionEvent event;
        synchronized (this) {
            final MemoryEntry entry = find(request);
            entries.remove(entry);
            event = event(ConnectionChange.DESTROY, entry, request.portId());
        }
        tell(event);
    }

    @Override
    public void flush() {
        final List<ConnectionEvent> events = new ArrayList<>();
        synchronized (this) {
            expire();
            entries.forEach(entry -> events.add(event(ConnectionChange.DESTROY, entry, 0)));
            entries.clear();
        }
        events.forEach(this::tell);
    }

    @Override
    public synchronized int count() {
        expire();
        return entries.size();
    }

    @Override
    public synchronized List<ConnectionStatistics> statistics() {
        return List.of(new ConnectionStatistics(0, 0, 0, inserted, refused, 0, 0, 0, 0, 0, 0));
    }

    @Override
    public synchronized List<ExpectationStatistics> expectationStatistics() {
        return List.of(new ExpectationStatistics(0, 0, created, deleted));
    }

    /** Puts a connection in as it is, with its helper and counters, which no request can. */
    public synchronized void put(final Connection connection) {
        final MemoryEntry entry = new MemoryEntry();
        entry.original = connection.original();
        entry.reply = connection.reply();
        final ConnectionRequest zones = ConnectionRequest.of(connection);
        entry.originalZone = zones.zoneOfOriginal();
        entry.replyZone = zones.zoneOfReply();
        entry.status = connection.status();
        entry.deadline = deadline(connection.timeoutSeconds());
        entry.mark = connection.mark() == null ? 0 : connection.mark();
        entry.state = connection.protocolState() == null ? 0 : connection.protocolState();
        entry.id = connection.id() == null ? ++made * ID_STEP : connection.id();
        entry.labels = connection.labels() == null && keeps.labels ? new BitSet() : connection.labels();
        entry.start = connection.startNs() == null ? clock.instant() : Instant.ofEpochSecond(0, connection.startNs());
        entry.helper = connection.helper();
        entry.originalCounters = connection.originalCounters() == null ? ConnCounters.NONE : connection.originalCounters();
        entry.replyCounters = connection.replyCounters() == null ? ConnCounters.NONE : connection.replyCounters();
        entries.add(entry);
    }

    private Instant deadline(final long seconds) {
        return clock.instant().plusSeconds(ConnectionRules.timeoutSeconds(seconds));
    }

    /** The destination first, as the kernel. What is not asked for is settled as it is. */
    private void rewrite(final MemoryEntry entry, final ConnectionRequest request) {
        if (request.source() == null && request.destination() == null) {
            return;
        }
        final NatChoice to = request.destination();
        if (to != null) {
            final ConnTuple old = entry.reply;
            entry.reply = free(entry, to.port() < 0, true, old.withSource(to.hasAddress() ? to.high() : old.sourceHigh(),
                    to.hasAddress() ? to.low() : old.sourceLow(), to.port() < 0 ? old.sourceKey() : to.port()));
            entry.status |= entry.reply.equals(old) ? 0 : ConnStatus.DST_NAT;
        }
        final NatChoice from = request.source();
        if (from != null) {
            final ConnTuple old = entry.reply;
            entry.reply = free(entry, from.port() < 0, false, old.withDestination(from.hasAddress() ? from.high() : old.destinationHigh(),
                    from.hasAddress() ? from.low() : old.destinationLow(), from.port() < 0 ? old.destinationKey() : from.port()));
            entry.status |= entry.reply.equals(old) ? 0 : ConnStatus.SRC_NAT;
        }
        entry.status |= ConnStatus.NAT_DONE_MASK;
    }

    /** The tuple, or if it is taken and its port may be chosen, the next one that is not. */
    private ConnTuple free(final MemoryEntry entry, final boolean mayChoose, final boolean isSource, final ConnTuple wanted) {
        ConnTuple tuple = wanted;
        for (int port = FIRST_PORT; mayChoose && wanted.hasKeys() && port < PORTS
                && find(tuple, entry.originalZone, entry.replyZone) != null; port++) {
            tuple = isSource ? wanted.withSource(wanted.sourceHigh(), wanted.sourceLow(), port)
                    : wanted.withDestination(wanted.destinationHigh(), wanted.destinationLow(), port);
        }
        return tuple;
    }

    private MemoryEntry find(final ConnectionRequest request) throws ConnectionException {
        ConnectionRules.check(request);
        final MemoryEntry entry = find(request.original() != null ? request.original() : request.reply(), request.zoneOfOriginal(),
                request.zoneOfReply());
        if (entry == null) {
            throw new ConnectionException(Errno.ENOENT);
        }
        return entry;
    }

    private MemoryEntry find(final ConnTuple tuple, final int originalZone, final int replyZone) {
        expire();
        for (final MemoryEntry entry : entries) {
            if (entry.original.equals(tuple) && entry.originalZone == originalZone
                    || entry.reply.equals(tuple) && entry.replyZone == replyZone) {
                return entry;
            }
        }
        return null;
    }

    /** Whether one of its tuples is there, where both directions' zones agree. */
    private boolean isTaken(final MemoryEntry entry) {
        final boolean isOneZone = entry.originalZone == entry.replyZone;
        return entries.stream().anyMatch(other ->
                other.original.equals(entry.original) && other.originalZone == entry.originalZone
                        || other.reply.equals(entry.reply) && other.replyZone == entry.replyZone
                        || isOneZone && other.reply.equals(entry.original) && other.replyZone == entry.replyZone
                        || isOneZone && other.original.equals(entry.reply) && other.originalZone == entry.originalZone);
    }

    private void expire() {
        final Instant now = clock.instant();
        entries.removeIf(entry -> !entry.deadline.isAfter(now));
        expectations.removeIf(expected -> !expected.deadline.isAfter(now));
    }

    /** Everything but the use count. */
    private Connection.Builder snapshot(final MemoryEntry entry) {
        final Connection.Builder told = entry.told(clock.instant()).mark(entry.mark).labels(entry.labels);
        if (keeps.counters) {
            told.counters(entry.originalCounters, entry.replyCounters);
        }
        if (keeps.times) {
            told.startNs(MemoryEntry.nanoseconds(entry.start));
        }
        return told;
    }

    private ConnectionEvent event(final ConnectionChange change, final MemoryEntry entry, final int portId) {
        final Connection.Builder told = entry.told(clock.instant());
        final boolean isGone = change == ConnectionChange.DESTROY;
        if (!isGone || entry.mark != 0) {
            told.mark(entry.mark);
        }
        told.labels(entry.labels);
        if (isGone && keeps.counters) {
            told.counters(entry.originalCounters, entry.replyCounters);
        }
        if (isGone && keeps.times) {
            told.startNs(MemoryEntry.nanoseconds(entry.start)).stopNs(MemoryEntry.nanoseconds(clock.instant()));
        }
        return new ConnectionEvent(change, told.build(), portId, null);
    }

    private void tell(final ConnectionEvent event) {
        for (final Watch<ConnectionEvent> watch : watches) {
            if (watch.changes.contains(event.change())) {
                watch.sink.accept(event);
            }
        }
    }

    private void tell(final ConnectionChange change, final Expectation expectation) {
        for (final Watch<ExpectationEvent> watch : expectationWatches) {
            if (watch.changes.contains(change)) {
                watch.sink.accept(new ExpectationEvent(change, expectation));
            }
        }
    }

    @Override
    public void listExpectations(final int family, final Consumer<Expectation> sink) {
        final List<Expectation> told = new ArrayList<>();
        synchronized (this) {
            expire();
            for (final Expected expected : expectations) {
                if (family == 0 || expected.expectation.tuple().family() == family) {
                    told.add(aged(expected));
                }
            }
        }
        told.forEach(sink);
    }

    private Expectation aged(final Expected expected) {
        final Expectation was = expected.expectation;
        return new Expectation(was.tuple(), was.mask(), was.master(), was.zone(),
                Math.max(0, Duration.between(clock.instant(), expected.deadline).toSeconds()), was.flags(), was.expectClass(),
                was.helper());
    }

    private Expected findExpected(final ConnTuple tuple) throws ConnectionException {
        expire();
        for (final Expected expected : expectations) {
            if (expected.expectation.isMetBy(tuple)) {
                return expected;
            }
        }
        throw new ConnectionException(Errno.ENOENT);
    }

    @Override
    public synchronized Expectation getExpectation(final ConnTuple tuple) throws ConnectionException {
        return aged(findExpected(tuple));
    }

    @Override
    public void createExpectation(final Expectation asked) throws ConnectionException {
        final Expectation made;
        synchronized (this) {
            expire();
            if (expectations.stream().anyMatch(expected -> expected.expectation.isMetBy(asked.tuple()))) {
                throw new ConnectionException(Errno.EEXIST);
            }
            final MemoryEntry master = find(asked.master(), 0, 0);
            if (master == null) {
                throw new ConnectionException(Errno.ENOENT);
            }
            if (master.helper == null) {
                throw new ConnectionException(Errno.EOPNOTSUPP);
            }
            final ConnTuple mask = asked.mask();
            final boolean isV4 = mask.family() == ConnTuple.IPV4;
            made = new Expectation(asked.tuple(), new ConnTuple(mask.family(), mask.sourceHigh(), mask.sourceLow(), isV4 ? 0 : -1L,
                    isV4 ? 0xFFFF_FFFFL : -1L, asked.tuple().protocol(), mask.sourceKey(), 0xFFFF), asked.master(), null,
                    EXPECTATION_SECONDS, asked.flags(), 0, master.helper);
            expectations.add(new Expected(made, clock.instant().plusSeconds(EXPECTATION_SECONDS)));
            created++;
        }
        tell(ConnectionChange.NEW, made);
    }

    @Override
    public void deleteExpectation(final ConnTuple tuple) throws ConnectionException {
        final Expectation gone;
        synchronized (this) {
            final Expected expected = findExpected(tuple);
            expectations.remove(expected);
            deleted++;
            gone = aged(expected);
        }
        tell(ConnectionChange.DESTROY, gone);
    }

    @Override
    public void flushExpectations() {
        final List<Expectation> gone = new ArrayList<>();
        synchronized (this) {
            expire();
            expectations.forEach(expected -> gone.add(aged(expected)));
            deleted += expectations.size();
            expectations.clear();
        }
        gone.forEach(expectation -> tell(ConnectionChange.DESTROY, expectation));
    }

    @Override
    public Subscription subscribe(final Set<ConnectionChange> changes, final Consumer<ConnectionEvent> sink) {
        return watch(watches, new Watch<>(Set.copyOf(changes), sink));
    }

    @Override
    public Subscription subscribeExpectations(final Set<ConnectionChange> changes, final Consumer<ExpectationEvent> sink) {
        return watch(expectationWatches, new Watch<>(Set.copyOf(changes), sink));
    }

    private static <T> Subscription watch(final List<Watch<T>> watches, final Watch<T> watch) {
        watches.add(watch);
        return () -> watches.remove(watch);
    }
}
