package io.penstock.conntrack.hot.table;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnEvents;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Prefetch;
import java.lang.invoke.VarHandle;

/**
 * One worker's hand on the table.
 *
 * <p>A batch is looked up in stages, so that its cache misses overlap: {@link #hash4} for all; {@link #touch} for all, added up; {@link #probe} for
 * all; {@link #touchEntry} for all, added up; then {@link #find4} with what {@code probe} gave. In between connections may come and go:
 * {@code find4} compares again.
 *
 * <p>A connection's life: {@link #allocate}, tuples and protocol set through {@link ConnLayout}, {@link #confirm} when its first packet
 * has survived or {@link #free} when it has not, {@link #kill}. Entries that were found or allocated are whole until the next {@link #boundary}.
 *
 * <p>Threads: its worker, all methods.
 */
public final class TableWorker {

    private final ConnTable table;
    private final int number;
    private final boolean shared;
    private final long secret0;
    private final long secret1;
    private final long entries;
    private final long entryBytes;
    /** Where in an entry what is compared is, beside its first line. */
    private final long compared;
    private final TableControl control;
    private final IndexView view;
    private final EntryStock stock;
    private final TableCounters counters;
    private final EntryRemover remover;
    private final TupleSearch search;
    private final Confirmation confirmation;
    private final EntrySweeper sweeper;

    private long index;
    private long indexMask;
    private boolean moving;
    private long nowNs;
    /** The same worker's hand on the table that has the same limit, or null. */
    private TableWorker sibling;

    TableWorker(final ConnTable table, final int number) {
        this.table = table;
        this.number = number;
        this.control = table.control();
        this.shared = control.workers() > 1;
        this.secret0 = table.secret0();
        this.secret1 = table.secret1();
        this.entries = table.pool().base();
        this.entryBytes = table.pool().entryBytes();
        this.compared = table.family() == ConnLayout.FAMILY_IPV4 ? 0 : ConnLayout.ADDRESSES6;
        this.view = new IndexView(table.indexes());
        this.stock = new EntryStock(table.pool(), control.epochs(), number, control.workers());
        this.counters = new TableCounters(control.counters(number));
        this.remover = new EntryRemover(table, view, stock);
        this.search = new TupleSearch(new ChainCursor(table.pool(), view), remover);
        this.confirmation = new Confirmation(table, view, search, counters, secret0 ^ number);
        this.sweeper = new EntrySweeper(table, view, remover, counters);
        adopt(control.phase());
    }

    /**
     * Whose connections may go, too, to make room for one that comes here: the same worker's hand on the other family's table, which has the
     * same limit. In the kernel both are in one table. {@link #boundary} is then called for both.
     */
    public void sibling(final TableWorker other) {
        sibling = other;
    }

    /** A batch begins: no entry of the last one is in use any more. */
    public void boundary(final long batchNs) {
        nowNs = batchNs;
        stock.boundary();
        final long phase = control.phase();
        if (phase != view.phase()) {
            adopt(phase);
        }
    }

    /** Goes to sleep, until the next {@link #boundary}. */
    public void away() {
        stock.away();
    }

    /** Who is told of connections that end; null for nobody. A listener does not call the table. */
    public void setEvents(final ConnEvents listener) {
        remover.setEvents(listener);
    }

    /** Who is told of entries that are given up; null for nobody. */
    public void setListener(final EntryListener listener) {
        remover.setListener(listener);
    }

    /** The hash of an IPv4 tuple. */
    public long hash4(final int source, final int destination, final int keys, final int protocol, final int zone) {
        return TupleHash.hash4(secret0, secret1, source, destination, keys, protocol, zone);
    }

    /** The hash of an IPv6 tuple. */
    public long hash6(
            final long sourceHigh,
            final long sourceLow,
            final long destinationHigh,
            final long destinationLow,
            final int keys,
            final int protocol,
            final int zone) {
        return TupleHash.hash6(secret0, secret1, sourceHigh, sourceLow, destinationHigh, destinationLow, keys, protocol, zone);
    }

    /** Brings in a hash's bucket; to be added up by the caller, so that it is not optimised away. */
    public long touch(final long hash) {
        return Memory.getLong(home(hash));
    }

    /** The address of a hash's bucket: what {@link #touch} brings in. */
    public long home(final long hash) {
        return index + ((hash & indexMask) << BucketLayout.SHIFT);
    }

