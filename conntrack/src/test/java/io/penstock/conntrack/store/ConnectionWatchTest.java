package io.penstock.conntrack.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnEvents;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.event.ConnEventLog;
import io.penstock.conntrack.model.ConnectionChange;
import io.penstock.conntrack.model.ConnectionEvent;
import io.penstock.conntrack.model.ConnectionException;
import io.penstock.conntrack.model.ConnectionStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events from a worker's hand to listeners. */
@Timeout(60)
final class ConnectionWatchTest {

    private static final Set<ConnectionChange> ALL = EnumSet.allOf(ConnectionChange.class);

    private final LiveStore live = new LiveStore();
    private final List<ConnectionEvent> told = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger overruns = new AtomicInteger();

    @AfterEach
    void close() {
        live.close();
    }

    private ConnectionStore.Subscription listen(final Set<ConnectionChange> changes) throws ConnectionException {
        return live.store.subscribe(changes, told::add, overruns::incrementAndGet);
    }

    private List<ConnectionChange> changes() {
        return told.stream().map(ConnectionEvent::change).toList();
    }

    @Test
    void shouldHaveWorkersWriteOnlyWhileSomebodyListens() throws ConnectionException {
        final long entry = TableConnectionStoreTest.track(live, 1);
        live.log.onEvent(entry, ConnEvents.NEW);
        assertFalse(live.isListening);
        try (ConnectionStore.Subscription _ = listen(ALL)) {
            assertTrue(live.isListening);
            assertTrue(live.log.isListening());
            live.log.onEvent(entry, ConnEvents.ASSURED);
        }
        live.log.onEvent(entry, ConnEvents.MARK);
        assertFalse(live.isListening);
        try (ConnectionStore.Subscription _ = listen(ALL)) {
            live.log.onEvent(entry, ConnEvents.MARK);
        }
        assertEquals(List.of(ConnectionChange.UPDATE, ConnectionChange.UPDATE), changes());
    }

    @Test
    void shouldTellTheEntryAsItWasThen() throws ConnectionException {
        live.switches.acct = 1;
        live.switches.timestamp = 1;
        final long entry = TableConnectionStoreTest.track(live, 1);
        try (ConnectionStore.Subscription _ = listen(ALL)) {
            live.log.onEvent(entry, ConnEvents.NEW);
            ConnLayout.account(entry, ConnDirection.ORIGINAL, 3, 300);
            ConnLayout.setMark(entry, 9);
            live.nowNs += 10 * LiveStore.SECOND;
            live.boundary();
            live.log.onEvent(entry, ConnEvents.MARK);
            live.ipv4.worker(0).kill(entry);
        }
        assertEquals(List.of(ConnectionChange.NEW, ConnectionChange.UPDATE, ConnectionChange.DESTROY), changes());
        assertEquals(30, told.get(0).connection().timeoutSeconds());
        assertNull(told.get(0).connection().mark());
        assertNull(told.get(0).connection().originalCounters());
        assertEquals(9, told.get(1).connection().mark());
        assertEquals(20, told.get(1).connection().timeoutSeconds());
        assertEquals(3, told.get(2).connection().originalCounters().packets());
        assertEquals(10 * LiveStore.SECOND, told.get(2).connection().stopNs() - told.get(2).connection().startNs());
        assertEquals(told.get(0).connection().id(), told.get(2).connection().id());
    }

    @Test
    void shouldNotTellTheTimeLeftWhenItIsOver() throws ConnectionException {
        TableConnectionStoreTest.track(live, 1);
        try (ConnectionStore.Subscription _ = listen(ALL)) {
            live.nowNs += 40 * LiveStore.SECOND;
            live.boundary();
            live.ipv4.worker(0).maintain(16);
        }
        assertEquals(List.of(ConnectionChange.DESTROY), changes());
        assertNull(told.getFirst().connection().timeoutSeconds());
    }

    @Test
    void shouldTellOnlyWhatIsAskedForAndWhatTheConnectionsMaskLets() throws ConnectionException {
        final long entry = TableConnectionStoreTest.track(live, 1);
        try (ConnectionStore.Subscription _ = listen(Set.of(ConnectionChange.UPDATE))) {
            live.log.onEvent(entry, ConnEvents.NEW);
            live.log.onEvent(entry, ConnEvents.REPLY);
            ConnLayout.setEvents(entry, ConnEvents.DESTROY);
            live.log.onEvent(entry, ConnEvents.ASSURED);
        }
        assertEquals(List.of(ConnectionChange.UPDATE), changes());
    }

