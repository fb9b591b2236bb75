package io.penstock.conntrack.hot.frag;

import io.penstock.os.hot.memory.Memory;

/**
 * The record of a packet of which fragments wait: a "queue", in the kernel's word.
 *
 * <pre>
 * line 0   0 addresses, 4 longs: IPv4's both in the first | 32 identification, user | 40 device or 0, protocol (IPv4), family
 *         48 next in the slot of the index, or free | 56 deadline, ns
 * line 1  64 newer | 72 older: the family's queues by deadline | 80 first | 88 last piece in order of arrival
 *         96 the piece that ends last | 104 the first piece of its run | 112 which buckets have runs
 *        120 where the packet ends, as far as known, int | 124 bytes there, int
 * line 2 128 state, int | 132 EcnMix bits, int | 136 size of the largest fragment, int | 140 of the largest with DF, int
 *        144 device of the last to arrive, int | 148 pieces, int | 152 source | 160 its number at the last fragment, int | 164 slot, int
 * line 3 192 the first run of each of 64 buckets, by where in the packet it starts; undefined where there is none
 * </pre>
 */
final class QueueLayout {

    /** A bucket for each KiB of offsets: a search in one looks at 128 runs at the most, as fragments but the last have 8 bytes and more. */
    static final int BUCKETS = 64;
    static final int HEADS = 192;
    static final int BYTES = HEADS + BUCKETS * Long.BYTES;

    static final int FAMILY_IPV4 = 4;
    static final int FAMILY_IPV6 = 6;

    /** State: the fragment at offset 0 is there. */
    static final int FIRST_IN = 1;
    /** State: the packet's end is known. */
    static final int LAST_IN = 2;
    /** State: it cannot be found any more. */
    static final int UNLISTED = 4;

    private static final int ADDRESSES = 0;
    private static final int WHO = 32;
    private static final int WHAT = 40;
    private static final int NEXT = 48;
    private static final int DEADLINE = 56;
    private static final int NEWER = 64;
    private static final int OLDER = 72;
    private static final int FIRST = 80;
    private static final int LAST = 88;
    private static final int TAIL = 96;
    private static final int LAST_RUN = 104;
    private static final int MASK = 112;
    private static final int END = 120;
    private static final int THERE = 124;
    private static final int STATE = 128;
    private static final int ECN = 132;
    private static final int MAX_SIZE = 136;
    private static final int MAX_DF_SIZE = 140;
    private static final int DEVICE = 144;
    private static final int PIECES = 148;
    private static final int SOURCE = 152;
    private static final int SOURCE_NUMBER = 160;
    private static final int SLOT = 164;
    private static final int FAMILY_MASK = 0xF;

    private QueueLayout() {
    }

    /** The last part of the key. */
    static long what(final int device, final int protocol, final int family) {
        return (long) device << 32 | protocol << 8 | family;
    }

    /** Writes the key and empties the record. */
    static void init(
            final long queue, final long a0, final long a1, final long a2, final long a3, final long who, final long what, final int slot) {
        Memory.putLong(queue + ADDRESSES, a0);
        Memory.putLong(queue + ADDRESSES + 8, a1);
        Memory.putLong(queue + ADDRESSES + 16, a2);
        Memory.putLong(queue + ADDRESSES + 24, a3);
        Memory.putLong(queue + WHO, who);
        Memory.putLong(queue + WHAT, what);
        Memory.putInt(queue + SLOT, slot);
        Memory.putInt(queue + MAX_SIZE, 0);
        Memory.putInt(queue + MAX_DF_SIZE, 0);
        Memory.putLong(queue + SOURCE, 0);
        Memory.putInt(queue + SOURCE_NUMBER, 0);
        empty(queue);
    }

    /** Forgets the pieces, and all that is known from them but the largest sizes, as the kernel does when a packet starts over. */
    static void empty(final long queue) {
        Memory.putLong(queue + FIRST, 0);
        Memory.putLong(queue + LAST, 0);
        Memory.putLong(queue + TAIL, 0);
        Memory.putLong(queue + LAST_RUN, 0);
        Memory.putLong(queue + MASK, 0);
        Memory.putInt(queue + END, 0);
        Memory.putInt(queue + THERE, 0);
        Memory.putInt(queue + STATE, 0);
        Memory.putInt(queue + ECN, 0);
        Memory.putInt(queue + DEVICE, 0);
        Memory.putInt(queue + PIECES, 0);
    }

    static boolean isOf(final long queue, final long a0, final long a1, final long a2, final long a3, final long who, final long what) {
        return Memory.getLong(queue + WHO) == who && Memory.getLong(queue + ADDRESSES) == a0 && Memory.getLong(queue + WHAT) == what
                && Memory.getLong(queue + ADDRESSES + 8) == a1 && Memory.getLong(queue + ADDRESSES + 16) == a2
                && Memory.getLong(queue + ADDRESSES + 24) == a3;
    }

