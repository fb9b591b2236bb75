package io.penstock.conntrack.hot.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnEvents;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Prefetch;
import io.penstock.os.sys.MappedMemory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConnTableTest {

    private static final int MAX = 256;

    private final ConnLimit limit = new ConnLimit(MAX, 1);
    private ConnTable table;
    private TableWorker worker;

    private void open(final int family) {
        table = TestTables.table(family, MAX, limit, 1);
        worker = table.worker(0);
    }

    @AfterEach
    void close() {
        if (table != null) {
            table.close();
        }
        limit.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void shouldFindBothDirectionsWhenConfirmedAndNoneBefore(final int family) {
        open(family);
        final Tuple tuple = Tuple.number(1);
        final long entry = TestTables.allocate(table, worker, tuple, tuple.inverse());
        assertEquals(0, tuple.find(table, worker));
        assertEquals(ConfirmResult.CONFIRMED, worker.confirm(entry));
        assertEquals(entry | ConnDirection.ORIGINAL, tuple.find(table, worker));
        assertEquals(entry | ConnDirection.REPLY, tuple.inverse().find(table, worker));
        assertEquals(entry, TableWorker.entry(tuple.inverse().find(table, worker)));
        assertEquals(ConnDirection.REPLY, TableWorker.direction(tuple.inverse().find(table, worker)));
        assertTrue(ConnLayout.hasStatus(entry, ConnStatus.CONFIRMED));
        assertEquals(0, tuple.withZone(1).find(table, worker));
        assertEquals(0, tuple.withProtocol(6).find(table, worker));
        assertEquals(0, tuple.withSourceKey(1).find(table, worker));
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void shouldFindNothingWhenKilledAndTellOnce(final int family) {
        open(family);
        final List<Integer> events = new ArrayList<>();
        worker.setEvents((entry, bits) -> events.add(bits));
        final Tuple tuple = Tuple.number(1);
        final long entry = TestTables.add(table, worker, tuple);
        assertTrue(worker.kill(entry));
        assertFalse(worker.kill(entry));
        assertEquals(List.of(ConnEvents.DESTROY), events);
        assertEquals(0, tuple.find(table, worker));
        assertEquals(0, tuple.inverse().find(table, worker));
        assertEquals(0, limit.count());
    }

    @Test
    void shouldNumberEntriesAsTheyLieWhenOfEitherFamily() {
        for (final int family : TestTables.families()) {
            open(family);
            final Set<Integer> numbers = new HashSet<>();
            for (int i = 0; i < MAX; i++) {
                final long entry = TestTables.add(table, worker, Tuple.number(i));
                final int number = table.number(entry);
                assertTrue(numbers.add(number));
                assertEquals(entry, table.address(number));
                assertEquals(entry, table.entry(number, 1));
                assertEquals(0, table.entry(number, 2));
                assertEquals(family, ConnLayout.family(entry));
            }
            for (int i = 0; i < MAX; i++) {
                assertTrue(worker.kill(TableWorker.entry(Tuple.number(i).find(table, worker))));
            }
            table.close();
        }
    }

    @Test
    void shouldUseAnEntryAgainOnlyAfterTheBatch() {
        open(4);
        final Tuple tuple = Tuple.number(1);
        final long entry = TestTables.add(table, worker, tuple);
        ConnLayout.setMark(entry, 7);
        Memory.putLong(entry + ConnLayout.TRACKER, 5);
        worker.kill(entry);
        for (int i = 0; i < MAX / 2; i++) {
            final long other = worker.allocate(0);
            assertNotEquals(entry, other);
            worker.free(other);
        }
        worker.boundary(0);
        final Set<Long> entries = new HashSet<>();
        for (int i = 0; i < MAX; i++) {
            entries.add(worker.allocate(0));
        }
        assertTrue(entries.contains(entry));
        assertEquals(2, ConnLayout.generation(entry));
        assertEquals(0, ConnLayout.mark(entry));
        assertEquals(0, Memory.getLong(entry + ConnLayout.TRACKER));
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void shouldPrefetchTheEntriesThatWillBeAllocated(final int family) {
        open(family);
        worker.free(worker.allocate(0));
        worker.boundary(0);
        final Prefetch prefetch = new Prefetch();
        worker.prefetchFree(3, prefetch);
        final int lines = table.entryBytes() / 64;
        assertEquals(3 * lines, prefetch.count());
        for (int i = 0; i < 3; i++) {
            assertEquals(worker.allocate(0), prefetch.address(i * lines));
        }
        prefetch.load();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void shouldNotFindAndRemoveWhenTheTimeIsOver(final int family) {
        open(family);
        final List<Integer> events = new ArrayList<>();
        worker.setEvents((entry, bits) -> events.add(bits));
        final Tuple tuple = Tuple.number(1);
        TestTables.add(table, worker, tuple);
        worker.boundary(30 * TestTables.SECOND - 1);
        assertNotEquals(0, tuple.find(table, worker));
        worker.boundary(30 * TestTables.SECOND);
        assertEquals(0, tuple.find(table, worker));
        assertEquals(List.of(ConnEvents.DESTROY), events);
        assertEquals(0, limit.count());
    }

    @Test
    void shouldSweepAllWhoseTimeIsOver() {
        open(4);
        for (int i = 0; i < 200; i++) {
            final long entry = TestTables.add(table, worker, Tuple.number(i));
            if (i % 2 == 0) {
                Deadline.set(entry, 60 * TestTables.SECOND, 0);
            }
        }
        worker.boundary(40 * TestTables.SECOND);
        assertEquals(100, worker.maintain(table.used() / EntrySweeper.BLOCK));
        assertEquals(100, limit.count());
        for (int i = 0; i < 200; i++) {
            assertEquals(i % 2 == 0, Tuple.number(i).find(table, worker) != 0);
        }
    }

    @Test
    void shouldDropOneThatIsNotAssuredWhenFull() {
        open(4);
        for (int i = 0; i < MAX; i++) {
            final long entry = TestTables.add(table, worker, Tuple.number(i));
            if (i != 9) {
                ConnLayout.setStatus(entry, ConnStatus.ASSURED);
            }
        }
        int refused = 0;
        long entry = 0;
        for (int i = MAX; entry == 0 && i < 50 * MAX; i++) {
            entry = worker.allocate(Tuple.number(i).hash(table, worker));
            refused += entry == 0 ? 1 : 0;
        }
        assertNotEquals(0, entry);
        assertEquals(0, Tuple.number(9).find(table, worker));
        assertEquals(1, table.counter(0, TableCounter.EARLY_DROP));
        assertEquals(refused, table.counter(0, TableCounter.DROP));
        assertEquals(MAX, limit.count());
    }

    @Test
    void shouldRefuseWhenAllAreAssuredAndSpareClosingOnesInTheSweep() {
        open(4);
        for (int i = 0; i < MAX; i++) {
            final long entry = TestTables.add(table, worker, Tuple.number(i).withProtocol(6));
            ConnLayout.setStatus(entry, ConnStatus.ASSURED);
            ConnLayout.setTrackerState(entry, i == 3 ? 7 : 3);
        }
        assertEquals(0, worker.maintain(table.used()));
        assertEquals(0, worker.allocate(1));
        assertEquals(1, table.counter(0, TableCounter.DROP));
        assertEquals(1, worker.maintain(table.used()));
        assertNotEquals(0, worker.allocate(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void shouldDropOneOfTheOtherFamilyWhenThatHasFilledTheLimit(final int flooded) {
        open(flooded);
        try (ConnTable other = TestTables.table(10 - flooded, MAX, limit, 1)) {
            worker.sibling(other.worker(0));
            other.worker(0).sibling(worker);
            for (int i = 0; i < MAX; i++) {
                TestTables.add(table, worker, Tuple.number(i));
            }
            for (int i = 0; i < 20; i++) {
                TestTables.add(other, other.worker(0), Tuple.number(i));
            }
            assertEquals(MAX, limit.count());
            assertEquals(0, other.counter(0, TableCounter.DROP));
            // Its own go first, where one is near.
            final long dropped = table.counter(0, TableCounter.EARLY_DROP);
            assertEquals(20, dropped + other.counter(0, TableCounter.EARLY_DROP));
            assertEquals(MAX - dropped, IntStream.range(0, MAX).filter(i -> Tuple.number(i).find(table, worker) != 0).count());
        }
    }

    @Test
    void shouldSpareClosingOnesOfTheOtherFamilyInTheSweepWhenNothingCanGo() {
        open(4);
        try (ConnTable other = TestTables.table(6, MAX, limit, 1)) {
            other.worker(0).sibling(worker);
            for (int i = 0; i < MAX; i++) {
                final long entry = TestTables.add(table, worker, Tuple.number(i).withProtocol(6));
                ConnLayout.setStatus(entry, ConnStatus.ASSURED);
                ConnLayout.setTrackerState(entry, i == 3 ? 7 : 3);
            }
            assertEquals(0, worker.maintain(table.used()));
            assertEquals(0, other.worker(0).allocate(1));
            assertEquals(1, other.counter(0, TableCounter.DROP));
            assertEquals(1, worker.maintain(table.used()));
            assertNotEquals(0, other.worker(0).allocate(1));
        }
    }

    @Test
    void shouldRefuseAndMakeRoomForTheNextBatchWhenTheLimitIsAboveWhatTheTableHolds() {
        open(4);
        limit.setMax(0);
        int there = 0;
        for (long entry = 1; entry != 0; there++) {
            final Tuple tuple = Tuple.number(there);
            entry = worker.allocate(tuple.hash(table, worker));
            if (entry != 0) {
                tuple.set(entry, ConnDirection.ORIGINAL);
                tuple.inverse().set(entry, ConnDirection.REPLY);
                Deadline.refresh(entry, TestTables.SECOND, 0);
                worker.confirm(entry);
            }
        }
        assertTrue(there > MAX);
        assertEquals(1, table.counter(0, TableCounter.DROP));
        assertEquals(1, table.counter(0, TableCounter.EARLY_DROP));
        worker.boundary(0);
        assertNotEquals(0, worker.allocate(0));
    }

    @Test
    void shouldGiveNoEntryAndDropNoneWhenNothingMayBegin() {
        open(4);
        for (int i = 0; i < MAX / 2; i++) {
            TestTables.add(table, worker, Tuple.number(i));
        }
        limit.setMax(ConnLimit.NOTHING);
        assertEquals(ConnLimit.NOTHING, limit.max());
        for (int i = 0; i < 20; i++) {
            assertEquals(0, worker.allocate(Tuple.number(i).hash(table, worker)));
        }
        assertEquals(0, worker.maintain(table.used()));
        assertEquals(MAX / 2, limit.count());
        assertEquals(20, table.counter(0, TableCounter.DROP));
        assertEquals(0, table.counter(0, TableCounter.EARLY_DROP));
        limit.setMax(MAX);
        assertNotEquals(0, worker.allocate(0));
    }

    @Test
    void shouldNotBeFoundWhenCondemnedAndBeSwept() {
        open(6);
        final Tuple tuple = Tuple.number(1);
        final long entry = TestTables.add(table, worker, tuple);
        final int number = table.number(entry);
        assertFalse(table.condemn(number, 2));
        assertTrue(table.condemn(number, 1));
        assertFalse(table.condemn(number, 1));
        assertEquals(0, table.entry(number, 1));
        assertEquals(1, worker.maintain(1));
        assertEquals(0, tuple.find(table, worker));
        assertEquals(0, limit.count());
    }

    @Test
    void shouldCopyWholeEntriesWhenTheyAreInTheTable() {
        open(6);
        final Tuple tuple = Tuple.number(1);
        final long entry = TestTables.allocate(table, worker, tuple, tuple.inverse());
        final int number = table.number(entry);
        try (MappedMemory memory = MappedMemory.reserve(table.entryBytes(), MappedMemory.Pages.NORMAL)) {
            assertFalse(table.snapshot(number, memory.address()));
            assertEquals(ConfirmResult.CONFIRMED, worker.confirm(entry));
            assertTrue(table.snapshot(number, memory.address()));
            assertEquals(tuple.destinationLow(), ConnLayout.destination6Low(memory.address(), ConnDirection.ORIGINAL));
            assertEquals(1, ConnLayout.generation(memory.address()));
            worker.kill(entry);
            assertFalse(table.snapshot(number, memory.address()));
            assertFalse(table.snapshot(0, memory.address()));
            assertFalse(table.snapshot(1 << 20, memory.address()));
        }
    }

    @Test
    void shouldStampTimesWhenAskedTo() {
        open(4);
        table.setWallOffset(1_000);
        worker.boundary(5);
        final long entry = TestTables.allocate(table, worker, Tuple.number(1), Tuple.number(1).inverse());
        ConnLayout.setFlags(entry, ConnLayout.FLAG_TIMESTAMP);
        worker.confirm(entry);
        assertEquals(1_005, ConnLayout.start(entry));
        worker.boundary(9);
        worker.kill(entry);
        assertEquals(1_009, ConnLayout.stop(entry));
    }

    @Test
    void shouldSayWhatIsPossibleWhenSizesAreNot() {
        open(4);
        assertEquals("the index cannot have so many buckets: buckets=100; choose a power of two from 16 to 128",
                assertThrows(IllegalArgumentException.class, () -> table.resize(100)).getMessage());
        assertEquals("a table of so many connections is not possible: maxEntries=0; choose 1 to 268435456",
                assertThrows(IllegalArgumentException.class, () -> new ConnTable(4, 0, limit, 1, 2, 1)).getMessage());
    }

    @Test
    void shouldLeaveRoomInTheIndexWhenTheTableIsFull() {
        assertEquals(8192, ConnTable.bucketsFor(16_384));
        assertEquals(524_288, ConnTable.bucketsFor(1 << 20));
        assertEquals(16, ConnTable.bucketsFor(1));
    }
}
