package io.penstock.conntrack.hot.nat;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.conntrack.hot.table.EntryListener;
import io.penstock.conntrack.hot.table.TupleHash;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Prefetch;
import io.penstock.os.sys.MappedMemory;

/**
 * The connections of a table whose source is rewritten, by the source that they came with: a client's next connection from the same port
 * leaves by the address and port of the last one.
 *
 * <p>There are as many buckets as the table's limit asks for at the moment, so that those in use lie close together. When the limit changes, what
 * is there stays where it is: all numbers of buckets that there have been are remembered, and looked through.
 *
 * <p>Buckets have two lines, sixteen slots of a long each; 0 is free:
 *
 * <pre>
 *   63        48 47        32 31 30                          0
 *  +------------+------------+--+-----------------------------+
 *  | fingerprint|   stamp    | 0|        entry number         |
 *  +------------+------------+--+-----------------------------+
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>Slots change by compare-and-set alone, and nobody tries more than {@value #TRIES} times: a connection may be missing here, and then the
 *       next one of its source is treated as its first.</li>
 *   <li>An entry is taken out before it can be used again; what is found is compared with the entry, so a slot that has stayed is harmless.</li>
 *   <li>Of connections with the same fingerprint a later one has the higher stamp, by subtraction. The latest one counts, as in the
 *       kernel.</li>
 *   <li>A source has at most {@value #SAME_MAX} slots. When they are full, the latest but one gives way: what is old is likely to live long.</li>
 * </ol>
 *
 * <p>Full cones, which are sources' too, are kept beside ({@link NatCones}).
 *
 * <p>Connections whose source is not rewritten are not kept: where theirs would do, so would the source of the new one, which is tried first.
 *
 * <p>Threads: all workers.
 *
 * <p>Source: nf_nat_core.c, {@code find_appropriate_src}, {@code nf_nat_bysource}. Differs from Linux: the list of a source's connections is
 * bounded.
 */
public final class NatSources implements EntryListener, AutoCloseable {

    static final int TRIES = 4;
    /** Slots of one source: more, and a client with many connections takes the room of others; fewer, and its port is forgotten sooner. */
    static final int SAME_MAX = 8;

    private static final int SLOTS = 16;
    private static final int BUCKET_BYTES = 128;
    /** The first bucket keeps its distance from the word before, which changes about never. */
    private static final int BUCKETS_OFFSET = 128;
    private static final int SLOT_BYTES = 8;
    /** Slots for each connection that there can be, before rounding up: 8 of 16 in use when all have a source of their own that is rewritten. */
    private static final int SLOTS_PER_ENTRY = 2;
    private static final long NUMBER_MASK = 0x7FFF_FFFFL;
    private static final int STAMP_SHIFT = 32;
    private static final int STAMP_MASK = 0xFFFF;
    private static final int FINGERPRINT_SHIFT = 48;

    private final ConnTable table;
    private final long secret0;
    private final long secret1;
    private final int maxEntries;
    private final NatCones cones;
    private final MappedMemory memory;
    /** A long: bit n is set when there have been 2^n buckets. */
    private final long sizes;
    private final long buckets;

    /**
     * Nothing known. Address space is reserved for all; memory is taken by first touch.
     *
     * @param table      whose connections these are
     * @param maxEntries the most connections that the table can have
     * @param secret0    half of the hash's secret
     * @param secret1    the other half
     */
    public NatSources(final ConnTable table, final int maxEntries, final long secret0, final long secret1) {
        this.table = table;
        this.secret0 = secret0;
        this.secret1 = secret1;
        this.maxEntries = maxEntries;
        cones = new NatCones(table, maxEntries, secret0, secret1);
        try {
            memory = MappedMemory.reserve(BUCKETS_OFFSET + ((long) BUCKET_BYTES << size(maxEntries)), MappedMemory.Pages.HUGE);
        } catch (final RuntimeException | Error e) {
            cones.close();
            throw e;
        }
        sizes = memory.address();
        buckets = memory.address() + BUCKETS_OFFSET;
    }

    /** Frees the memory; no thread may use it any more. */
    @Override
    public void close() {
        cones.close();
        memory.close();
    }

