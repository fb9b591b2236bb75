package io.penstock.conntrack.hot.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ClashTest {

    private static final Tuple FLOW = Tuple.number(1);

    private final ConnLimit limit = new ConnLimit(64, 1);
    private final ConnTable table = TestTables.table(4, 64, limit, 1);
    private final TableWorker worker = table.worker(0);

    @AfterEach
    void close() {
        table.close();
        limit.close();
    }

    @Test
    void shouldMergeWhenBothTuplesAreTheSame() {
        final long winner = addNatDone(FLOW, FLOW.inverse());
        ConnLayout.setFlags(winner, ConnLayout.FLAG_ACCOUNTING);
        final long loser = TestTables.allocate(table, worker, FLOW, FLOW.inverse());
        ConnLayout.account(loser, ConnDirection.ORIGINAL, 1, 100);
        assertEquals(ConfirmResult.CLASH, worker.confirm(loser));
        assertEquals(winner, worker.clash());
        assertEquals(ConfirmResult.MERGED, worker.resolveClash(loser));
        assertEquals(100, ConnLayout.bytes(winner, ConnDirection.ORIGINAL));
        assertEquals(1, table.counter(0, TableCounter.CLASH_RESOLVE));
        worker.free(loser);
        assertEquals(1, limit.count());
    }

    @Test
    void shouldMergeIntoTheReplyDirectionWhenTheTuplesAreExchanged() {
        final long winner = addNatDone(FLOW, FLOW.inverse());
        final long loser = TestTables.allocate(table, worker, FLOW.inverse(), FLOW);
        assertEquals(ConfirmResult.CLASH, worker.confirm(loser));
        assertEquals(winner | ConnDirection.REPLY, worker.clash());
        assertEquals(ConfirmResult.MERGED, worker.resolveClash(loser));
    }

    @Test
    void shouldGoInByTheReplyAloneWhenNatChoseAnotherOne() {
        final long winner = addNatDone(FLOW, FLOW.inverse());
        final Tuple reply = Tuple.number(2).inverse();
        final long loser = TestTables.allocate(table, worker, FLOW, reply);
        assertEquals(ConfirmResult.CLASH, worker.confirm(loser));
        assertEquals(ConfirmResult.CONFIRMED, worker.resolveClash(loser));
        assertEquals(winner, FLOW.find(table, worker));
        assertEquals(loser | ConnDirection.REPLY, reply.find(table, worker));
        assertTrue(ConnLayout.hasStatus(loser, ConnStatus.NAT_CLASH));
        worker.boundary(TestTables.SECOND);
        assertEquals(0, reply.find(table, worker));
        assertEquals(winner, FLOW.find(table, worker));
        assertEquals(1, limit.count());
    }

    @Test
    void shouldDropWhenTheReplyIsTakenToo() {
        addNatDone(FLOW, FLOW.inverse());
        addNatDone(Tuple.number(2), Tuple.number(2).inverse());
        final long loser = TestTables.allocate(table, worker, FLOW, Tuple.number(2).inverse());
        assertEquals(ConfirmResult.CLASH, worker.confirm(loser));
        assertEquals(ConfirmResult.DROP, worker.resolveClash(loser));
        assertEquals(1, table.counter(0, TableCounter.INSERT_FAILED));
        assertEquals(1, table.counter(0, TableCounter.DROP));
    }

    @Test
    void shouldDropWhenWhoHadTheReplyHasEndedSince() {
        final long winner = addNatDone(Tuple.number(2), Tuple.number(2).inverse());
        final long loser = TestTables.allocate(table, worker, FLOW, Tuple.number(2).inverse());
        assertEquals(ConfirmResult.CLASH, worker.confirm(loser));
        assertTrue(worker.kill(winner));
        assertEquals(ConfirmResult.DROP, worker.resolveClash(loser));
        assertEquals(0, Tuple.number(2).inverse().find(table, worker));
    }

    @Test
    void shouldDropWhenTheProtocolHasSequences() {
        final Tuple tcp = FLOW.withProtocol(6);
        addNatDone(tcp, tcp.inverse());
        final long loser = TestTables.allocate(table, worker, tcp, tcp.inverse());
        assertEquals(ConfirmResult.CLASH, worker.confirm(loser));
        assertEquals(ConfirmResult.DROP, worker.resolveClash(loser));
    }

    @Test
    void shouldConfirmWhenTheTimeOfTheOtherIsOver() {
        TestTables.add(table, worker, FLOW);
        worker.boundary(31 * TestTables.SECOND);
        final long entry = TestTables.allocate(table, worker, FLOW, FLOW.inverse());
        assertEquals(ConfirmResult.CONFIRMED, worker.confirm(entry));
        assertEquals(entry, FLOW.find(table, worker));
    }

    @Test
    void shouldNotConfirmWhenItWasKilledBefore() {
        final long entry = TestTables.allocate(table, worker, FLOW, FLOW.inverse());
        assertTrue(worker.kill(entry));
        assertEquals(ConfirmResult.DEAD, worker.confirm(entry));
        worker.free(entry);
        assertEquals(0, limit.count());
    }

    @Test
    void shouldTellWhoHasAReplyTupleUnlessItIsTheSameFlow() {
        final long other = TestTables.add(table, worker, Tuple.number(2));
        final long entry = TestTables.allocate(table, worker, FLOW, FLOW.inverse());
        assertEquals(0, worker.takenBy(entry));
        Tuple.number(2).inverse().set(entry, ConnDirection.REPLY);
        assertEquals(other | ConnDirection.REPLY, worker.takenBy(entry));
        assertEquals(1, table.counter(0, TableCounter.FOUND));
        final long same = TestTables.allocate(table, worker, Tuple.number(2), Tuple.number(2).inverse());
        assertEquals(0, worker.takenBy(same));
    }

    @Test
    void shouldRefuseWhenTooManyTuplesShareAHome() {
        final ConnLimit wide = new ConnLimit(0, 1);
        try (ConnTable large = TestTables.table(4, 4096, wide, 1)) {
            final TableWorker hand = large.worker(0);
            int confirmed = 0;
            int refused = 0;
            for (int n = 0; refused == 0 && n < 4_000_000; n++) {
                final Tuple tuple = Tuple.number(n);
                if ((tuple.hash(large, hand) & 2047) == 5) {
                    final long entry = TestTables.allocate(large, hand, tuple, tuple.inverse());
                    if (hand.confirm(entry) == ConfirmResult.TOO_LONG) {
                        refused++;
                        hand.free(entry);
                    } else {
                        confirmed++;
                    }
                }
            }
            assertEquals(1, refused);
            assertTrue(confirmed >= 50 && confirmed <= 81, "confirmed=" + confirmed);
            assertEquals(1, large.counter(0, TableCounter.CHAINTOOLONG));
            assertEquals(1, large.counter(0, TableCounter.INSERT_FAILED));
            assertEquals(confirmed, wide.count());
        }
        wide.close();
    }

    private long addNatDone(final Tuple original, final Tuple reply) {
        final long entry = TestTables.allocate(table, worker, original, reply);
        ConnLayout.setStatus(entry, ConnStatus.NAT_DONE_MASK);
        assertEquals(ConfirmResult.CONFIRMED, worker.confirm(entry));
        return entry;
    }
}
