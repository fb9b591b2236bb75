package io.penstock.conntrack.hot;

import io.penstock.os.hot.memory.Memory;

/**
 * A connection's entry: 192 bytes for IPv4, 256 for IPv6, the same offsets, in lines of 64.
 *
 * <pre>
 *   line 0    0 state      long  bits 0-15 ConnStatus | 16-23 tracker's state | 24 CLAIMED | 25 IN_TABLE | 27 UNJUDGED | 32-63 generation
 *             8 deadline   long  ns of the workers' clock; a length in ns until confirmed ({@link Deadline})
 *            16 mark       int
 *            20 zone of the original direction u16 | 22 zone of the reply direction u16
 *            24 protocol u8 | 25 family u8, 4 or 6 | 26 flags u8 | 27 free u8
 *            28 masquerade int   index of the device that MASQUERADE chose; 0 none
 *            32 original: source v4 int, destination v4 int, keys int
 *            44 reply: source v4 int, destination v4 int, keys int
 *            56 master int, an entry's number, 0 none | 60 policy u16: number of a helper or a time-out policy, 0 none
 *            62 events u16, which {@link ConnEvents} are told of it
 *   line 1   64 the tracker's; of UDP from 72 on, with FLAG_CONE: the cones of the source int and of the destination int, 0 none
 *   line 2  128 packets, 136 bytes of the original direction | 144 packets, 152 bytes of the reply direction
 *           160 start, 168 stop: wall-clock ns | 176 labels, 16 bytes
 *   line 3  192 IPv6 alone: original source, 208 original destination, 224 reply source, 240 reply destination
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>Tuples, protocol, family and zones do not change once an entry is in the table: they are read without order.</li>
 *   <li>The state word changes by compare-and-set alone, so that no change of any thread is lost. The generation is one more with each re-use
 *       of the entry; number and generation name a connection across batches.</li>
 *   <li>With more than one worker, what handles a packet claims the entry; the tracker's line and the accounting change under the claim.</li>
 *   <li>Other fields change whole (aligned, opaque): the last writer's value stays.</li>
 * </ol>
 *
 * <p>Addresses are numbers in host order (an IPv4 address an int, an IPv6 address two longs, high and low), as the header layouts return them.
 * {@code keys} is the tuple's part of the transport protocol, {@code source << 16 | destination} in host order, which for ports is what the header's
 * first four bytes are. TCP, UDP, UDP-Lite, SCTP: ports. ICMP: source is the identifier, destination {@code type << 8 | code}; the reply
 * tuple has the type that answers. GRE: call identifiers, 0 without. Others: 0.
 *
 * <p>Nothing is checked here.
 */
public final class ConnLayout {

    /** Bytes of an IPv4 entry. */
    public static final int IPV4_BYTES = 192;
    /** Bytes of an IPv6 entry. */
    public static final int IPV6_BYTES = 256;
    /** Entries start on cache lines. */
    public static final int ALIGNMENT = 64;

    public static final int STATE = 0;
    public static final int DEADLINE = 8;
    public static final int MARK = 16;
    /** By direction: two bytes each. */
    public static final int ZONE = 20;
    public static final int PROTOCOL = 24;
    public static final int FAMILY = 25;
    public static final int FLAGS = 26;
    public static final int MASQUERADE = 28;
    /** By direction: {@link #TUPLE_BYTES} each. */
    public static final int TUPLE = 32;
    public static final int MASTER = 56;
    public static final int POLICY = 60;
    public static final int EVENTS = 62;
    /** The tracker's line. */
    public static final int TRACKER = 64;
    public static final int TRACKER_BYTES = 64;
    /** Of UDP, in the tracker's line: numbers of the source's cone and of the destination's. */
    public static final int CONES = TRACKER + 8;
    /** By direction: packets and bytes, {@link #ACCOUNTING_BYTES} each. */
    public static final int ACCOUNTING = 128;
    public static final int START = 160;
    public static final int STOP = 168;
    public static final int LABELS = 176;
    public static final int LABELS_BYTES = 16;
    /** By direction: source and destination, {@link #ADDRESSES6_BYTES} each. */
    public static final int ADDRESSES6 = 192;

    /** Bytes of a direction's IPv4 addresses and keys. */
    public static final int TUPLE_BYTES = 12;
    /** In a tuple: the keys, after source and destination. */
    public static final int TUPLE_KEYS = 8;
    public static final int ACCOUNTING_BYTES = 16;
    public static final int ADDRESSES6_BYTES = 32;

