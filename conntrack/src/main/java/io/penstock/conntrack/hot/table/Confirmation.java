package io.penstock.conntrack.hot.table;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;

/**
 * Puts connections in: both tuples at once, or neither.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Between the search for an equal tuple and the end, the homes of both tuples are locked: of two workers with the same tuple one wins.</li>
 *   <li>Slots are filled while the state word lacks {@link ConnLayout#IN_TABLE}, which no look-up passes; setting it is the one instant
 *       at which the connection is there. All that was written before is seen by who sees it set.</li>
 * </ol>
 *
 * <p>Source: behaviour of nf_conntrack_core.c, {@code __nf_conntrack_confirm}, {@code nf_ct_resolve_clash}. Differs from Linux: a chain is what
 * shares a home bucket of this index, and an index without room near a home counts as a long chain. Threads: its worker.
 */
final class Confirmation {

    /** Tuples with one home: as the kernel, a random number of this and more ... */
    private static final int MIN_CHAIN = 50;
    /** ... by less than this, so that a sender cannot find out where others are by what is refused. */
    private static final int CHAIN_SPREAD = 30;
    /** How long a connection lives that is found by its reply tuple alone. */
    private static final long CLASH_TIMEOUT_NS = Deadline.SECOND_NS;

    private final ConnTable table;
    private final IndexView view;
    private final TupleSearch search;
    private final TableCounters counters;
    private long random;
    private long clash;
    /** Whether what was in the way has the reply tuple, not the original one. */
    private boolean isReplyTaken;

    Confirmation(
            final ConnTable table, final IndexView view, final TupleSearch search, final TableCounters counters, final long seed) {
        this.table = table;
        this.view = view;
        this.search = search;
        this.counters = counters;
        this.random = seed | 1;
    }

    /** What was in the way of the last one. */
    long clash() {
        return clash;
    }

    /** One of {@link ConfirmResult}. */
    int confirm(final long entry, final long nowNs) {
        if (ConnLayout.hasStatus(entry, ConnStatus.DYING)) {
            counters.add(TableCounter.INSERT_FAILED, 1);
            return ConfirmResult.DEAD;
        }
        final long original = table.hash(entry, ConnDirection.ORIGINAL);
        final long reply = table.hash(entry, ConnDirection.REPLY);
        if (!view.tryLock(original, reply)) {
            return ConfirmResult.BUSY;
        }
        final int result = confirmLocked(entry, original, reply, nowNs);
        view.unlock(original, reply);
        if (result == ConfirmResult.TOO_LONG) {
            counters.add(TableCounter.CHAINTOOLONG, 1);
            counters.add(TableCounter.INSERT_FAILED, 1);
        }
        return result;
    }

    /**
     * After {@link ConfirmResult#CLASH}: one of {@link ConfirmResult}. Whose reply tuple was taken is not put in by it though the other one may have
     * ended since: nothing has its original tuple, so it can have an entry of its own, not one that lives for a second, when its packet is sent again.
     */
    int resolve(final long entry, final long nowNs) {
        int result = ConfirmResult.DROP;
        final int protocol = ConnLayout.protocol(entry);
        if (protocol != IpProtocol.TCP && protocol != IpProtocol.SCTP) {
            result = isForWinner(entry) ? merge(entry) : isReplyTaken ? ConfirmResult.DROP : confirmReply(entry, nowNs);
        }
        if (result == ConfirmResult.DROP) {
            counters.add(TableCounter.DROP, 1);
            counters.add(TableCounter.INSERT_FAILED, 1);
        } else if (result != ConfirmResult.BUSY) {
            counters.add(TableCounter.CLASH_RESOLVE, 1);
        }
        return result;
    }

