package io.penstock.conntrack.hot.frag;

import io.penstock.os.hot.memory.Memory;

/**
 * What is remembered of the fragments that a packet came in, so that it leaves in the like. It belongs to the packet, and lies where the caller of
 * {@link FragmentStore#copyTo} says: at most {@value #MAX_BYTES} bytes.
 *
 * <pre>
 *   0 family, byte        4 or 6
 *   1 flags, byte         1: the largest fragment had DF (IPv4)
 *   4 largest, int        bytes of the largest fragment with its header (IPv6: its fragment header too)
 *   8 identification, int
 *  12 header, int         bytes in front of the fragments' payload in the gathered packet
 *  16 payload, int        bytes behind it
 *  20 later, int          payload of the largest fragment but the first
 *  24 pieces, int
 *  28 ends, shorts        where in the payload each piece ends
 * </pre>
 *
 * <p>Source: {@code frag_max_size}, {@code IPSKB_FRAG_PMTU} and the list of fragments of the kernel's {@code sk_buff}. Threads: the packet's owner.
 */
public final class GatheredPlan {

    private static final int ENDS = 28;
    /** Fragments of a packet at the most: all but the last have 8 bytes or more. */
    private static final int MAX_PIECES = 8192;
    /** Bytes of the longest plan. */
    public static final int MAX_BYTES = ENDS + MAX_PIECES * Short.BYTES;

    private static final int FAMILY = 0;
    private static final int FLAGS = 1;
    private static final int LARGEST = 4;
    private static final int IDENTIFICATION = 8;
    private static final int HEADER = 12;
    private static final int PAYLOAD = 16;
    private static final int LATER = 20;
    private static final int PIECES = 24;
    private static final int DF_LARGEST = 1;

    private GatheredPlan() {
    }

    /** Begins a plan without pieces. */
    static void begin(
            final long plan, final int family, final boolean dfLargest, final int largest, final int identification, final int headerBytes) {
        Memory.putByte(plan + FAMILY, (byte) family);
        Memory.putByte(plan + FLAGS, (byte) (dfLargest ? DF_LARGEST : 0));
        Memory.putInt(plan + LARGEST, largest);
        Memory.putInt(plan + IDENTIFICATION, identification);
        Memory.putInt(plan + HEADER, headerBytes);
        Memory.putInt(plan + PAYLOAD, 0);
        Memory.putInt(plan + LATER, 0);
        Memory.putInt(plan + PIECES, 0);
    }

    /** Adds the next piece. */
    static void add(final long plan, final int bytes) {
        final int pieces = pieces(plan);
        final int end = payload(plan) + bytes;
        Memory.putShort(plan + ENDS + (long) pieces * Short.BYTES, end);
        Memory.putInt(plan + PAYLOAD, end);
        Memory.putInt(plan + PIECES, pieces + 1);
        if (pieces > 0 && bytes > later(plan)) {
            Memory.putInt(plan + LATER, bytes);
        }
    }

    /** Bytes that a plan takes up. */
    public static int bytes(final long plan) {
        return ENDS + pieces(plan) * Short.BYTES;
    }

    /** 4 or 6. */
    public static int family(final long plan) {
        return Memory.getUnsignedByte(plan + FAMILY);
    }

    /** Whether no fragment was larger than the largest with DF: then, on a path that is too narrow, the sender wants to know. */
    public static boolean isDfLargest(final long plan) {
        return (Memory.getByte(plan + FLAGS) & DF_LARGEST) != 0;
    }

    /** Bytes of the largest fragment, its headers included: no piece is to be larger. */
    public static int largest(final long plan) {
        return Memory.getInt(plan + LARGEST);
    }

    /** The identification that the fragments had. */
    public static int identification(final long plan) {
        return Memory.getInt(plan + IDENTIFICATION);
    }

    /** How many fragments there were; 0 after {@link #forgetPieces}. */
    public static int pieces(final long plan) {
        return Memory.getInt(plan + PIECES);
    }

    /**
     * The packet's payload was rewritten as a whole: it leaves in pieces of the largest size. So it is in the kernel, whose fragments are one
     * buffer then; a payload that has another length than it had needs no call.
     */
    public static void forgetPieces(final long plan) {
        Memory.putInt(plan + PIECES, 0);
    }

    /**
     * The packet was put into another one: that leaves in pieces of its own, none larger than {@code largest}.
     *
     * @param family         4 or 6, the outer packet's
     * @param isDf           whether the outer packet's fragments have DF, if the largest that came in had it
     * @param identification of the outer packet's fragments
     */
    public static void enclose(final long plan, final int family, final int largest, final boolean isDf, final int identification) {
        begin(plan, family, isDf && isDfLargest(plan), largest, identification, 0);
    }

    static int headerBytes(final long plan) {
        return Memory.getInt(plan + HEADER);
    }

    static int payload(final long plan) {
        return Memory.getInt(plan + PAYLOAD);
    }

    static int later(final long plan) {
        return Memory.getInt(plan + LATER);
    }

    /** Where a piece ends in the payload; 0 for number -1. */
    static int end(final long plan, final int piece) {
        return piece < 0 ? 0 : Memory.getUnsignedShort(plan + ENDS + (long) piece * Short.BYTES);
    }
}