    @Override
    public void onGivenUp(final long entry) {
        if (ConnLayout.hasStatus(entry, ConnStatus.SRC_NAT)) {
            remove(entry);
        }
    }

    @Override
    public void prefetch(final long entry, final Prefetch to) {
        if (ConnLayout.hasStatus(entry, ConnStatus.SRC_NAT)) {
            to.add(bucket(hash(entry), size(table.limit().max())), BUCKET_BYTES);
        }
    }

    ConnTable table() {
        return table;
    }

    NatCones cones() {
        return cones;
    }

    /** Keeps a connection whose source is rewritten. */
    void add(final long entry) {
        final long hash = hash(entry);
        final int size = size(table.limit().max());
        final long bucket = bucket(hash, size);
        final long fingerprint = hash >>> FINGERPRINT_SHIFT;
        for (int i = 0; i < TRIES; i++) {
            final long free = free(bucket);
            final long latest = latest(bucket, fingerprint, 0);
            final long slot = count(bucket, fingerprint) < SAME_MAX ? free : latest;
            if (slot == 0) {
                return;
            }
            final long seen = slot == free ? 0 : Memory.getLongOpaque(slot);
            final long stamp = latest == 0 ? 0 : stamp(Memory.getLongOpaque(latest)) + 1;
            final long word = fingerprint << FINGERPRINT_SHIFT | (stamp & STAMP_MASK) << STAMP_SHIFT | table.number(entry);
            if (isRemembered(size) && Memory.compareAndSetLong(slot, seen, word)) {
                return;
            }
        }
    }

    /**
     * Finds a connection with a tuple's source, whose own rewritten source is within bounds.
     *
     * @param wanted the source as it comes
     * @param zone   the zone of the original direction
     * @param nowNs  a connection that is over by then is not found, though it may still lie there
     * @param found  gets the rewritten source, and the rest of {@code wanted}
     */
    boolean find(final NatTuple wanted, final int zone, final NatBounds bounds, final long nowNs, final NatTuple found) {
        final long hash = hash(wanted, zone);
        for (long left = Memory.getLongAcquire(sizes); left != 0; left &= left - 1) {
            if (find(bucket(hash, Long.numberOfTrailingZeros(left)), hash, wanted, zone, bounds, nowNs, found)) {
                return true;
            }
        }
        return false;
    }

    private boolean find(
            final long bucket, final long hash, final NatTuple wanted, final int zone, final NatBounds bounds, final long nowNs,
            final NatTuple found) {
        int tried = 0;
        for (int i = 0; i < SLOTS; i++) {
            final long slot = latest(bucket, hash >>> FINGERPRINT_SHIFT, tried);
            if (slot == 0) {
                return false;
            }
            tried |= 1 << (slot - bucket) / SLOT_BYTES;
            if (read(Memory.getLongAcquire(slot), wanted, zone, nowNs, found) && bounds.allowsSource(found)) {
                return true;
            }
        }
        return false;
    }

    private boolean read(final long word, final NatTuple wanted, final int zone, final long nowNs, final NatTuple found) {
        final int number = (int) (word & NUMBER_MASK);
        if (number == 0) {
            return false;
        }
        final long entry = table.address(number);
        final long state = ConnLayout.state(entry);
        if ((state & (ConnStatus.SRC_NAT | ConnStatus.DYING)) != ConnStatus.SRC_NAT
                || (state & ConnLayout.IN_TABLE) != 0 && Deadline.hasPassed(entry, nowNs)
                || ConnLayout.zone(entry, ConnDirection.ORIGINAL) != zone
                || !wanted.isSourceOf(entry)) {
            return false;
        }
        found.load(entry);
        found.destinationHigh = wanted.destinationHigh;
        found.destinationLow = wanted.destinationLow;
        found.destinationKey = wanted.destinationKey;
        return true;
    }

    private void remove(final long entry) {
        final long hash = hash(entry);
        final int number = table.number(entry);
        for (long left = Memory.getLongAcquire(sizes); left != 0; left &= left - 1) {
            final long bucket = bucket(hash, Long.numberOfTrailingZeros(left));
            for (int i = 0; i < SLOTS; i++) {
                final long slot = bucket + (long) i * SLOT_BYTES;
                final long word = Memory.getLongOpaque(slot);
                if ((word & NUMBER_MASK) == number) {
                    // A failure means that another connection has taken the slot's place.
                    Memory.compareAndSetLong(slot, word, 0);
                }
            }
        }
    }

