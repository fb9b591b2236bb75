package io.penstock.conntrack.store;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.ConnSwitches;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.event.ConnEventLog;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.conntrack.hot.table.TableCounter;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.conntrack.model.ConnTuple;
import io.penstock.conntrack.model.Connection;
import io.penstock.conntrack.model.ConnectionChange;
import io.penstock.conntrack.model.ConnectionEvent;
import io.penstock.conntrack.model.ConnectionException;
import io.penstock.conntrack.model.ConnectionFilter;
import io.penstock.conntrack.model.ConnectionRequest;
import io.penstock.conntrack.model.ConnectionRules;
import io.penstock.conntrack.model.ConnectionStatistics;
import io.penstock.conntrack.model.ConnectionStore;
import io.penstock.conntrack.model.ConnectionTable;
import io.penstock.conntrack.model.Expectation;
import io.penstock.conntrack.model.ExpectationEvent;
import io.penstock.conntrack.model.ExpectationStatistics;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.MappedMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The connections that workers track.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A listing reads copies and disturbs no worker. What names one connection, or changes it, is done by worker 0 between two batches, where
 *       the look-up is a packet's, and an entry is not used again meanwhile.</li>
 *   <li>Changes are told in one order: worker 0 tells of those that commands make, as of its packets'.</li>
 *   <li>A task of a worker has at most {@link #SLICE} entries.</li>
 *   <li>When {@link #close} returns, no request is under way, and none comes to the tables any more.</li>
 * </ol>
 *
 * <p>Differs from Linux: there are no expectations yet, nor a list of dying connections; a connection that commands make is found by packets of
 * other workers from their next batch on.
 *
 * <p>Threads: any.
 */
public final class TableConnectionStore implements ConnectionStore, AutoCloseable {

    /** Entries that a worker handles at a time. Unit: entries; some 100 ns each, while its packets wait. */
    private static final int SLICE = 256;

    private final ConnTables tables;
    private final WorkerTasks tasks;
    private final LongSupplier clock;
    private final ConnSwitches switches;
    private final ConnectionWatch watch;
    private final List<Integer> cpus;
    private final MappedMemory scratch = MappedMemory.reserve(ConnLayout.IPV6_BYTES, MappedMemory.Pages.NORMAL);
    /** Requests read it; who closes writes. */
    private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();
    private volatile boolean isClosed;

    /**
     * A namespace's.
     *
     * @param clock    the workers' clock, in ns
     * @param switches what new connections carry
     * @param watch    the workers' events
     * @param cpus     the workers' CPUs, in their order
     */
    public TableConnectionStore(
            final ConnTables tables, final WorkerTasks tasks, final LongSupplier clock, final ConnSwitches switches,
            final ConnectionWatch watch, final List<Integer> cpus) {
        this.tables = tables;
        this.tasks = tasks;
        this.clock = clock;
        this.switches = switches;
        this.watch = watch;
        this.cpus = List.copyOf(cpus);
    }

    /** What a worker does with an entry's table. */
    private interface Task {

        void run(TableWorker worker) throws ConnectionException;
    }

    /** What is asked of the store. */
    private interface Request<T> {

        T answer() throws ConnectionException;
    }

    /** Answers while the tables are there. */
    private <T> T answer(final Request<T> request) throws ConnectionException {
        // Who comes while it is being closed waits neither for those that are inside nor behind who closes, as lock() would.
        if (isClosed || !gate.readLock().tryLock()) {
            throw new ConnectionException(Errno.EAGAIN);
        }
        try {
            checkOpen();
            return request.answer();
        } finally {
            gate.readLock().unlock();
        }
    }

    private void checkOpen() throws ConnectionException {
        if (isClosed) {
            throw new ConnectionException(Errno.EAGAIN);
        }
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
        answer(() -> {
            if (filter.family() == 0 || filter.family() == ConnTuple.IPV4) {
                list(tables.of(ConnLayout.FAMILY_IPV4), filter, zeroCounters, sink);
            }
            if (filter.family() == 0 || filter.family() == ConnTuple.IPV6) {
                list(tables.of(ConnLayout.FAMILY_IPV6), filter, zeroCounters, sink);
            }
            return null;
        });
    }

    private void list(
            final ConnTable table, final ConnectionFilter filter, final boolean zeroCounters, final Consumer<Connection> sink)
            throws ConnectionException {
        if (table == null) {
            return;
        }
        final int slots = zeroCounters ? SLICE : 1;
        try (MappedMemory copies = MappedMemory.reserve((long) slots * ConnLayout.IPV6_BYTES, MappedMemory.Pages.NORMAL)) {
            final int[] numbers = new int[slots];
            int count = 0;
            for (int number = 1; number <= table.used(); number++) {
                checkOpen();
                final long copy = copies.address() + (long) count * ConnLayout.IPV6_BYTES;
                if (!table.snapshot(number, copy)) {
                    continue;
                }
                final long nowNs = clock.getAsLong();
                final Connection connection = EntryReader.listed(copy, table.address(number), nowNs).use(1).build();
                if (Deadline.hasPassed(copy, nowNs) || !filter.matches(connection)) {
                    continue;
                }
                if (!zeroCounters) {
                    sink.accept(connection);
                    continue;
                }
                numbers[count++] = number;
                if (count == slots) {
                    takeCounters(table, numbers, count, copies.address(), sink);
                    count = 0;
                }
            }
            takeCounters(table, numbers, count, copies.address(), sink);
        }
    }

    /** Tells connections with the counters that they have now, and sets these to 0: what is counted is told once. */
    private void takeCounters(
            final ConnTable table, final int[] numbers, final int count, final long copies, final Consumer<Connection> sink)
            throws ConnectionException {
        if (count == 0) {
            return;
        }
        run(table, worker -> {
            for (int i = 0; i < count; i++) {
                final long copy = copies + (long) i * ConnLayout.IPV6_BYTES;
                final long entry = table.entry(numbers[i], ConnLayout.generation(copy));
                if (entry != 0) {
                    takeCounters(worker, entry, copy);
                }
            }
        });
        for (int i = 0; i < count; i++) {
            final long copy = copies + (long) i * ConnLayout.IPV6_BYTES;
            sink.accept(EntryReader.listed(copy, table.address(numbers[i]), clock.getAsLong()).use(1).build());
        }
    }

    private static void takeCounters(final TableWorker worker, final long entry, final long copy) throws ConnectionException {
        EntryWriter.claim(worker, entry);
        Memory.copy(entry + ConnLayout.ACCOUNTING, copy + ConnLayout.ACCOUNTING, 2L * ConnLayout.ACCOUNTING_BYTES);
        for (int direction = ConnDirection.ORIGINAL; direction <= ConnDirection.REPLY; direction++) {
            ConnLayout.account(entry, direction, -ConnLayout.packets(entry, direction), -ConnLayout.bytes(entry, direction));
        }
        worker.release(entry);
    }

    @Override
    public Connection get(final ConnectionRequest request) throws ConnectionException {
        return answer(() -> {
            final ConnTable table = table(request);
            final long[] address = new long[1];
            // One request at a time has the scratch memory.
            synchronized (this) {
                run(table, worker -> {
                    address[0] = find(worker, request);
                    Memory.copy(address[0], scratch.address(), table.entryBytes());
                });
                return EntryReader.listed(scratch.address(), address[0], clock.getAsLong()).use(2).build();
            }
        });
    }

    @Override
    public void create(final ConnectionRequest request) throws ConnectionException {
        ConnectionRules.check(request);
        if (request.original() != null && request.reply() != null && request.original().family() != request.reply().family()) {
            throw new ConnectionException(Errno.EINVAL);
        }
        answer(() -> {
            final ConnTable table = tables.of(TupleFinder.family(request.original() != null ? request.original() : request.reply()));
            if (table == null) {
                ConnectionRules.checkNew(request);
                throw new ConnectionException(Errno.ENOMEM);
            }
            return run(table, worker -> tell(EntryWriter.make(worker, request, switches, isListening()), EntryWriter.MADE_EVENTS));
        });
    }

    @Override
    public void update(final ConnectionRequest request) throws ConnectionException {
        answer(() -> run(table(request), worker -> {
            final long entry = find(worker, request);
            EntryWriter.change(worker, entry, request, clock.getAsLong());
            tell(entry, EntryWriter.CHANGED_EVENTS);
        }));
    }

    @Override
    public void delete(final ConnectionRequest request) throws ConnectionException {
        answer(() -> run(table(request), worker -> {
            if (!worker.kill(find(worker, request))) {
                throw new ConnectionException(Errno.ENOENT);
            }
        }));
    }

    @Override
    public void flush() throws ConnectionException {
        answer(() -> {
            flush(tables.of(ConnLayout.FAMILY_IPV4));
            flush(tables.of(ConnLayout.FAMILY_IPV6));
            return null;
        });
    }

    private void flush(final ConnTable table) throws ConnectionException {
        for (int from = 1; table != null && from <= table.used(); from += SLICE) {
            checkOpen();
            final int first = from;
            run(table, worker -> {
                final int end = Math.min(first + SLICE - 1, table.used());
                for (int number = first; number <= end; number++) {
                    final long entry = table.address(number);
                    if ((ConnLayout.state(entry) & (ConnLayout.IN_TABLE | ConnStatus.DYING)) == ConnLayout.IN_TABLE) {
                        worker.kill(entry);
                    }
                }
            });
        }
    }

    @Override
    public int count() throws ConnectionException {
        return answer(() -> {
            final ConnTable ipv4 = tables.of(ConnLayout.FAMILY_IPV4);
            final ConnTable any = ipv4 == null ? tables.of(ConnLayout.FAMILY_IPV6) : ipv4;
            return any == null ? 0 : (int) any.limit().count();
        });
    }

    @Override
    public List<ConnectionStatistics> statistics() throws ConnectionException {
        return answer(this::countAll);
    }

    private List<ConnectionStatistics> countAll() {
        final List<ConnectionStatistics> all = new ArrayList<>();
        for (int i = 0; i < cpus.size(); i++) {
            all.add(new ConnectionStatistics(cpus.get(i), counter(i, TableCounter.FOUND), counter(i, TableCounter.INVALID),
                    counter(i, TableCounter.INSERT), counter(i, TableCounter.INSERT_FAILED), counter(i, TableCounter.DROP),
                    counter(i, TableCounter.EARLY_DROP), counter(i, TableCounter.ERROR), counter(i, TableCounter.SEARCH_RESTART),
                    counter(i, TableCounter.CLASH_RESOLVE), counter(i, TableCounter.CHAINTOOLONG)));
        }
        return all;
    }

    private long counter(final int worker, final int counter) {
        final ConnTable ipv4 = tables.of(ConnLayout.FAMILY_IPV4);
        final ConnTable ipv6 = tables.of(ConnLayout.FAMILY_IPV6);
        return (ipv4 == null ? 0 : ipv4.counter(worker, counter)) + (ipv6 == null ? 0 : ipv6.counter(worker, counter));
    }

    @Override
    public List<ExpectationStatistics> expectationStatistics() {
        return cpus.stream().map(cpu -> new ExpectationStatistics(cpu, 0, 0, 0)).toList();
    }

    @Override
    public void listExpectations(final int family, final Consumer<Expectation> sink) {
        // There are none.
    }

    @Override
    public Expectation getExpectation(final ConnTuple tuple) throws ConnectionException {
        throw new ConnectionException(Errno.ENOENT);
    }

    @Override
    public void createExpectation(final Expectation expectation) throws ConnectionException {
        // Without a master it is not there, and no master has a helper.
        get(new ConnectionRequest(expectation.master(), null, expectation.zone(), null, null, null, null, null, null, 0, null, null, null,
                null, null, 0));
        throw new ConnectionException(Errno.EOPNOTSUPP);
    }

    @Override
    public void deleteExpectation(final ConnTuple tuple) throws ConnectionException {
        throw new ConnectionException(Errno.ENOENT);
    }

    @Override
    public void flushExpectations() {
        // There are none.
    }

    @Override
    public Subscription subscribe(final Set<ConnectionChange> changes, final Consumer<ConnectionEvent> sink) throws ConnectionException {
        return subscribe(changes, sink, () -> {
        });
    }

    @Override
    public Subscription subscribe(final Set<ConnectionChange> changes, final Consumer<ConnectionEvent> sink, final Runnable overrun)
            throws ConnectionException {
        checkOpen();
        return watch.subscribe(changes, sink, overrun);
    }

    @Override
    public Subscription subscribeExpectations(final Set<ConnectionChange> changes, final Consumer<ExpectationEvent> sink) {
        return () -> {
        };
    }

    /** Ends all listening, and answers no more. While the workers run, which requests under way wait for. */
    @Override
    public void close() {
        isClosed = true;
        gate.writeLock().lock();
        try {
            watch.close();
            scratch.close();
        } finally {
            gate.writeLock().unlock();
        }
    }

    /** The table of the connection that a request names. */
    private ConnTable table(final ConnectionRequest request) throws ConnectionException {
        ConnectionRules.check(request);
        final ConnTable table = tables.of(TupleFinder.family(request.original() != null ? request.original() : request.reply()));
        if (table == null) {
            throw new ConnectionException(Errno.ENOENT);
        }
        return table;
    }

    private static long find(final TableWorker worker, final ConnectionRequest request) throws ConnectionException {
        final long entry = TupleFinder.find(worker, request);
        if (entry == 0) {
            throw new ConnectionException(Errno.ENOENT);
        }
        return entry;
    }

    /** Has the worker do something, and throws what it throws. */
    private synchronized Void run(final ConnTable table, final Task task) throws ConnectionException {
        final ConnectionException[] refusal = new ConnectionException[1];
        final boolean isDone = tasks.run(table, worker -> {
            if (!watch.logs().isEmpty()) {
                watch.logs().getFirst().begin(clock.getAsLong());
            }
            try {
                task.run(worker);
            } catch (final ConnectionException e) {
                refusal[0] = e;
            }
        });
        if (!isDone) {
            throw new ConnectionException(Errno.EAGAIN);
        }
        if (refusal[0] != null) {
            throw refusal[0];
        }
        return null;
    }

    private boolean isListening() {
        return !watch.logs().isEmpty() && watch.logs().getFirst().isListening();
    }

    private void tell(final long entry, final int events) {
        if (isListening()) {
            final ConnEventLog log = watch.logs().getFirst();
            log.onEvent(entry, events);
        }
    }
}
