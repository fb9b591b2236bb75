package io.penstock.conntrack.hot.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ResizeTest {

    private static final int MAX = 4_096;
    private static final int CONNECTIONS = 700;
    /** As many as an index of 32 buckets is made for. */
    private static final int FEW = 64;

    private final ConnLimit limit = new ConnLimit(1_024, 2);

    @AfterEach
    void close() {
        limit.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {256, 512, 1024, 2048})
    void shouldFindAllAtEveryStepWhenMoved(final int buckets) {
        try (ConnTable table = TestTables.table(4, MAX, limit, 1)) {
            final TableWorker worker = table.worker(0);
            for (int i = 0; i < CONNECTIONS; i++) {
                TestTables.add(table, worker, Tuple.number(i));
            }
            assertEquals(512, table.buckets());
            table.resize(buckets);
            int slices = 0;
            while (table.isResizing()) {
                worker.boundary(0);
                worker.maintain(1);
                for (int i = 0; i < CONNECTIONS; i += 3) {
                    assertEquals(1, TableWorker.direction(Tuple.number(i).inverse().find(table, worker)));
                    assertEquals(ConfirmResult.CLASH, clash(table, worker, i));
                }
                assertTrue(slices++ < 100);
            }
            worker.boundary(0);
            assertEquals(buckets, table.buckets());
            for (int i = 0; i < CONNECTIONS; i++) {
                assertTrue(worker.kill(TableWorker.entry(Tuple.number(i).find(table, worker))));
                assertEquals(0, Tuple.number(i).find(table, worker));
            }
        }
    }

    @Test
    void shouldWaitForAWorkerThatIsNotAwayButHasNotPassedABoundary() {
        try (ConnTable table = TestTables.table(4, MAX, limit, 2)) {
            final TableWorker worker = table.worker(0);
            table.resize(1024);
            for (int i = 0; i < 50; i++) {
                worker.boundary(0);
                worker.maintain(64);
            }
            assertTrue(table.isResizing());
            table.worker(1).away();
            for (int i = 0; i < 50; i++) {
                worker.boundary(0);
                worker.maintain(64);
            }
            assertFalse(table.isResizing());
            table.worker(1).boundary(0);
            TestTables.add(table, table.worker(1), Tuple.number(1));
            assertTrue(Tuple.number(1).find(table, worker) != 0);
        }
    }

    @Test
    void shouldGiveTheResizeUpAndKeepAllWhenASmallerIndexHasNoRoom() {
        try (ConnTable table = TestTables.table(4, MAX, limit, 1)) {
            final TableWorker worker = table.worker(0);
            for (int i = 0; i < CONNECTIONS; i++) {
                TestTables.add(table, worker, Tuple.number(i));
            }
            table.resize(16);
            for (int i = 0; table.isResizing() && i < 100; i++) {
                worker.boundary(0);
                worker.maintain(1);
                assertAllFound(table, worker, CONNECTIONS);
            }
            worker.boundary(0);
            assertFalse(table.isResizing());
            assertEquals(512, table.buckets());
            assertEquals(CONNECTIONS, limit.count());
            assertAllFound(table, worker, CONNECTIONS);
            TestTables.add(table, worker, Tuple.number(CONNECTIONS));
            // The index that was given up is empty: it can be used for another size.
            table.resize(1024);
            for (int i = 0; table.isResizing() && i < 100; i++) {
                worker.boundary(0);
                worker.maintain(1);
            }
            worker.boundary(0);
            assertEquals(1024, table.buckets());
            assertAllFound(table, worker, CONNECTIONS + 1);
        }
    }

    @Test
    void shouldWaitForRoomWhenConnectionsThatCameMeanwhileHaveFilledALargerIndex() {
        limit.setMax(0);
        try (ConnTable table = TestTables.table(4, FEW, limit, 1)) {
            final TableWorker worker = table.worker(0);
            table.resize(16);
            finish(table, worker);
            int there = 0;
            while (there < 32) {
                TestTables.add(table, worker, Tuple.number(there++));
            }
            table.resize(32);
            while (IndexView.step(table.control().phase()) != IndexView.MOVE) {
                worker.maintain(0);
                worker.boundary(0);
            }
            while (there < 32 + 32 * BucketLayout.SLOT_COUNT / 2) {
                TestTables.add(table, worker, Tuple.number(there++));
            }
            finish(table, worker);
            assertTrue(table.isResizing());
            assertAllFound(table, worker, there);
            for (int i = 32; i < 64; i++) {
                worker.kill(TableWorker.entry(Tuple.number(i).find(table, worker)));
            }
            finish(table, worker);
            assertFalse(table.isResizing());
            assertEquals(32, table.buckets());
            assertAllFound(table, worker, 32);
            assertEquals(there - 32, limit.count());
        }
    }

    private static void finish(final ConnTable table, final TableWorker worker) {
        for (int i = 0; i < 50; i++) {
            worker.boundary(0);
            worker.maintain(1);
        }
        worker.boundary(0);
    }

    private static void assertAllFound(final ConnTable table, final TableWorker worker, final int connections) {
        for (int i = 0; i < connections; i++) {
            final long found = Tuple.number(i).find(table, worker);
            assertNotEquals(0, found);
            assertEquals(found | 1, Tuple.number(i).inverse().find(table, worker));
        }
    }

    @Test
    void shouldDoNothingWhenTheSizeIsWhatItIs() {
        try (ConnTable table = TestTables.table(6, MAX, limit, 1)) {
            table.resize(512);
            table.worker(0).maintain(1);
            assertFalse(table.isResizing());
        }
    }

    private static int clash(final ConnTable table, final TableWorker worker, final int n) {
        final long entry = TestTables.allocate(table, worker, Tuple.number(n), Tuple.number(n).inverse());
        final int result = worker.confirm(entry);
        worker.free(entry);
        return result;
    }
}
