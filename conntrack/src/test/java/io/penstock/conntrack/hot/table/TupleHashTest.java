package io.penstock.conntrack.hot.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import org.junit.jupiter.api.Test;

final class TupleHashTest {

    private static final long A = 0x0123_4567_89AB_CDEFL;
    private static final long B = 0xFEDC_BA98_7654_3210L;

    @Test
    void shouldDependOnEveryPartAndTheSecrets() {
        final long hash = TupleHash.hash4(A, B, 1, 2, 3, 4, 5);
        assertNotEquals(hash, TupleHash.hash4(A ^ 1, B, 1, 2, 3, 4, 5));
        assertNotEquals(hash, TupleHash.hash4(A, B ^ 1, 1, 2, 3, 4, 5));
        assertNotEquals(hash, TupleHash.hash4(A, B, 2, 1, 3, 4, 5));
        assertNotEquals(hash, TupleHash.hash4(A, B, 1, 2, 2, 4, 5));
        assertNotEquals(hash, TupleHash.hash4(A, B, 1, 2, 3, 5, 5));
        assertNotEquals(hash, TupleHash.hash4(A, B, 1, 2, 3, 4, 4));
        final long hash6 = TupleHash.hash6(A, B, 1, 2, 3, 4, 5, 6, 7);
        assertNotEquals(hash6, TupleHash.hash6(A, B, 3, 4, 1, 2, 5, 6, 7));
        assertNotEquals(hash6, TupleHash.hash6(A, B, 2, 1, 3, 4, 5, 6, 7));
        assertNotEquals(hash6, TupleHash.hash6(A, B, 1, 2, 4, 3, 5, 6, 7));
    }

    @Test
    void shouldBeTheSameWhenReadFromAnEntry() {
        for (final int family : TestTables.families()) {
            try (ConnLimit limit = new ConnLimit(0, 1); ConnTable table = TestTables.table(family, 16, limit, 1)) {
                final TableWorker worker = table.worker(0);
                final Tuple tuple = Tuple.number(5).withZone(9);
                final long entry = TestTables.allocate(table, worker, tuple, tuple.inverse());
                assertEquals(tuple.hash(table, worker), table.hash(entry, ConnDirection.ORIGINAL));
                assertEquals(tuple.inverse().hash(table, worker), table.hash(entry, ConnDirection.REPLY));
            }
        }
    }

    @Test
    void shouldSpreadEvenlyWhenPortsCountUp() {
        final int[] counts = new int[256];
        for (int port = 0; port < 65_536; port++) {
            counts[(int) TupleHash.hash4(A, B, 0x0A00_0001, 0xC633_6401, ConnLayout.keys(port, 80), 6, 0) & 255]++;
        }
        double sum = 0;
        for (final int count : counts) {
            sum += (count - 256.0) * (count - 256.0) / 256.0;
        }
        final double chi = sum;
        // 255 degrees of freedom: beyond 400 in one of ten million.
        assertTrue(chi < 400, () -> "chi-square=" + chi);
    }

    @Test
    void shouldFlipHalfTheBitsWhenOneInputBitChanges() {
        long flipped = 0;
        for (int bit = 0; bit < 32; bit++) {
            for (int i = 0; i < 1_000; i++) {
                final long one = TupleHash.hash4(A, B, i * 7919, i, i, 17, 0);
                flipped += Integer.bitCount((int) (one ^ TupleHash.hash4(A, B, i * 7919 ^ 1 << bit, i, i, 17, 0)));
            }
        }
        assertEquals(16.0, flipped / 32_000.0, 0.1);
    }
}