    static int family(final long queue) {
        return Memory.getUnsignedByte(queue + WHAT) & FAMILY_MASK;
    }

    static int user(final long queue) {
        return (int) Memory.getLong(queue + WHO);
    }

    static long next(final long queue) {
        return Memory.getLong(queue + NEXT);
    }

    static void setNext(final long queue, final long next) {
        Memory.putLong(queue + NEXT, next);
    }

    static long deadline(final long queue) {
        return Memory.getLong(queue + DEADLINE);
    }

    static void setDeadline(final long queue, final long deadlineNs) {
        Memory.putLong(queue + DEADLINE, deadlineNs);
    }

    static long newer(final long queue) {
        return Memory.getLong(queue + NEWER);
    }

    static void setNewer(final long queue, final long newer) {
        Memory.putLong(queue + NEWER, newer);
    }

    static long older(final long queue) {
        return Memory.getLong(queue + OLDER);
    }

    static void setOlder(final long queue, final long older) {
        Memory.putLong(queue + OLDER, older);
    }

    static long first(final long queue) {
        return Memory.getLong(queue + FIRST);
    }

    static long last(final long queue) {
        return Memory.getLong(queue + LAST);
    }

    /** Adds a piece to those in order of arrival. */
    static void append(final long queue, final long piece) {
        final long last = last(queue);
        if (last == 0) {
            Memory.putLong(queue + FIRST, piece);
        } else {
            PieceLayout.setNext(last, piece);
        }
        Memory.putLong(queue + LAST, piece);
        Memory.putInt(queue + PIECES, pieces(queue) + 1);
    }

    static int pieces(final long queue) {
        return Memory.getInt(queue + PIECES);
    }

    static long tail(final long queue) {
        return Memory.getLong(queue + TAIL);
    }

    static void setTail(final long queue, final long piece) {
        Memory.putLong(queue + TAIL, piece);
    }

    static long lastRun(final long queue) {
        return Memory.getLong(queue + LAST_RUN);
    }

    static void setLastRun(final long queue, final long piece) {
        Memory.putLong(queue + LAST_RUN, piece);
    }

    static long mask(final long queue) {
        return Memory.getLong(queue + MASK);
    }

    static void setMask(final long queue, final long mask) {
        Memory.putLong(queue + MASK, mask);
    }

    static long head(final long queue, final int bucket) {
        return Memory.getLong(queue + HEADS + (long) bucket * Long.BYTES);
    }

    static void setHead(final long queue, final int bucket, final long piece) {
        Memory.putLong(queue + HEADS + (long) bucket * Long.BYTES, piece);
    }

    static int end(final long queue) {
        return Memory.getInt(queue + END);
    }

    static void setEnd(final long queue, final int end) {
        Memory.putInt(queue + END, end);
    }

    /** Bytes of payload that are there. */
    static int there(final long queue) {
        return Memory.getInt(queue + THERE);
    }

    static void addThere(final long queue, final int bytes) {
        Memory.putInt(queue + THERE, there(queue) + bytes);
    }

    static int state(final long queue) {
        return Memory.getInt(queue + STATE);
    }

    static void addState(final long queue, final int bits) {
        Memory.putInt(queue + STATE, state(queue) | bits);
    }

    static int ecn(final long queue) {
        return Memory.getInt(queue + ECN);
    }

    static void addEcn(final long queue, final int bits) {
        Memory.putInt(queue + ECN, ecn(queue) | bits);
    }

    static int maxSize(final long queue) {
        return Memory.getInt(queue + MAX_SIZE);
    }

    static void raiseMaxSize(final long queue, final int size) {
        if (size > maxSize(queue)) {
            Memory.putInt(queue + MAX_SIZE, size);
        }
    }

    static int maxDfSize(final long queue) {
        return Memory.getInt(queue + MAX_DF_SIZE);
    }

    static void raiseMaxDfSize(final long queue, final int size) {
        if (size > maxDfSize(queue)) {
            Memory.putInt(queue + MAX_DF_SIZE, size);
        }
    }

    static int device(final long queue) {
        return Memory.getInt(queue + DEVICE);
    }

    static void setDevice(final long queue, final int device) {
        Memory.putInt(queue + DEVICE, device);
    }

    /** Its record in the table of sources, or 0. */
    static long source(final long queue) {
        return Memory.getLong(queue + SOURCE);
    }

    static void setSource(final long queue, final long source) {
        Memory.putLong(queue + SOURCE, source);
    }

    static int sourceNumber(final long queue) {
        return Memory.getInt(queue + SOURCE_NUMBER);
    }

    static void setSourceNumber(final long queue, final int number) {
        Memory.putInt(queue + SOURCE_NUMBER, number);
    }

    static int slot(final long queue) {
        return Memory.getInt(queue + SLOT);
    }
}
