package io.penstock.conntrack.hot.table;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Prefetch;
import io.penstock.os.hot.packet.IpProtocol;

/**
 * Removes connections whose time is over, and makes room when there is none.
 *
 * <p>Source: behaviour of nf_conntrack_core.c, {@code gc_worker}, {@code early_drop}; the states that may go are those of {@code tcp_can_early_drop}
 * and {@code sctp_can_early_drop}. Differs from Linux: early drop removes one connection, not all of a bucket that may go.
 * Threads: its worker; what is swept is shared out among the workers.
 */
final class EntrySweeper {

    /** Entries that are swept at once: 12 KiB of memory, read in order, some 500 ns. */
    static final int BLOCK = 64;

    /** Buckets near a new connection's in which another one may have to go for it; as in the kernel. */
    private static final int EVICTION_RANGE = 8;

    private static final int TCP_FIN_WAIT = 4;
    private static final int TCP_CLOSE = 8;
    private static final int SCTP_SHUTDOWN_SENT = 5;
    private static final int SCTP_SHUTDOWN_ACK_SENT = 7;

    private final ConnTable table;
    private final IndexView view;
    private final EntryRemover remover;
    private final TableCounters counters;
    private final long[] due = new long[BLOCK];
    private final Prefetch prefetch = new Prefetch();

    EntrySweeper(final ConnTable table, final IndexView view, final EntryRemover remover, final TableCounters counters) {
        this.table = table;
        this.view = view;
        this.remover = remover;
        this.counters = counters;
    }

    /** Sweeps blocks of {@link #BLOCK} entries; how many connections it has removed. */
    int sweep(final int blocks, final long nowNs) {
        final EntryPool pool = table.pool();
        final int used = pool.used();
        final int all = (used + BLOCK - 1) / BLOCK;
        int removed = 0;
        for (int i = 0; i < blocks && i < all; i++) {
            final int block = (int) (table.control().nextBlock() % all);
            removed += sweepBlock(block * BLOCK + 1, Math.min((block + 1) * BLOCK, used), isPressed(block), nowNs);
        }
        return removed;
    }

    /** In stages, so that the cache misses of those that go overlap. */
    private int sweepBlock(final int first, final int last, final boolean pressure, final long nowNs) {
        int count = 0;
        for (int number = first; number <= last; number++) {
            final long entry = table.pool().address(number);
            if (isDue(entry, pressure, nowNs)) {
                due[count++] = entry;
            }
        }
        for (int i = 0; i < count; i++) {
            remover.prefetch(due[i], prefetch);
        }
        prefetch.load();
        int removed = 0;
        for (int i = 0; i < count; i++) {
            // A packet may have come for it on another worker meanwhile.
            if (isDue(due[i], pressure, nowNs) && remover.kill(due[i], nowNs)) {
                removed++;
            }
        }
        return removed;
    }

    /** Removes a connection near a hash that can be spared; false when there is none. */
    boolean dropEarly(final long hash, final long nowNs) {
        return dropEarly(view.first(), hash, nowNs) || view.second() != null && dropEarly(view.second(), hash, nowNs);
    }

    private boolean dropEarly(final ConnIndex index, final long hash, final long nowNs) {
        long bucket = index.home(hash);
        for (int i = 0; i < EVICTION_RANGE; i++) {
            for (int slot = 0; slot < BucketLayout.SLOT_COUNT; slot++) {
                final long word = Memory.getLongAcquire(ConnIndex.slot(bucket, slot));
                if (word != 0 && drop(table.pool().address(BucketLayout.number(word)), nowNs)) {
                    return true;
                }
            }
            bucket = index.next(bucket);
        }
        return false;
    }

    private boolean drop(final long entry, final long nowNs) {
        final long state = ConnLayout.state(entry);
        if ((state & (ConnLayout.IN_TABLE | ConnStatus.DYING | ConnStatus.OFFLOAD)) != ConnLayout.IN_TABLE) {
            return false;
        }
        if (Deadline.hasPassed(entry, nowNs) || (state & TableState.CONDEMNED) != 0) {
            return remover.kill(entry, nowNs);
        }
        if ((state & ConnStatus.ASSURED) == 0 && remover.kill(entry, nowNs)) {
            counters.add(TableCounter.EARLY_DROP, 1);
            return true;
        }
        return false;
    }

    private boolean isDue(final long entry, final boolean pressure, final long nowNs) {
        final long state = ConnLayout.state(entry);
        return (state & (ConnLayout.IN_TABLE | ConnStatus.DYING)) == ConnLayout.IN_TABLE
                && (Deadline.hasPassed(entry, nowNs) || (state & TableState.CONDEMNED) != 0 || pressure && isSpare(entry, state));
    }

    private boolean isPressed(final int block) {
        if (!table.control().isUnderPressure()) {
            return false;
        }
        final boolean tight = table.limit().isTight();
        if (!tight && block == 0) {
            table.control().setPressure(false);
        }
        return tight;
    }

    private boolean isSpare(final long entry, final long state) {
        if ((state & ConnStatus.ASSURED) == 0) {
            return true;
        }
        if (table.keepsAssured()) {
            return false;
        }
        final int trackerState = ConnLayout.trackerStateOf(state);
        return switch (ConnLayout.protocol(entry)) {
            case IpProtocol.TCP -> trackerState >= TCP_FIN_WAIT && trackerState <= TCP_CLOSE;
            case IpProtocol.SCTP -> trackerState >= SCTP_SHUTDOWN_SENT && trackerState <= SCTP_SHUTDOWN_ACK_SENT;
            default -> false;
        };
    }
}