    /** Where the connection of a hash probably is: an address that may be touched, and a direction in bit 0; for {@link #find4}. */
    public long probe(final long hash) {
        final long word = BucketLayout.matching(home(hash), hash);
        return entries + (word & BucketLayout.NUMBER_MASK) * entryBytes + (word >>> BucketLayout.DIRECTION_SHIFT & 1);
    }

    /** Brings in what of an entry is compared, and the line where {@code also} is; to be added up. */
    public long touchEntry(final long probed, final int also) {
        final long entry = TupleSearch.entry(probed);
        return Memory.getLong(entry) + Memory.getLong(entry + also) + Memory.getLong(entry + compared);
    }

    /** Whether what {@link #probe} gave is no connection: nothing agreed. */
    public boolean isNothing(final long probed) {
        return TupleSearch.entry(probed) == entries;
    }

    /** Adds the entries that the next so many calls of {@link #allocate} will give, as far as they are at hand. */
    public void prefetchFree(final int count, final Prefetch to) {
        stock.prefetch(count, to);
    }

    /** Whether what {@link #probe} gave is the connection of an IPv4 tuple, in the direction that it gave. */
    public boolean is4(
            final long probed, final int source, final int destination, final int keys, final int protocol, final int zone) {
        final long entry = TupleSearch.entry(probed);
        final long addresses = TupleMatch.addresses4(source, destination);
        return (TupleMatch.difference4(entry, TupleSearch.direction(probed), addresses, keys, protocol, zone)
                | TupleMatch.notFindable(entry, nowNs)) == 0;
    }

    /** As {@link #is4}, of an IPv6 tuple. */
    public boolean is6(
            final long probed,
            final long sourceHigh,
            final long sourceLow,
            final long destinationHigh,
            final long destinationLow,
            final int keys,
            final int protocol,
            final int zone) {
        final long entry = TupleSearch.entry(probed);
        return (TupleMatch.difference6(entry, TupleSearch.direction(probed), sourceHigh, sourceLow, destinationHigh,
                destinationLow, keys, protocol, zone) | TupleMatch.notFindable(entry, nowNs)) == 0;
    }

    /** The connection of an IPv4 tuple: its entry's address with the direction in bit 0; 0 for none. */
    public long find4(
            final long hash, final int source, final int destination, final int keys, final int protocol, final int zone) {
        return find4(hash, probe(hash), source, destination, keys, protocol, zone);
    }

    /** As {@link #find4(long, int, int, int, int, int)}, after {@link #probe}. */
    public long find4(
            final long hash,
            final long probed,
            final int source,
            final int destination,
            final int keys,
            final int protocol,
            final int zone) {
        final long entry = TupleSearch.entry(probed);
        final long addresses = TupleMatch.addresses4(source, destination);
        final long difference = TupleMatch.difference4(entry, TupleSearch.direction(probed), addresses, keys, protocol, zone)
                | TupleMatch.notFindable(entry, nowNs);
        if (difference == 0) {
            return probed;
        }
        return TupleSearch.isAbsent(view, hash) ? 0 : search.find4(hash, addresses, keys, protocol, zone, nowNs);
    }

    /** The connection of an IPv6 tuple: its entry's address with the direction in bit 0; 0 for none. */
    public long find6(
            final long hash,
            final long sourceHigh,
            final long sourceLow,
            final long destinationHigh,
            final long destinationLow,
            final int keys,
            final int protocol,
            final int zone) {
        return find6(hash, probe(hash), sourceHigh, sourceLow, destinationHigh, destinationLow, keys, protocol, zone);
    }

    /** As {@link #find6(long, long, long, long, long, int, int, int)}, after {@link #probe}. */
    public long find6(
            final long hash,
            final long probed,
            final long sourceHigh,
            final long sourceLow,
            final long destinationHigh,
            final long destinationLow,
            final int keys,
            final int protocol,
            final int zone) {
        final long entry = TupleSearch.entry(probed);
        final long difference = TupleMatch.difference6(entry, TupleSearch.direction(probed), sourceHigh, sourceLow, destinationHigh,
                destinationLow, keys, protocol, zone) | TupleMatch.notFindable(entry, nowNs);
        if (difference == 0) {
            return probed;
        }
        return TupleSearch.isAbsent(view, hash) ? 0
                : search.find6(hash, sourceHigh, sourceLow, destinationHigh, destinationLow, keys, protocol, zone, nowNs);
    }

    /**
     * The other connection that has the tuple of what a find returned, in the other direction; 0 for none. There is one only where a connection's
     * directions are in different zones.
     */
    public long findExchanged(final long found) {
        final long entry = TupleSearch.entry(found);
        final int direction = TupleSearch.direction(found);
        return search.findExchanged(table.hash(entry, direction), entry, direction, nowNs);
    }

