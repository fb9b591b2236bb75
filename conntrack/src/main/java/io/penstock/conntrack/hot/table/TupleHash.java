package io.penstock.conntrack.hot.table;

import io.penstock.conntrack.hot.ConnLayout;

/**
 * The keyed hash of a tuple and its zone, by which the index is searched. Unlike {@code FlowHash} it tells the directions apart.
 *
 * <p>Two multiplications to 128 bits whose halves are folded, one more for IPv6: without the secrets a sender cannot aim at one bucket.
 *
 * <p>Source: Wang Yi, wyhash, final version 3 (the folded multiplication; public domain). Threads: any; stateless.
 */
public final class TupleHash {

    private static final long K0 = 0xA076_1D64_78BD_642FL;
    private static final long K1 = 0xE703_7ED1_A0B4_28DBL;

    private TupleHash() {
    }

    /** The hash of an IPv4 tuple. */
    public static long hash4(
            final long secret0,
            final long secret1,
            final int source,
            final int destination,
            final int keys,
            final int protocol,
            final int zone) {
        return finish(secret0, secret1, (long) source << 32 | destination & 0xFFFF_FFFFL, keys, protocol, zone);
    }

    /** The hash of an IPv6 tuple. */
    public static long hash6(
            final long secret0,
            final long secret1,
            final long sourceHigh,
            final long sourceLow,
            final long destinationHigh,
            final long destinationLow,
            final int keys,
            final int protocol,
            final int zone) {
        // The two ends are told apart by a rotation, for exchanged ends are the other direction.
        final long source = fold(sourceHigh ^ secret0 ^ K1, sourceLow ^ secret1 ^ K0);
        final long destination = fold(destinationHigh ^ secret1 ^ K1, destinationLow ^ secret0 ^ K0);
        return finish(secret0, secret1, Long.rotateLeft(source, 23) ^ destination, keys, protocol, zone);
    }

    /** The hash of an entry's tuple. */
    static long ofEntry(final long secret0, final long secret1, final long entry, final int direction) {
        final int keys = ConnLayout.keysOf(entry, direction);
        final int protocol = ConnLayout.protocol(entry);
        final int zone = ConnLayout.zone(entry, direction);
        if (ConnLayout.family(entry) == ConnLayout.FAMILY_IPV4) {
            return hash4(secret0, secret1, ConnLayout.source4(entry, direction), ConnLayout.destination4(entry, direction), keys, protocol, zone);
        }
        return hash6(secret0, secret1, ConnLayout.source6High(entry, direction), ConnLayout.source6Low(entry, direction),
                ConnLayout.destination6High(entry, direction), ConnLayout.destination6Low(entry, direction), keys, protocol, zone);
    }

    private static long finish(
            final long secret0, final long secret1, final long addresses, final int keys, final int protocol, final int zone) {
        final long rest = (long) keys << 32 | protocol << 16 | zone;
        return fold(fold(addresses ^ secret0, rest ^ secret1) ^ secret1 ^ K0, secret0 ^ K1);
    }

    private static long fold(final long a, final long b) {
        return Math.unsignedMultiplyHigh(a, b) ^ a * b;
    }
}
