package io.penstock.conntrack.hot.nat;

import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.conntrack.hot.table.TupleHash;
import io.penstock.os.sys.Parts;

/**
 * The full cones of a table: which source inside has which address and port outside, whatever it speaks to (endpoint-independent mapping), and who
 * is inside of an address and port outside, whoever asks (endpoint-independent filtering). Of UDP.
 *
 * <p>A cone lives as long as a connection that uses it, begun by its source or from outside: each holds a reference, by the cone's number in its
 * entry, and gives it back when the entry is given up. A connection whose time is over is given up when it is looked for, or by the sweep.
 *
 * <p>Invariants:
 * <ol>
 *   <li>An address and port outside have one cone. Who begins a cone puts its number in first, and looks through the bucket then: of two that do
 *       so at once at least one sees the other, and goes on to the next port.</li>
 *   <li>A source has one cone within a rule's range. The same way: who sees that another worker has begun one withdraws, and tries again.</li>
 *   <li>There are at most as many cones as connections, and {@value #MOST}.</li>
 * </ol>
 *
 * <p>Threads: all workers, through a {@link ConeWorker} each.
 *
 * <p>Source: RFC 4787, 4.1 and 5; the target FULLCONENAT of netfilter-full-cone-nat.
 */
final class NatCones implements AutoCloseable {

    /** More than the ports of sixty addresses. */
    private static final int MOST = 1 << 22;

    final ConePool pool;
    final ConeIndex inside;
    final ConeIndex outside;
    private final long secret0;
    private final long secret1;

    /**
     * No cones. Address space is reserved for all; memory is taken by first touch.
     *
     * @param table      whose connections use them
     * @param maxEntries the most connections that the table can have
     * @param secret0    half of the hash's secret
     * @param secret1    the other half
     */
    NatCones(final ConnTable table, final int maxEntries, final long secret0, final long secret1) {
        this.secret0 = secret0;
        this.secret1 = secret1;
        final int most = Math.min(maxEntries, MOST);
        final Parts parts = new Parts();
        try {
            pool = parts.keep(new ConePool(most), ConePool::close);
            inside = parts.keep(new ConeIndex(table, most), ConeIndex::close);
            outside = new ConeIndex(table, most);
        } catch (final RuntimeException | Error e) {
            parts.abandon();
            throw e;
        }
    }

    /** Frees the memory; no thread may use it any more. */
    @Override
    public void close() {
        pool.close();
        inside.close();
        outside.close();
    }

    /** The hash of either end, of either family. */
    long hash(final long high, final long low, final int port, final int zone) {
        return TupleHash.hash6(secret0, secret1, high, low, 0, 0, port, 0, zone);
    }

    /** The hash of a cone's end. */
    long hash(final long cone, final int end) {
        return hash(ConeLayout.high(cone, end), ConeLayout.low(cone, end), ConeLayout.port(cone, end), ConeLayout.zone(cone, end));
    }
}