    /** The latest slot of a fingerprint among those that were not tried, by bits; 0 for none. */
    private static long latest(final long bucket, final long fingerprint, final int tried) {
        long latest = 0;
        int latestStamp = 0;
        for (int i = 0; i < SLOTS; i++) {
            final long slot = bucket + (long) i * SLOT_BYTES;
            final long word = Memory.getLongOpaque(slot);
            if (word != 0 && word >>> FINGERPRINT_SHIFT == fingerprint && (tried >>> i & 1) == 0
                    && (latest == 0 || (short) (stamp(word) - latestStamp) > 0)) {
                latest = slot;
                latestStamp = stamp(word);
            }
        }
        return latest;
    }

    private static long free(final long bucket) {
        for (int i = 0; i < SLOTS; i++) {
            final long slot = bucket + (long) i * SLOT_BYTES;
            if (Memory.getLongOpaque(slot) == 0) {
                return slot;
            }
        }
        return 0;
    }

    private static int count(final long bucket, final long fingerprint) {
        int count = 0;
        for (int i = 0; i < SLOTS; i++) {
            final long word = Memory.getLongOpaque(bucket + (long) i * SLOT_BYTES);
            count += word != 0 && word >>> FINGERPRINT_SHIFT == fingerprint ? 1 : 0;
        }
        return count;
    }

    private static int stamp(final long word) {
        return (int) (word >>> STAMP_SHIFT) & STAMP_MASK;
    }

    /** Adds where a source without a zone is looked for. */
    void prefetch(final NatTuple source, final Prefetch to) {
        to.add(bucket(hash(source, 0), size(table.limit().max())), BUCKET_BYTES);
    }

    /** The logarithm of the number of buckets that is right for a limit; 0 is no limit. */
    private int size(final long limit) {
        final long entries = limit == 0 ? maxEntries : Math.min(limit, maxEntries);
        return Long.SIZE - Long.numberOfLeadingZeros(Math.max(1, entries * SLOTS_PER_ENTRY / SLOTS) - 1);
    }

    /** Remembers that there are so many buckets, before the first connection is put there; false if too many others want that too. */
    private boolean isRemembered(final int size) {
        final long seen = Memory.getLongOpaque(sizes);
        final long with = seen | 1L << size;
        return seen == with || Memory.compareAndSetLong(sizes, seen, with);
    }

    private long bucket(final long hash, final int size) {
        return buckets + (hash & (1L << size) - 1) * BUCKET_BYTES;
    }

    private long hash(final long entry) {
        final int key = ConnLayout.sourceKey(ConnLayout.keysOf(entry, ConnDirection.ORIGINAL));
        final int protocol = ConnLayout.protocol(entry);
        final int zone = ConnLayout.zone(entry, ConnDirection.ORIGINAL);
        if (ConnLayout.family(entry) == ConnLayout.FAMILY_IPV4) {
            return hash4(ConnLayout.source4(entry, ConnDirection.ORIGINAL), key, protocol, zone);
        }
        return hash6(ConnLayout.source6High(entry, ConnDirection.ORIGINAL), ConnLayout.source6Low(entry, ConnDirection.ORIGINAL), key,
                protocol, zone);
    }

    private long hash(final NatTuple source, final int zone) {
        return source.isIpv4()
                ? hash4((int) source.sourceLow, source.sourceKey, source.protocol, zone)
                : hash6(source.sourceHigh, source.sourceLow, source.sourceKey, source.protocol, zone);
    }

    private long hash4(final int source, final int key, final int protocol, final int zone) {
        return TupleHash.hash4(secret0, secret1, source, 0, key, protocol, zone);
    }

    private long hash6(final long sourceHigh, final long sourceLow, final int key, final int protocol, final int zone) {
        return TupleHash.hash6(secret0, secret1, sourceHigh, sourceLow, 0, 0, key, protocol, zone);
    }
}
