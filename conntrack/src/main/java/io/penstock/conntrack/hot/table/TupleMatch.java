package io.penstock.conntrack.hot.table;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.os.hot.memory.Memory;

/**
 * Comparisons of tuples, as differences: 0 where all is equal. Without branches, for nothing foretells them.
 *
 * <p>Threads: any; stateless.
 */
final class TupleMatch {

    /** Of the state word: what says whether a packet may find the entry. */
    private static final long FINDABLE_MASK = ConnLayout.IN_TABLE | TableState.CONDEMNED | ConnStatus.DYING;

    private TupleMatch() {
    }

    /** What speaks against an entry's being found now, its tuple aside: 0 if nothing does. */
    static long notFindable(final long entry, final long nowNs) {
        final long state = Memory.getLong(entry + ConnLayout.STATE);
        final long over = Memory.getLong(entry + ConnLayout.DEADLINE) - nowNs - 1;
        return state & FINDABLE_MASK ^ ConnLayout.IN_TABLE | over >>> 63;
    }

    /** How a direction of an IPv4 entry differs; {@code addresses} is source and destination as they lie in memory. */
    static long difference4(
            final long entry, final int direction, final long addresses, final int keys, final int protocol, final int zone) {
        final long tuple = entry + ConnLayout.TUPLE + (long) ConnLayout.TUPLE_BYTES * direction;
        return Memory.getLong(tuple) ^ addresses
                | (Memory.getInt(tuple + ConnLayout.TUPLE_KEYS) ^ keys) & 0xFFFF_FFFFL
                | differenceOfRest(entry, direction, protocol, zone);
    }

    /** How a direction of an IPv6 entry differs. */
    static long difference6(
            final long entry,
            final int direction,
            final long sourceHigh,
            final long sourceLow,
            final long destinationHigh,
            final long destinationLow,
            final int keys,
            final int protocol,
            final int zone) {
        final long addresses = entry + ConnLayout.ADDRESSES6 + (long) ConnLayout.ADDRESSES6_BYTES * direction;
        return Memory.getLong(addresses) ^ sourceHigh
                | Memory.getLong(addresses + 8) ^ sourceLow
                | Memory.getLong(addresses + 16) ^ destinationHigh
                | Memory.getLong(addresses + 24) ^ destinationLow
                | (ConnLayout.keysOf(entry, direction) ^ keys) & 0xFFFF_FFFFL
                | differenceOfRest(entry, direction, protocol, zone);
    }

    /**
     * How tuples of two entries of one family differ. Of zones, that of the other's direction counts: where a connection's directions are in different
     * ones, its tuple may be another's that goes the other way. Source: {@code nf_ct_key_equal}.
     */
    static long difference(final long entry, final int direction, final long other, final int otherDirection) {
        return difference(entry, direction, other, otherDirection, ConnLayout.zone(entry, otherDirection));
    }

    /** The same of an entry's tuple, if it were in a zone. */
    static long difference(final long entry, final int direction, final long other, final int otherDirection, final int zone) {
        final int keys = ConnLayout.keysOf(entry, direction);
        final int protocol = ConnLayout.protocol(entry);
        if (ConnLayout.family(entry) == ConnLayout.FAMILY_IPV4) {
            final long addresses = Memory.getLong(entry + ConnLayout.TUPLE + (long) ConnLayout.TUPLE_BYTES * direction);
            return difference4(other, otherDirection, addresses, keys, protocol, zone);
        }
        return difference6(other, otherDirection, ConnLayout.source6High(entry, direction), ConnLayout.source6Low(entry, direction),
                ConnLayout.destination6High(entry, direction), ConnLayout.destination6Low(entry, direction), keys, protocol, zone);
    }

    /** Source and destination of an IPv4 tuple as they lie in memory. */
    static long addresses4(final int source, final int destination) {
        return (long) destination << 32 | source & 0xFFFF_FFFFL;
    }

    private static long differenceOfRest(final long entry, final int direction, final int protocol, final int zone) {
        return Memory.getUnsignedByte(entry + ConnLayout.PROTOCOL) ^ protocol
                | Memory.getUnsignedShort(entry + ConnLayout.ZONE + 2L * direction) ^ zone;
    }
}