    private int confirmLocked(final long entry, final long original, final long reply, final long nowNs) {
        final int limit = MIN_CHAIN + nextRandom(CHAIN_SPREAD);
        for (int direction = ConnDirection.ORIGINAL; direction <= ConnDirection.REPLY; direction++) {
            final long hash = direction == ConnDirection.ORIGINAL ? original : reply;
            if (TupleSearch.isAbsent(view, hash)) {
                // No more than a bucket's tuples can be there: nobody's limit.
                continue;
            }
            final long found = search.findSame(hash, entry, direction, nowNs);
            if (found != 0) {
                // The packet goes in the entry's original direction: the other one of the winner's if it was the reply tuple that met.
                clash = found ^ direction;
                isReplyTaken = direction == ConnDirection.REPLY;
                return ConfirmResult.CLASH;
            }
            if (search.chain() > limit) {
                return ConfirmResult.TOO_LONG;
            }
        }
        final int number = table.pool().number(entry);
        final ConnIndex target = view.target();
        final long first = BucketLayout.word(original, number, ConnDirection.ORIGINAL);
        if (!target.insert(first)) {
            return ConfirmResult.TOO_LONG;
        }
        if (!target.insert(BucketLayout.word(reply, number, ConnDirection.REPLY))) {
            view.remove(first);
            return ConfirmResult.TOO_LONG;
        }
        show(entry, 0, nowNs);
        return ConfirmResult.CONFIRMED;
    }

    private int confirmReply(final long entry, final long nowNs) {
        final long reply = table.hash(entry, ConnDirection.REPLY);
        if (!view.tryLock(reply, reply)) {
            return ConfirmResult.BUSY;
        }
        int result = ConfirmResult.DROP;
        final long word = BucketLayout.word(reply, table.pool().number(entry), ConnDirection.REPLY);
        if (search.findSame(reply, entry, ConnDirection.REPLY, nowNs) == 0 && view.target().insert(word)) {
            Deadline.setLength(entry, CLASH_TIMEOUT_NS);
            show(entry, ConnStatus.NAT_CLASH | ConnStatus.FIXED_TIMEOUT, nowNs);
            result = ConfirmResult.CONFIRMED;
        }
        view.unlock(reply, reply);
        return result;
    }

    /** The instant from which on the connection is found. */
    private void show(final long entry, final int status, final long nowNs) {
        Deadline.start(entry, nowNs);
        if ((ConnLayout.flags(entry) & ConnLayout.FLAG_TIMESTAMP) != 0) {
            ConnLayout.setStart(entry, table.wallNs(nowNs));
        }
        final long bits = ConnLayout.IN_TABLE | ConnStatus.CONFIRMED | status;
        long state = ConnLayout.state(entry);
        while (!Memory.compareAndSetLong(entry + ConnLayout.STATE, state, state | bits)) {
            state = ConnLayout.state(entry);
        }
    }

    private boolean isForWinner(final long entry) {
        final long winner = TupleSearch.entry(clash);
        return (ConnLayout.status(winner) & ConnStatus.DYING) == 0 && (isSame(entry, winner, 0) || isSame(entry, winner, 1));
    }

    /** Whether both tuples are those of the winner, or with {@code turn} 1 those of the winner exchanged. */
    private static boolean isSame(final long entry, final long winner, final int turn) {
        return (TupleMatch.difference(entry, ConnDirection.ORIGINAL, winner, ConnDirection.ORIGINAL ^ turn)
                | TupleMatch.difference(entry, ConnDirection.REPLY, winner, ConnDirection.REPLY ^ turn)) == 0;
    }

    private int merge(final long entry) {
        final long winner = TupleSearch.entry(clash);
        if ((ConnLayout.flags(winner) & ConnLayout.FLAG_ACCOUNTING) != 0) {
            ConnLayout.account(winner, TupleSearch.direction(clash), ConnLayout.packets(entry, ConnDirection.ORIGINAL),
                    ConnLayout.bytes(entry, ConnDirection.ORIGINAL));
        }
        return ConfirmResult.MERGED;
    }

    private int nextRandom(final int bound) {
        // Marsaglia's xorshift, triple 13, 7, 17.
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return (int) ((random >>> 33) * bound >>> 31);
    }
}
