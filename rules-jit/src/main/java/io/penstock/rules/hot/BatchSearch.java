package io.penstock.rules.hot;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;

/**
 * What the search of a long built-in chain comes to, for all packets of a batch before the first of them is judged: filters, then slots, then records, each
 * for all packets, so that loads overlap and no branch waits for one. A packet whose rule asks no more than its record and whose verdict is a plain one is
 * judged by that alone.
 *
 * <p>Invariants:
 * <ol>
 *   <li>What is found is the chain's first rule whose record takes a packet's addresses, ports and protocol, and is kept with them: a packet that has
 *       other ones when it is judged is not in the batch.</li>
 *   <li>A chain is searched ahead only where records ask nothing else of packets.</li>
 *   <li>Where fewer than half of a batch's packets are judged by it, it and the next {@value #REST} batches are not searched ahead.</li>
 * </ol>
 *
 * <p>Threads: the table's worker.
 */
public abstract class BatchSearch {

    /** Packets of a batch at the most. */
    public static final int CAPACITY = 64;
    /** Bytes from the transport header to the packet's end, at the least: then no header that is looked at is cut off. */
    public static final int LEAST_TRANSPORT = 20;

    /** What {@link #found} says of a packet that was not searched for. */
    public static final int NONE = -1;

    /** Shorter chains get code of their own, which is faster. */
    public static final int LEAST_RULES = 25;
    private static final int REST = 63;
    /** No packet's: its protocol is no byte, nor {@link RulePacket#NO_PROTOCOL}. */
    private static final long NO_WORD = Integer.MAX_VALUE;
    /** All bits for protocols that have ports, by protocol: it is a table because nothing foretells which a packet has. */
    private static final int[] PORTS = createPorts();

    final long block;
    /** By slot: ports in the high half, all bits where there are none; and the protocol. */
    final long[] words = new long[CAPACITY];
    final int[] found = new int[CAPACITY];
    /** Slots that were hit in a round, with their packets. */
    final long[] hits = new long[CAPACITY];
    final int[] hitBy = new int[CAPACITY];
    /** Tuples that are still to be probed, of packets that have some. */
    final int[] left = new int[CAPACITY];
    final int[] packets = new int[CAPACITY];
    /** Slots whose packets are searched for. */
    final int[] keyed = new int[CAPACITY];
    private int keys;
    private int judged;
    private int rests;

    BatchSearch(final long block) {
        this.block = block;
    }

    /** Whether a chain can be searched ahead. */
    static boolean fits(final long block, final int recordBytes) {
        final int rules = IndexLayout.rules(block);
        if (rules < LEAST_RULES || IndexLayout.filterShift(block) == 0 || IndexLayout.context(block) != ContextLayout.NOTHING) {
            return false;
        }
        long record = IndexLayout.records(block);
        for (int rule = 0; rule < rules; rule++) {
            if (RecordLayout.hasContext(record)) {
                return false;
            }
            record += recordBytes;
        }
        return true;
    }

    /** Begins a batch; false where it is not worth while. */
    public final boolean begin() {
        if (rests > 0) {
            rests--;
            return false;
        }
        if (2 * judged < keys) {
            rests = REST;
            keys = 0;
            return false;
        }
        keys = 0;
        judged = 0;
        return true;
    }

    /** The packet at a slot is to be searched for: whole, no fragment, of IPv6 without extension headers. */
    public final void key(final int slot, final long network, final long transport, final int protocol) {
        words[slot] = word(transport, protocol);
        keepAddresses(slot, network);
        keyed[keys++] = slot;
    }

    /** The packet at a slot is not to be searched for. */
    public final void skip(final int slot) {
        words[slot] = NO_WORD;
    }

    /** Searches, when all slots are known. */
    public final void search() {
        int some = filter(keys);
        while (some > 0) {
            final int hit = probe(some);
            some = next(some);
            look(hit);
        }
    }

    /** The number in the chain of the rule that takes a packet; the number of rules; or {@link #NONE}. */
    public final int found(final int slot, final long network, final long transport, final int protocol) {
        return words[slot] == word(transport, protocol) && hasAddresses(slot, network) ? found[slot] : NONE;
    }

    /** A packet was judged by what was found. */
    public final void judged() {
        judged++;
    }

    abstract void keepAddresses(int slot, long network);

    abstract boolean hasAddresses(int slot, long network);

    /** Which tuples are worth a probe, of so many packets; gives how many have some. */
    abstract int filter(int n);

    /** Probes a tuple of each packet that has some left; gives how many were hit. */
    abstract int probe(int some);

    /** Looks at the records of what was hit. */
    abstract void look(int hit);

    /** The packets that have tuples left after a probe. */
    private int next(final int some) {
        int more = 0;
        for (int i = 0; i < some; i++) {
            final int packet = packets[i];
            final int rest = left[i] & left[i] - 1;
            left[more] = rest;
            packets[more] = packet;
            more += isSome(rest);
        }
        return more;
    }

    /** 1 if there is a tuple left, else 0; without a branch. */
    static int isSome(final int tuples) {
        return (tuples | -tuples) >>> Integer.SIZE - 1;
    }

    static int protocol(final long word) {
        return (int) word & 0xFF;
    }

    /** A packet's, as records compare it. */
    static int sourcePort(final long word) {
        return (int) (word >>> 48) | ~PORTS[protocol(word)];
    }

    static int destinationPort(final long word) {
        return (int) (word >>> Integer.SIZE) & 0xFFFF | ~PORTS[protocol(word)];
    }

    private static long word(final long transport, final int protocol) {
        return (long) (Memory.getIntBE(transport) | ~PORTS[protocol & 0xFF]) << Integer.SIZE | protocol & 0xFFFF_FFFFL;
    }

    private static int[] createPorts() {
        final int[] all = new int[1 << Byte.SIZE];
        all[IpProtocol.TCP] = -1;
        all[IpProtocol.UDP] = -1;
        return all;
    }
}
