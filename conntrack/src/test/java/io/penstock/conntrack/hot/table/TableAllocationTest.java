package io.penstock.conntrack.hot.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.os.testkit.Allocation;
import org.junit.jupiter.api.Test;

final class TableAllocationTest {

    private static final int ROUNDS = 2_000;

    @Test
    void shouldNotTouchTheHeapWhenConnectionsComeAreFoundAndGo() {
        try (ConnLimit limit = new ConnLimit(100, 1); ConnTable table = TestTables.table(4, 128, limit, 1)) {
            final TableWorker worker = table.worker(0);
            // What the JVM itself needs the first time is below this; a byte a round would be above.
            Allocation.atMost(ROUNDS - 1, () -> {
                for (int i = 0; i < ROUNDS; i++) {
                    round(worker, i);
                }
            });
            assertEquals(0, limit.count());
        }
    }

    private static void round(final TableWorker worker, final int port) {
        worker.boundary(port);
        final int keys = ConnLayout.keys(port, 80);
        final long hash = worker.hash4(1, 2, keys, 17, 0);
        final long entry = worker.allocate(hash);
        ConnLayout.setTuple4(entry, ConnDirection.ORIGINAL, 1, 2, keys);
        ConnLayout.setTuple4(entry, ConnDirection.REPLY, 2, 1, ConnLayout.keys(80, port));
        ConnLayout.setProtocol(entry, 17);
        Deadline.refresh(entry, Deadline.SECOND_NS, port);
        assertEquals(ConfirmResult.CONFIRMED, worker.confirm(entry));
        assertNotEquals(0, worker.find4(hash, worker.probe(hash), 1, 2, keys, 17, 0));
        worker.kill(entry);
        worker.maintain(1);
    }
}