    @Test
    void shouldTellWhatCommandsDo() throws ConnectionException {
        try (ConnectionStore.Subscription _ = listen(ALL)) {
            live.run("-I -s 1.1.1.1 -d 2.2.2.2 -p tcp --sport 1 --dport 2 --state ESTABLISHED -t 50 -m 4");
            live.run("-U -s 1.1.1.1 -m 5");
            live.run("-D -s 1.1.1.1");
        }
        assertEquals(List.of(ConnectionChange.NEW, ConnectionChange.UPDATE, ConnectionChange.DESTROY), changes());
        told.forEach(event -> assertEquals(3, event.connection().protocolState()));
        assertEquals(List.of(4, 5, 5), told.stream().map(event -> event.connection().mark()).toList());
    }

    @Test
    void shouldSayThatEventsWereLostWhenTheRingWasFull() throws ConnectionException {
        final long entry = TableConnectionStoreTest.track(live, 1);
        final ConnectionWatch blocked = live.watch;
        try (ConnectionStore.Subscription _ = listen(ALL)) {
            // Nobody takes from the ring meanwhile.
            synchronized (blocked) {
                for (int i = 0; i < ConnEventLog.CAPACITY + 5; i++) {
                    live.log.onEvent(entry, ConnEvents.REPLY);
                }
                assertEquals(5, live.log.lost());
            }
        }
        assertEquals(ConnEventLog.CAPACITY, told.size());
        assertEquals(1, overruns.get());
    }

    @Test
    void shouldTellWhatHappenedAndEndAllListeningWhenItIsClosed() throws ConnectionException {
        final long entry = TableConnectionStoreTest.track(live, 1);
        final ConnectionStore.Subscription one = listen(ALL);
        final ConnectionStore.Subscription other = listen(ALL);
        live.log.onEvent(entry, ConnEvents.NEW);
        live.store.close();
        assertEquals(2, told.size());
        assertFalse(live.log.isListening());
        one.close();
        other.close();
        live.watch.subscribe(ALL, told::add, overruns::incrementAndGet).close();
        assertFalse(live.log.isListening());
        assertThrows(ConnectionException.class, () -> listen(ALL));
    }

    @Test
    void shouldEndThoughWhoClosesHoldsWhatTellingWorkersTakes() throws Exception {
        final Object held = new Object();
        final ConnectionWatch watch = new ConnectionWatch(List.of(live.log), isListening -> {
            synchronized (held) {
                live.isListening = isListening;
            }
        });
        try (ExecutorService one = Executors.newSingleThreadExecutor()) {
            final ConnectionStore.Subscription subscription = watch.subscribe(ALL, told::add, overruns::incrementAndGet);
            final Future<?> ending;
            synchronized (held) {
                ending = one.submit(subscription::close);
                while (live.log.isListening()) {
                    Thread.onSpinWait();
                }
                watch.close();
            }
            ending.get();
        }
        assertFalse(live.isListening);
    }

    @Test
    void shouldLoseEventsOfTheSlowListenerAlone() throws ConnectionException {
        final long entry = TableConnectionStoreTest.track(live, 1);
        final Semaphore gate = new Semaphore(0);
        final AtomicInteger slow = new AtomicInteger();
        final AtomicInteger slowOverruns = new AtomicInteger();
        final int all = 40_000;
        final ConnectionStore.Subscription stuck = live.store.subscribe(ALL, event -> {
            gate.acquireUninterruptibly();
            slow.incrementAndGet();
        }, slowOverruns::incrementAndGet);
        try (ConnectionStore.Subscription _ = listen(ALL)) {
            for (int i = 0; i < all; i++) {
                while (told.size() < i - 4000) {
                    Thread.onSpinWait();
                }
                live.log.onEvent(entry, ConnEvents.REPLY);
            }
        }
        assertEquals(all, told.size());
        assertEquals(0, overruns.get());
        gate.release(all);
        stuck.close();
        assertTrue(slow.get() < all, () -> "told=" + slow);
        assertEquals(1, slowOverruns.get());
    }
}