    /** In the state word: {@link ConnStatus}. */
    public static final int STATUS_MASK = 0xFFFF;
    public static final int TRACKER_STATE_SHIFT = 16;
    public static final int TRACKER_STATE_MASK = 0xFF;
    /** In the state word: a worker handles a packet of the connection. */
    public static final long CLAIMED = 1L << 24;
    /** In the state word: the index leads here, or did until it began to die. */
    public static final long IN_TABLE = 1L << 25;

    /** State: a packet has gone by without its tracker, so that what the tracker knows may be less than what the ends know. */
    public static final long UNJUDGED = 1L << 27;
    public static final int GENERATION_SHIFT = 32;

    public static final int FAMILY_IPV4 = 4;
    public static final int FAMILY_IPV6 = 6;

    /** In the flags: packets and bytes are counted. */
    public static final int FLAG_ACCOUNTING = 1;
    /** In the flags: start and stop are kept. */
    public static final int FLAG_TIMESTAMP = 1 << 1;
    /** In the flags: there is room for labels. */
    public static final int FLAG_LABELS = 1 << 2;
    /** In the flags: it has only begun, and its first packet is held outside of a batch. */
    public static final int FLAG_HELD = 1 << 3;
    /** In the flags: it uses a full cone, or two. */
    public static final int FLAG_CONE = 1 << 4;

    private ConnLayout() {
    }

    /** The whole state word. */
    public static long state(final long entry) {
        return Memory.getLongAcquire(entry + STATE);
    }

    /** {@link ConnStatus}. */
    public static int status(final long entry) {
        return (int) Memory.getLongOpaque(entry + STATE) & STATUS_MASK;
    }

    /** {@link ConnStatus} of a state word. */
    public static int statusOf(final long state) {
        return (int) state & STATUS_MASK;
    }

    /** Whether a status bit is set, or one of several. */
    public static boolean hasStatus(final long entry, final int bits) {
        return (status(entry) & bits) != 0;
    }

    /** Sets status bits; true if this call has set one that was clear. */
    public static boolean setStatus(final long entry, final int bits) {
        long state = Memory.getLongOpaque(entry + STATE);
        while ((state & bits) != bits) {
            if (Memory.compareAndSetLong(entry + STATE, state, state | bits)) {
                return true;
            }
            state = Memory.getLongOpaque(entry + STATE);
        }
        return false;
    }

    /** Clears status bits. */
    public static void clearStatus(final long entry, final int bits) {
        long state = Memory.getLongOpaque(entry + STATE);
        while ((state & bits) != 0 && !Memory.compareAndSetLong(entry + STATE, state, state & ~(long) bits)) {
            state = Memory.getLongOpaque(entry + STATE);
        }
    }

    /** A packet goes by without its tracker. */
    public static void setUnjudged(final long entry) {
        long state = Memory.getLongOpaque(entry + STATE);
        while ((state & UNJUDGED) == 0 && !Memory.compareAndSetLong(entry + STATE, state, state | UNJUDGED)) {
            state = Memory.getLongOpaque(entry + STATE);
        }
    }

    /** Whether a packet has gone by without its tracker since the last time that this was asked. */
    public static boolean takeUnjudged(final long entry) {
        long state = Memory.getLongOpaque(entry + STATE);
        while ((state & UNJUDGED) != 0) {
            if (Memory.compareAndSetLong(entry + STATE, state, state & ~UNJUDGED)) {
                return true;
            }
            state = Memory.getLongOpaque(entry + STATE);
        }
        return false;
    }

    /** The tracker's state, 0 to 255. */
    public static int trackerState(final long entry) {
        return trackerStateOf(Memory.getLongOpaque(entry + STATE));
    }

    /** The tracker's state in a state word. */
    public static int trackerStateOf(final long state) {
        return (int) (state >>> TRACKER_STATE_SHIFT) & TRACKER_STATE_MASK;
    }

    /** Sets the tracker's state. */
    public static void setTrackerState(final long entry, final int trackerState) {
        final long mask = (long) TRACKER_STATE_MASK << TRACKER_STATE_SHIFT;
        final long bits = (long) trackerState << TRACKER_STATE_SHIFT;
        long state = Memory.getLongOpaque(entry + STATE);
        while ((state & mask) != bits && !Memory.compareAndSetLong(entry + STATE, state, state & ~mask | bits)) {
            state = Memory.getLongOpaque(entry + STATE);
        }
    }

    /** How often the entry has been used before. */
    public static int generation(final long entry) {
        return generationOf(Memory.getLongOpaque(entry + STATE));
    }

