package io.penstock.conntrack.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.os.sys.Errno;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryConnectionStoreTest {

    private static final Instant NOW = Instant.parse("2026-11-21T14:05:13Z");
    private static final ConnTuple TUPLE = ConnTuple.ipv4(1, 2, ConnTuple.UDP, 3, 4);

    private final Clock[] clock = {Clock.fixed(NOW, ZoneOffset.UTC)};
    private final MemoryConnectionStore store = new MemoryConnectionStore(new Clock() {

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(final ZoneId zone) {
            throw new UnsupportedOperationException("this clock has one zone: asked=" + zone);
        }

        @Override
        public Instant instant() {
            return clock[0].instant();
        }
    }, MemoryConnectionStore.Keeps.LITTLE);

    private static ConnectionRequest request(final ConnTuple original, final ConnTuple reply, final Integer status, final Long timeout,
            final Integer zone, final Integer originalZone) {
        return new ConnectionRequest(original, reply, zone, originalZone, null, status, timeout, null, null, 0, null, null, null, null,
                null, 0);
    }

    private int refusal(final ConnectionRequest request) {
        return assertThrows(ConnectionException.class, () -> store.create(request)).errno();
    }

    private List<Connection> all() throws ConnectionException {
        final List<Connection> all = new ArrayList<>();
        store.list(ConnectionTable.CONNTRACK, ConnectionFilter.ALL, false, all::add);
        return all;
    }

    @Test
    void shouldRefuseAsTheKernelDoesWhenARequestIsWrong() throws ConnectionException {
        assertEquals(Errno.EINVAL, refusal(request(TUPLE, null, null, 5L, null, null)));
        assertEquals(Errno.EINVAL, refusal(request(TUPLE, TUPLE.inverse(), null, null, null, null)));
        assertEquals(Errno.EINVAL, refusal(request(TUPLE, ConnTuple.ipv4(2, 1, ConnTuple.TCP, 4, 3), null, 5L, null, null)));
        assertEquals(Errno.EINVAL, refusal(request(TUPLE, TUPLE.inverse(), null, 5L, 3, 4)));
        assertEquals(Errno.EBUSY, refusal(request(TUPLE, TUPLE.inverse(), ConnStatus.EXPECTED, 5L, null, null)));
        assertEquals(0, store.count());
        store.create(request(TUPLE, TUPLE.inverse(), ConnStatus.SEEN_REPLY, 5L, null, null));
        assertEquals(Errno.EEXIST, refusal(request(TUPLE.inverse(), TUPLE, null, 5L, null, null)));
        store.create(request(TUPLE, TUPLE.inverse(), null, 5L, 3, null));
        assertEquals(2, store.count());
        assertEquals(Errno.EBUSY, assertThrows(ConnectionException.class,
                () -> store.update(request(TUPLE, null, 0, null, null, null))).errno());
        assertEquals(Errno.ENOENT, assertThrows(ConnectionException.class,
                () -> store.get(request(TUPLE, null, null, null, 4, null))).errno());
    }

    @Test
    void shouldForgetConnectionsWhenTheirTimeIsOver() throws ConnectionException {
        store.create(request(TUPLE, TUPLE.inverse(), null, 5L, null, null));
        clock[0] = Clock.offset(clock[0], Duration.ofMillis(4500));
        assertEquals(0, all().getFirst().timeoutSeconds());
        clock[0] = Clock.offset(clock[0], Duration.ofMillis(500));
        assertEquals(List.of(), all());
    }

    @Test
    void shouldKeepALongTimeoutWithinTheKernelsWhenItIsLonger() throws ConnectionException {
        store.create(request(TUPLE, TUPLE.inverse(), null, 0xFFFF_FFFFL, null, null));
        assertEquals(8_589_934L, all().getFirst().timeoutSeconds());
    }

    @Test
    void shouldRewriteAndSettleBothEndsWhenOneIsAskedFor() throws ConnectionException {
        store.create(new ConnectionRequest(TUPLE, TUPLE.inverse(), null, null, null, null, 5L, null, null, 0, null, null,
                new NatChoice(true, 0, 9, -1), null, null, 0));
        assertEquals(ConnTuple.ipv4(2, 9, ConnTuple.UDP, 4, 3), all().getFirst().reply());
        assertEquals(ConnStatus.CONFIRMED | ConnStatus.SRC_NAT | ConnStatus.NAT_DONE_MASK, all().getFirst().status());
        final ConnTuple other = ConnTuple.ipv4(8, 2, ConnTuple.UDP, 3, 4);
        store.create(new ConnectionRequest(other, other.inverse(), null, null, null, null, 5L, null, null, 0, null, null,
                new NatChoice(true, 0, 9, -1), null, null, 0));
        assertEquals(ConnTuple.ipv4(2, 9, ConnTuple.UDP, 4, 1024), all().getLast().reply());
    }

    @Test
    void shouldTellNobodyWhenASubscriptionIsClosed() throws ConnectionException {
        final List<ConnectionChange> told = new ArrayList<>();
        final ConnectionStore.Subscription subscription =
                store.subscribe(EnumSet.of(ConnectionChange.NEW, ConnectionChange.DESTROY), event -> told.add(event.change()));
        store.create(request(TUPLE, TUPLE.inverse(), null, 5L, null, null));
        store.update(request(TUPLE, null, null, 6L, null, null));
        store.flush();
        subscription.close();
        store.create(request(TUPLE, TUPLE.inverse(), null, 5L, null, null));
        assertEquals(List.of(ConnectionChange.NEW, ConnectionChange.DESTROY), told);
    }

    @Test
    void shouldLetAConsumerChangeTheStoreWhenItIsToldOfAConnection() throws ConnectionException {
        store.create(request(TUPLE, TUPLE.inverse(), null, 5L, null, null));
        store.create(request(TUPLE, TUPLE.inverse(), null, 5L, 3, null));
        store.list(ConnectionTable.CONNTRACK, ConnectionFilter.ALL, false, connection -> {
            try {
                store.delete(ConnectionRequest.of(connection));
            } catch (final ConnectionException refusal) {
                throw new IllegalStateException(refusal);
            }
        });
        assertEquals(0, store.count());
    }
}
