package io.penstock.conntrack.hot.table;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.Deadline;

/**
 * Look-ups that the first bucket alone does not answer, and those by an entry's tuple. Connections whose time is over, or that were condemned, are
 * removed where they are met.
 *
 * <p>Threads: its worker.
 */
final class TupleSearch {

    private final ChainCursor cursor;
    private final EntryRemover remover;

    TupleSearch(final ChainCursor cursor, final EntryRemover remover) {
        this.cursor = cursor;
        this.remover = remover;
    }

    /** Whether a hash's first bucket alone tells that nothing is there: the common case of a new connection. */
    static boolean isAbsent(final IndexView view, final long hash) {
        final long home = view.first().home(hash);
        return (BucketLayout.matching(home, hash) | BucketLayout.passed(home)) == 0 && view.second() == null;
    }

    /** The connection of an IPv4 tuple, with the direction in bit 0; 0 for none. */
    long find4(final long hash, final long addresses, final int keys, final int protocol, final int zone, final long nowNs) {
        for (long found = cursor.first(hash); found != 0; found = cursor.next()) {
            final long entry = entry(found);
            if (TupleMatch.difference4(entry, direction(found), addresses, keys, protocol, zone) == 0 && isAlive(entry, nowNs)) {
                return found;
            }
        }
        return 0;
    }

    /** The connection of an IPv6 tuple, with the direction in bit 0; 0 for none. */
    long find6(
            final long hash,
            final long sourceHigh,
            final long sourceLow,
            final long destinationHigh,
            final long destinationLow,
            final int keys,
            final int protocol,
            final int zone,
            final long nowNs) {
        for (long found = cursor.first(hash); found != 0; found = cursor.next()) {
            final long entry = entry(found);
            final long difference = TupleMatch.difference6(entry, direction(found), sourceHigh, sourceLow, destinationHigh, destinationLow,
                    keys, protocol, zone);
            if (difference == 0 && isAlive(entry, nowNs)) {
                return found;
            }
        }
        return 0;
    }

    /** The connection that has an entry's tuple, other than that entry, with its direction in bit 0; 0 for none. */
    long findSame(final long hash, final long wanted, final int wantedDirection, final long nowNs) {
        for (long found = cursor.first(hash); found != 0; found = cursor.next()) {
            final long entry = entry(found);
            if (entry != wanted && TupleMatch.difference(wanted, wantedDirection, entry, direction(found)) == 0 && isAlive(entry, nowNs)) {
                return found;
            }
        }
        return 0;
    }

    /**
     * As {@link #findSame}, for whoever looks for a reply tuple that is free: a connection that the same packets began is passed over, for with that
     * one {@link TableWorker#resolveClash} deals.
     */
    long findTaken(final long hash, final long wanted, final int wantedDirection, final long nowNs) {
        for (long found = cursor.first(hash); found != 0; found = cursor.next()) {
            final long entry = entry(found);
            if (entry != wanted && TupleMatch.difference(wanted, wantedDirection, entry, direction(found)) == 0 && isAlive(entry, nowNs)
                    && TupleMatch.difference(wanted, ConnDirection.ORIGINAL, entry, ConnDirection.ORIGINAL) != 0) {
                return found;
            }
        }
        return 0;
    }

    /** The connection that has a connection's tuple in the other direction, in the same zone, with that direction in bit 0; 0 for none. */
    long findExchanged(final long hash, final long known, final int knownDirection, final long nowNs) {
        final int zone = ConnLayout.zone(known, knownDirection);
        for (long found = cursor.first(hash); found != 0; found = cursor.next()) {
            final long entry = entry(found);
            if (direction(found) != knownDirection && TupleMatch.difference(known, knownDirection, entry, direction(found), zone) == 0
                    && isAlive(entry, nowNs)) {
                return found;
            }
        }
        return 0;
    }

    /** How many tuples with the same home the last search has met. */
    int chain() {
        return cursor.chain();
    }

    static long entry(final long found) {
        return found & -ConnLayout.ALIGNMENT;
    }

    static int direction(final long found) {
        return (int) found & 1;
    }

    /**
     * Whether an entry is findable; what will never be again is removed. That is settled by one look at the state, and a later one at the deadline, which
     * is a length until the state says {@link ConnLayout#IN_TABLE}: another worker may confirm the connection at this very moment, and then it is alive,
     * though it was not when it was looked at first.
     */
    private boolean isAlive(final long entry, final long nowNs) {
        if (TupleMatch.notFindable(entry, nowNs) == 0) {
            return true;
        }
        final long state = ConnLayout.state(entry);
        if ((state & (ConnLayout.IN_TABLE | ConnStatus.DYING)) != ConnLayout.IN_TABLE) {
            return false;
        }
        if ((state & TableState.CONDEMNED) == 0 && !Deadline.hasPassed(entry, nowNs)) {
            return true;
        }
        remover.kill(entry, nowNs);
        return false;
    }
}
