package io.penstock.conntrack.hot.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ResizeTest {

    private static final int MAX = 4_096;
    private static final int CONNECTIONS = 700;

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
    void shouldRemoveWholeConnectionsWhenTheNewIndexHasNoRoom() {
        try (ConnTable table = TestTables.table(4, MAX, limit, 1)) {
            final TableWorker worker = table.worker(0);
            for (int i = 0; i < CONNECTIONS; i++) {
                TestTables.add(table, worker, Tuple.number(i));
            }
            table.resize(16);
            for (int i = 0; table.isResizing() && i < 100; i++) {
                worker.boundary(0);
                worker.maintain(1);
            }
            worker.boundary(0);
            int there = 0;
            for (int i = 0; i < CONNECTIONS; i++) {
                final long found = Tuple.number(i).find(table, worker);
                final long reply = Tuple.number(i).inverse().find(table, worker);
                assertEquals(TableWorker.entry(found), TableWorker.entry(reply));
                there += found == 0 ? 0 : 1;
            }
            assertEquals(limit.count(), there);
            assertTrue(there > 0 && there <= 16 * BucketLayout.SLOT_COUNT / 2);
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