    /** The generation in a state word. */
    public static int generationOf(final long state) {
        return (int) (state >>> GENERATION_SHIFT);
    }

    /** Claims an entry; false when another worker holds it. Pairs with {@link #release}. */
    public static boolean tryClaim(final long entry) {
        final long state = Memory.getLongOpaque(entry + STATE);
        return (state & CLAIMED) == 0 && Memory.compareAndSetLong(entry + STATE, state, state | CLAIMED);
    }

    /** Gives a claimed entry back. */
    public static void release(final long entry) {
        Memory.getAndAddLong(entry + STATE, -CLAIMED);
    }

    /** {@link Deadline} says what it means. */
    public static long deadline(final long entry) {
        return Memory.getLongOpaque(entry + DEADLINE);
    }

    /** Through {@link Deadline}. */
    static void setDeadline(final long entry, final long deadline) {
        Memory.putLongOpaque(entry + DEADLINE, deadline);
    }

    public static int mark(final long entry) {
        return Memory.getIntOpaque(entry + MARK);
    }

    public static void setMark(final long entry, final int mark) {
        Memory.putIntOpaque(entry + MARK, mark);
    }

    /** A direction's zone, 0 to 65,535. */
    public static int zone(final long entry, final int direction) {
        return Memory.getUnsignedShort(entry + ZONE + 2 * direction);
    }

    public static void setZone(final long entry, final int direction, final int zone) {
        Memory.putShort(entry + ZONE + 2 * direction, zone);
    }

    /** The transport protocol's number. */
    public static int protocol(final long entry) {
        return Memory.getUnsignedByte(entry + PROTOCOL);
    }

    public static void setProtocol(final long entry, final int protocol) {
        Memory.putByte(entry + PROTOCOL, (byte) protocol);
    }

    /** {@link #FAMILY_IPV4} or {@link #FAMILY_IPV6}. */
    public static int family(final long entry) {
        return Memory.getUnsignedByte(entry + FAMILY);
    }

    /** What the connection carries beside the necessary: {@link #FLAG_ACCOUNTING} and the like. */
    public static int flags(final long entry) {
        return Memory.getUnsignedByte(entry + FLAGS);
    }

    public static void setFlags(final long entry, final int flags) {
        Memory.putByte(entry + FLAGS, (byte) flags);
    }

    /** The index of the device that MASQUERADE chose the source for; 0 for none. */
    public static int masquerade(final long entry) {
        return Memory.getIntOpaque(entry + MASQUERADE);
    }

    public static void setMasquerade(final long entry, final int index) {
        Memory.putIntOpaque(entry + MASQUERADE, index);
    }

    /** With {@link #FLAG_CONE}: the number of the cone by which a half is translated; 0 for none. */
    public static int cone(final long entry, final boolean source) {
        return Memory.getInt(entry + CONES + (source ? 0 : 4));
    }

    /** Of a UDP entry that is not in the table: a half is translated by a cone. */
    public static void setCone(final long entry, final boolean source, final int number) {
        Memory.putInt(entry + CONES + (source ? 0 : 4), number);
        setFlags(entry, flags(entry) | FLAG_CONE);
    }

    /** The keys of a tuple: what stands for the source, and for the destination, 0 to 65,535 each. */
    public static int keys(final int source, final int destination) {
        return source << 16 | destination;
    }

    /** The source's part of keys. */
    public static int sourceKey(final int keys) {
        return keys >>> 16;
    }

    /** The destination's part of keys. */
    public static int destinationKey(final int keys) {
        return keys & 0xFFFF;
    }

    /** A direction's keys. */
    public static int keysOf(final long entry, final int direction) {
        return Memory.getInt(entry + TUPLE + TUPLE_BYTES * direction + TUPLE_KEYS);
    }

    /** Of an entry that is not in the table: sets a direction's keys. */
    public static void setKeys(final long entry, final int direction, final int keys) {
        Memory.putInt(entry + TUPLE + TUPLE_BYTES * direction + TUPLE_KEYS, keys);
    }

    public static int source4(final long entry, final int direction) {
        return Memory.getInt(entry + TUPLE + TUPLE_BYTES * direction);
    }

    public static int destination4(final long entry, final int direction) {
        return Memory.getInt(entry + TUPLE + TUPLE_BYTES * direction + 4);
    }

    public static long source6High(final long entry, final int direction) {
        return Memory.getLong(entry + ADDRESSES6 + ADDRESSES6_BYTES * direction);
    }

