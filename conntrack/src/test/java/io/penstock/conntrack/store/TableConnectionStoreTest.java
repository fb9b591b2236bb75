package io.penstock.conntrack.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.ConnTemplate;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.table.ConfirmResult;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.conntrack.model.ConnCounters;
import io.penstock.conntrack.model.ConnTuple;
import io.penstock.conntrack.model.Connection;
import io.penstock.conntrack.model.ConnectionException;
import io.penstock.conntrack.model.ConnectionFilter;
import io.penstock.conntrack.model.ConnectionRequest;
import io.penstock.conntrack.model.ConnectionStatistics;
import io.penstock.conntrack.model.ConnectionTable;
import io.penstock.conntrack.model.LabelChange;
import io.penstock.os.sys.Errno;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class TableConnectionStoreTest {

    private static final int MANY = 1500;

    private final LiveStore live = new LiveStore(4000);

    @AfterEach
    void close() {
        live.close();
    }

    /** What a packet begins: a UDP connection that lives 30 s. */
    private long track(final int number) {
        return track(live, number);
    }

    static long track(final LiveStore live, final int number) {
        live.boundary();
        final ConnTable table = live.ipv4;
        final TableWorker worker = table.worker(0);
        final ConnTuple tuple = tuple(number);
        final long entry = worker.allocate(TupleFinder.hash(worker, tuple, 0));
        ConnLayout.setProtocol(entry, tuple.protocol());
        TupleFinder.set(entry, ConnDirection.ORIGINAL, tuple);
        TupleFinder.set(entry, ConnDirection.REPLY, tuple.inverse());
        ConnLayout.setFlags(entry, live.switches.flags());
        ConnLayout.setEvents(entry, ConnTemplate.ALL_EVENTS);
        Deadline.setLength(entry, 30 * LiveStore.SECOND);
        assertEquals(ConfirmResult.CONFIRMED, worker.confirm(entry));
        return entry;
    }

    static ConnTuple tuple(final int number) {
        return ConnTuple.ipv4(0x0A00_0000 + number, 0x0B00_0001, ConnTuple.UDP, 1000, 53);
    }

    private static ConnectionRequest request(final int number) {
        return ConnectionRequest.of(Connection.of(tuple(number), null, 0).build());
    }

    private List<Connection> list(final boolean zeroCounters) {
        final List<Connection> all = new ArrayList<>();
        try {
            live.store.list(ConnectionTable.CONNTRACK, ConnectionFilter.ALL, zeroCounters, all::add);
        } catch (final ConnectionException e) {
            throw new AssertionError(e);
        }
        return all;
    }

    private static int errno(final org.junit.jupiter.api.function.Executable request) {
        return assertThrows(ConnectionException.class, request).errno();
    }

    @Test
    void shouldTellEachConnectionOnceWhenThereAreMany() {
        for (int i = 0; i < MANY; i++) {
            track(i);
        }
        final List<Connection> all = list(false);
        assertEquals(MANY, all.size());
        assertEquals(MANY, new HashSet<>(all.stream().map(Connection::original).toList()).size());
        assertEquals(MANY, new HashSet<>(all.stream().map(Connection::id).toList()).size());
    }

    @Test
    void shouldNotTellOfConnectionsWhoseTimeIsOver() throws ConnectionException {
        track(1);
        live.nowNs += 20 * LiveStore.SECOND;
        track(2);
        assertEquals(List.of(10L, 30L), list(false).stream().map(Connection::timeoutSeconds).toList());
        live.nowNs += 10 * LiveStore.SECOND;
        assertEquals(List.of(tuple(2)), list(false).stream().map(Connection::original).toList());
        assertEquals(Errno.ENOENT, errno(() -> live.store.get(request(1))));
        assertEquals(20L, live.store.get(request(2)).timeoutSeconds());
    }

    @Test
    void shouldTellAnotherNumberWhenAnEntryIsUsedAgain() throws ConnectionException {
        track(1);
        final int first = list(false).getFirst().id();
        live.store.delete(request(1));
        live.boundary();
        live.boundary();
        track(1);
        assertNotEquals(first, list(false).getFirst().id());
    }

    @Test
    void shouldRemoveAllAtOnceWhenFlushed() throws ConnectionException {
        for (int i = 0; i < MANY; i++) {
            track(i);
        }
        assertEquals(MANY, live.store.count());
        live.store.flush();
        assertEquals(0, live.store.count());
        assertEquals(List.of(), list(false));
    }

    @Test
    void shouldDeleteWhileListing() throws ConnectionException {
        for (int i = 0; i < MANY; i++) {
            track(i);
        }
        final int[] told = new int[1];
        live.store.list(ConnectionTable.CONNTRACK, ConnectionFilter.ALL, false, connection -> {
            told[0]++;
            try {
                live.store.delete(ConnectionRequest.of(connection));
            } catch (final ConnectionException e) {
                throw new AssertionError(e);
            }
        });
        assertEquals(MANY, told[0]);
        assertEquals(0, live.store.count());
    }

    @Test
    void shouldTellWhatIsCountedOnceWhenCountersAreSetToZero() {
        live.switches.acct = 1;
        for (int i = 0; i < MANY; i++) {
            ConnLayout.account(track(i), ConnDirection.REPLY, i + 1, 100);
        }
        assertEquals(new ConnCounters(7, 100), list(false).get(6).replyCounters());
        final List<Connection> taken = list(true);
        assertEquals(MANY, taken.size());
        assertEquals(MANY * (MANY + 1L) / 2, taken.stream().mapToLong(connection -> connection.replyCounters().packets()).sum());
        assertEquals(Set.of(ConnCounters.NONE), new HashSet<>(list(false).stream().map(Connection::replyCounters).toList()));
    }

    @Test
    void shouldChangeWhatAPacketBegan() throws ConnectionException {
        final long entry = track(1);
        live.run("-U -s 10.0.0.1 -m 7 -t 99 -u ASSURED,SEEN_REPLY");
        assertEquals(7, ConnLayout.mark(entry));
        assertTrue(ConnLayout.hasStatus(entry, ConnStatus.ASSURED));
        assertEquals(99 * LiveStore.SECOND, Deadline.left(entry, live.nowNs));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldKeepLabelsThatPacketsSetWhileTheFirstOrTheOtherHalfIsChanged(final int moment) throws ConnectionException {
        live.switches.labels = 1;
        final long entry = track(1);
        final int[] calls = new int[1];
        // The values are asked for between the look at a half of the labels and its change.
        final BitSet values = new BitSet() {
            private static final long serialVersionUID = 1;

            @Override
            public BitSet get(final int from, final int to) {
                if (calls[0]++ == moment) {
                    assertTrue(ConnLayout.changeLabels(entry, 0, ConnLayout.labels(entry, 0), ConnLayout.labels(entry, 0) | 1L << 5));
                    assertTrue(ConnLayout.changeLabels(entry, 1, ConnLayout.labels(entry, 1), ConnLayout.labels(entry, 1) | 1L << 70));
                }
                return super.get(from, to);
            }
        };
        values.set(1);
        values.set(77);
        final BitSet mask = new BitSet();
        mask.set(1);
        mask.set(77);
        final ConnectionRequest of = request(1);
        live.store.update(new ConnectionRequest(of.original(), of.reply(), of.zone(), null, null, null, null, null, null, 0, null, null, null, null,
                new LabelChange(values, mask, Connection.LABEL_WORDS), 0));
        final BitSet labels = new BitSet();
        labels.or(values);
        labels.set(5);
        labels.set(70);
        assertEquals(labels, live.store.get(request(1)).labels());
    }

    @Test
    void shouldCountWhatCommandsMakeAndFailToMake() throws ConnectionException {
        final String make = "-I -s 1.1.1.1 -d 2.2.2.2 -p udp --sport 1 --dport 2 -t 50";
        assertEquals(0, live.run(make).status());
        // Its answers' tuple is taken, its own is not.
        assertEquals(1, live.run("-I -s 1.1.1.9 -d 2.2.2.2 -p udp --sport 1 --dport 2 -t 50 -r 2.2.2.2 -q 1.1.1.1 --reply-port-src 2 "
                + "--reply-port-dst 1").status());
        assertEquals(List.of(new ConnectionStatistics(7, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0)), live.store.statistics());
        assertEquals(List.of("cpu=7   \tfound=0 invalid=0 insert=1 insert_failed=1 drop=0 early_drop=0 error=0 search_restart=0 "
                + "clash_resolve=0 chaintoolong=0 "), live.run("-S").out());
    }

    @Test
    void shouldSayWhenTheTableIsFull() {
        for (int i = 0; i < MANY; i++) {
            ConnLayout.setStatus(track(i), ConnStatus.ASSURED);
        }
        live.limit.setMax(MANY);
        assertEquals("conntrack v1.4.7 (conntrack-tools): Operation failed: not enough memory\n",
                live.run("-I -s 1.1.1.1 -d 2.2.2.2 -p udp --sport 1 --dport 2 -t 50").err());
    }

    @Test
    void shouldRefuseWhatOnlyAWorkerCanDoWhenThereIsNone() {
        track(1);
        live.isWorking = false;
        assertEquals(1, list(false).size());
        assertEquals(Errno.EAGAIN, errno(() -> live.store.get(request(1))));
        assertEquals(Errno.EAGAIN, errno(() -> live.store.delete(request(1))));
        assertEquals(Errno.EAGAIN, errno(() -> live.store.flush()));
    }

    @Test
    void shouldAnswerAsAnEmptyTableWhenNothingIsTracked() throws ConnectionException {
        final TableConnectionStore store = new TableConnectionStore(
                family -> null, live, () -> 0, live.switches, new ConnectionWatch(List.of(), value -> {
                }), List.of(0, 1));
        assertEquals(0, store.count());
        assertEquals(2, store.statistics().size());
        store.flush();
        store.list(ConnectionTable.CONNTRACK, ConnectionFilter.ALL, true, connection -> {
            throw new AssertionError(connection);
        });
        assertEquals(Errno.ENOENT, errno(() -> store.get(request(1))));
        store.close();
    }

    @Test
    void shouldWaitForRequestsAndAnswerNoMoreWhenItIsClosed() throws Exception {
        track(1);
        track(2);
        final Semaphore inside = new Semaphore(0);
        final Semaphore outside = new Semaphore(0);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            final Future<?> listing = threads.submit(() -> {
                live.store.list(ConnectionTable.CONNTRACK, ConnectionFilter.ALL, false, connection -> {
                    inside.release();
                    outside.acquireUninterruptibly();
                });
                return null;
            });
            inside.acquire();
            final Future<?> closing = threads.submit(live.store::close);
            while (errnoOfCount() != Errno.EAGAIN) {
                Thread.onSpinWait();
            }
            assertFalse(closing.isDone());
            outside.release();
            closing.get();
            // It was cut short.
            assertEquals(Errno.EAGAIN, ((ConnectionException) assertThrows(java.util.concurrent.ExecutionException.class, listing::get)
                    .getCause()).errno());
        }
    }

    private int errnoOfCount() {
        try {
            live.store.count();
            return 0;
        } catch (final ConnectionException e) {
            return e.errno();
        }
    }
}
