package io.penstock.os.hot.packet;

/**
 * A keyed hash of a 5-tuple that both directions of a flow share, for spreading flows over workers, servers and next
 * hops.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Exchanging source and destination, address and port together, changes nothing.</li>
 *   <li>Every bit of the tuple and of the seed changes every bit of the hash with a chance of about one half.</li>
 *   <li>The hash depends on its arguments alone: it is the same in every process and on every machine.</li>
 * </ol>
 *
 * <p>The two ends are put in order, which is what makes it symmetric without losing entropy as an exclusive or of both
 * would, and mixed by multiplications to 128 bits whose halves are folded. Without the seed a sender cannot aim at one
 * bucket; it is no message authentication code, and a seed is worth keeping secret. What is no TCP, UDP or SCTP passes 0
 * for the ports, and so do fragments, of which only the first one has them.
 *
 * <p>Source: Wang Yi, wyhash, final version 3 (the folded multiplication; public domain).
 */
public final class FlowHash {

    /** The default secret of wyhash: odd numbers with 32 bits set each. */
    private static final long K0 = 0xA076_1D64_78BD_642FL;
    private static final long K1 = 0xE703_7ED1_A0B4_28DBL;
    private static final long K2 = 0x8EBC_6AF0_9C88_C6E3L;
    private static final long K3 = 0x5899_65CC_7537_4CC3L;

    private FlowHash() {
    }

    /** The hash of an IPv4 flow; ports from 0 to 65,535. */
    public static long hash4(
            final int source,
            final int destination,
            final int sourcePort,
            final int destinationPort,
            final int protocol,
            final long seed) {
        final long one = Integer.toUnsignedLong(source) << 16 | sourcePort;
        final long other = Integer.toUnsignedLong(destination) << 16 | destinationPort;
        return finish(Math.min(one, other), Math.max(one, other), protocol, seed);
    }

    /** The hash of an IPv6 flow; ports from 0 to 65,535. */
    public static long hash6(
            final long sourceHigh,
            final long sourceLow,
            final long destinationHigh,
            final long destinationLow,
            final int sourcePort,
            final int destinationPort,
            final int protocol,
            final long seed) {
        final long one = end6(sourceHigh, sourceLow, sourcePort, seed);
        final long other = end6(destinationHigh, destinationLow, destinationPort, seed);
        return finish(Math.min(one, other), Math.max(one, other), protocol, seed);
    }

    /** Maps a hash to 0 to {@code buckets - 1}, evenly and without a division. */
    public static int bucket(final long hash, final int buckets) {
        return (int) ((hash >>> 32) * buckets >>> 32);
    }

    private static long end6(final long high, final long low, final int port, final long seed) {
        // The port comes after the mixing: in it, it could cancel out against the address's low bits.
        return fold(high ^ seed ^ K2, low ^ Long.rotateLeft(seed, 32) ^ K3) + port;
    }

    private static long finish(final long smaller, final long larger, final int protocol, final long seed) {
        final long mixed = fold(smaller ^ (long) protocol << 48 ^ seed ^ K0, larger ^ Long.rotateLeft(seed, 32) ^ K1);
        return fold(mixed ^ K2, seed ^ K3);
    }

    private static long fold(final long a, final long b) {
        return Math.unsignedMultiplyHigh(a, b) ^ a * b;
    }
}