    public static long source6Low(final long entry, final int direction) {
        return Memory.getLong(entry + ADDRESSES6 + ADDRESSES6_BYTES * direction + 8);
    }

    public static long destination6High(final long entry, final int direction) {
        return Memory.getLong(entry + ADDRESSES6 + ADDRESSES6_BYTES * direction + 16);
    }

    public static long destination6Low(final long entry, final int direction) {
        return Memory.getLong(entry + ADDRESSES6 + ADDRESSES6_BYTES * direction + 24);
    }

    /** Of an entry that is not in the table: sets a direction's addresses and keys. */
    public static void setTuple4(final long entry, final int direction, final int source, final int destination, final int keys) {
        final long tuple = entry + TUPLE + TUPLE_BYTES * direction;
        Memory.putInt(tuple, source);
        Memory.putInt(tuple + 4, destination);
        Memory.putInt(tuple + TUPLE_KEYS, keys);
    }

    /** Of an entry that is not in the table: sets a direction's addresses and keys. */
    public static void setTuple6(
            final long entry,
            final int direction,
            final long sourceHigh,
            final long sourceLow,
            final long destinationHigh,
            final long destinationLow,
            final int keys) {
        final long addresses = entry + ADDRESSES6 + ADDRESSES6_BYTES * direction;
        Memory.putLong(addresses, sourceHigh);
        Memory.putLong(addresses + 8, sourceLow);
        Memory.putLong(addresses + 16, destinationHigh);
        Memory.putLong(addresses + 24, destinationLow);
        setKeys(entry, direction, keys);
    }

    /** The number of the connection that expected this one; 0 for none. */
    public static int master(final long entry) {
        return Memory.getIntOpaque(entry + MASTER);
    }

    public static void setMaster(final long entry, final int number) {
        Memory.putIntOpaque(entry + MASTER, number);
    }

    /** The number of a helper or a time-out policy; 0 for none. */
    public static int policy(final long entry) {
        return Memory.getUnsignedShort(entry + POLICY);
    }

    public static void setPolicy(final long entry, final int number) {
        Memory.putShort(entry + POLICY, number);
    }

    /** Which {@link ConnEvents} are told of it. */
    public static int events(final long entry) {
        return Memory.getUnsignedShort(entry + EVENTS);
    }

    public static void setEvents(final long entry, final int bits) {
        Memory.putShort(entry + EVENTS, bits);
    }

    /** Packets of a direction. */
    public static long packets(final long entry, final int direction) {
        return Memory.getLongOpaque(entry + ACCOUNTING + ACCOUNTING_BYTES * direction);
    }

    /** Bytes of a direction, IP headers included. */
    public static long bytes(final long entry, final int direction) {
        return Memory.getLongOpaque(entry + ACCOUNTING + ACCOUNTING_BYTES * direction + 8);
    }

    /** Counts packets of a direction. */
    public static void account(final long entry, final int direction, final long packets, final long bytes) {
        final long counters = entry + ACCOUNTING + ACCOUNTING_BYTES * direction;
        Memory.putLongOpaque(counters, Memory.getLongOpaque(counters) + packets);
        Memory.putLongOpaque(counters + 8, Memory.getLongOpaque(counters + 8) + bytes);
    }

    /** When it was confirmed: wall-clock nanoseconds, 0 for unknown. */
    public static long start(final long entry) {
        return Memory.getLongOpaque(entry + START);
    }

    public static void setStart(final long entry, final long wallNs) {
        Memory.putLongOpaque(entry + START, wallNs);
    }

    /** When it was removed: wall-clock nanoseconds, 0 for not yet. */
    public static long stop(final long entry) {
        return Memory.getLongOpaque(entry + STOP);
    }

    public static void setStop(final long entry, final long wallNs) {
        Memory.putLongOpaque(entry + STOP, wallNs);
    }

    /** Bits 0 to 63 of the labels with {@code half} 0, 64 to 127 with 1. */
    public static long labels(final long entry, final int half) {
        return Memory.getLongOpaque(entry + LABELS + 8 * half);
    }

    /** Of a connection that is not in the table yet. */
    public static void setLabels(final long entry, final int half, final long bits) {
        Memory.putLongOpaque(entry + LABELS + 8 * half, bits);
    }

    /** Changes a half of the labels, if it is what it was: another worker may have set one. */
    public static boolean changeLabels(final long entry, final int half, final long was, final long bits) {
        return Memory.compareAndSetLong(entry + LABELS + 8 * half, was, bits);
    }
}
