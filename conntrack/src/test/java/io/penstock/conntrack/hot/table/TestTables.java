package io.penstock.conntrack.hot.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.Deadline;

/** Tables of either family for tests, with connections in them. */
final class TestTables {

    static final long SECOND = Deadline.SECOND_NS;
    static final long SECRET0 = 0x0123_4567_89AB_CDEFL;
    static final long SECRET1 = 0xFEDC_BA98_7654_3210L;

    private TestTables() {
    }

    static ConnTable table(final int family, final int maxEntries, final ConnLimit limit, final int workers) {
        final ConnTable table = new ConnTable(family, maxEntries, limit, SECRET0, SECRET1, workers);
        for (int i = 0; i < workers; i++) {
            table.worker(i).boundary(0);
        }
        return table;
    }

    /** An unconfirmed connection that is to live 30 s. */
    static long allocate(final ConnTable table, final TableWorker worker, final Tuple original, final Tuple reply) {
        final long entry = worker.allocate(original.hash(table, worker));
        assertNotEquals(0, entry);
        original.set(entry, ConnDirection.ORIGINAL);
        reply.set(entry, ConnDirection.REPLY);
        Deadline.refresh(entry, 30 * SECOND, 0);
        return entry;
    }

    /** A connection in the table. */
    static long add(final ConnTable table, final TableWorker worker, final Tuple original) {
        final long entry = allocate(table, worker, original, original.inverse());
        assertEquals(ConfirmResult.CONFIRMED, worker.confirm(entry));
        return entry;
    }

    /** Both families. */
    static int[] families() {
        return new int[] {ConnLayout.FAMILY_IPV4, ConnLayout.FAMILY_IPV6};
    }

    /** Passes batch boundaries until what was given up is free. */
    static void settle(final ConnTable table, final int workers, final long nowNs) {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < workers; i++) {
                table.worker(i).boundary(nowNs);
            }
        }
    }
}