    /** The entry's address of what a find returned. */
    public static long entry(final long found) {
        return TupleSearch.entry(found);
    }

    /** The direction of what a find returned. */
    public static int direction(final long found) {
        return TupleSearch.direction(found);
    }

    /**
     * An entry for a connection whose original tuple has this hash: zeros but for its generation and family; 0 when the table is full and nothing
     * near could be dropped early, here or in the {@link #sibling}, which is counted.
     */
    public long allocate(final long hash) {
        if (!table.limit().add() && !makeRoom(hash)) {
            return full();
        }
        final int taken = stock.take();
        if (taken == 0) {
            // The limit is above what this table can hold: what goes now makes room for the next batch.
            if (!sweeper.dropEarly(hash, nowNs)) {
                control.setPressure(true);
            }
            return full();
        }
        final long entry = table.pool().address(taken);
        Memory.putLongOpaque(entry, (long) (ConnLayout.generation(entry) + 1) << ConnLayout.GENERATION_SHIFT);
        // Pairs with the fence of ConnTable.snapshot.
        VarHandle.storeStoreFence();
        for (long at = entry + Long.BYTES; at < entry + entryBytes; at += Long.BYTES) {
            Memory.putLong(at, 0);
        }
        Memory.putByte(entry + ConnLayout.FAMILY, (byte) table.family());
        return entry;
    }

    /** Puts a connection in, whose deadline holds a length: one of {@link ConfirmResult}. */
    public int confirm(final long entry) {
        return confirmation.confirm(entry, nowNs);
    }

    /** After {@link ConfirmResult#CLASH}: the other connection, and in bit 0 the direction that the packet has in it. */
    public long clash() {
        return confirmation.clash();
    }

    /** After {@link ConfirmResult#CLASH}: what becomes of packet and entry, as the kernel has it; one of {@link ConfirmResult}. */
    public int resolveClash(final long entry) {
        return confirmation.resolve(entry, nowNs);
    }

    /**
     * NAT, of an entry that is not in the table: the connection that has its reply tuple already, with the direction in bit 0; 0 for none. One that
     * began with the same packets does not count.
     */
    public long takenBy(final long entry) {
        final long found = search.findTaken(table.hash(entry, ConnDirection.REPLY), entry, ConnDirection.REPLY, nowNs);
        if (found != 0) {
            counters.add(TableCounter.FOUND, 1);
        }
        return found;
    }

    /** Gives up an entry that is not in the table. */
    public void free(final long entry) {
        remover.free(entry);
    }

    /** Ends a connection that is in the table; false when somebody else has. One that is not confirmed is only marked, for {@link #confirm}. */
    public boolean kill(final long entry) {
        return remover.kill(entry, nowNs);
    }

    /** When the batch began. */
    public long nowNs() {
        return nowNs;
    }

    /** Claims a connection for a packet; false when another worker holds it. */
    public boolean claim(final long entry) {
        return !shared || ConnLayout.tryClaim(entry);
    }

    /** Gives a claimed connection back. */
    public void release(final long entry) {
        if (shared) {
            ConnLayout.release(entry);
        }
    }

    /**
     * A slice of what has to be done now and then: removes connections whose time is over among the next {@code blocks} times 64 entries, and goes
     * on with a resize. All entries are swept in turn, by all workers together. Returns how many it has removed.
     */
    public int maintain(final int blocks) {
        if ((control.wanted() != 0 || moving) && control.tryMove()) {
            table.mover().advance(view, blocks * EntrySweeper.BLOCK);
            control.endMove();
        }
        return sweeper.sweep(blocks, nowNs);
    }

    /** Counts an event of {@link TableCounter}. */
    public void count(final int counter) {
        counters.add(counter, 1);
    }

    TableCounters counters() {
        return counters;
    }

    private boolean makeRoom(final long hash) {
        if (table.limit().isNothing()) {
            return false;
        }
        if (sweeper.dropEarly(hash, nowNs) || sibling != null && sibling.sweeper.dropEarly(hash, nowNs)) {
            return true;
        }
        control.setPressure(true);
        if (sibling != null) {
            sibling.control.setPressure(true);
        }
        return false;
    }

    private long full() {
        table.limit().subtract();
        counters.add(TableCounter.DROP, 1);
        return 0;
    }

    private void adopt(final long phase) {
        view.adopt(phase);
        control.setAdopted(number, phase);
        index = view.first().base();
        indexMask = view.first().mask();
        moving = view.second() != null;
    }
}
