package io.penstock.dataplane.fib;

import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.dataplane.hot.fib.BucketLayout;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The adjacencies of one forwarding table: made, filled in, changed in place as {@link AdjacencyLayout} allows, counted by
 * those who use them, and recycled after quiescence.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Adjacency 0 is NO_ROUTE for ever.</li>
 *   <li>An adjacency is complete before its index appears in a trie or a bucket.</li>
 *   <li>Whoever makes one holds one reference; the last {@link #release} retires it.</li>
 *   <li>A multipath adjacency holds a reference to each of its next hops.</li>
 * </ol>
 *
 * <p>Hardware addresses are numbers of 48 bits, first byte highest. Threads: the control thread.
 */
public final class Adjacencies implements AutoCloseable {

    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int ETHERTYPE_IPV6 = 0x86DD;

    private final Reclaimer reclaimer;
    private final MappedMemory memory = MappedMemory.reserve(AdjacencyLayout.BYTES, MappedMemory.Pages.HUGE);
    private final MappedMemory bucketMemory = MappedMemory.reserve(BucketLayout.BYTES, MappedMemory.Pages.HUGE);
    private final SlotPool slots = new SlotPool(1, AdjacencyLayout.MAX_ADJACENCIES);
    private final SlotPool blocks = new SlotPool(0, BucketLayout.MAX_BLOCKS);
    private int[] references = new int[64];
    private int inUse;

    Adjacencies(final Reclaimer reclaimer) {
        this.reclaimer = reclaimer;
        AdjacencyLayout.publishHeadRelease(address(0),
                AdjacencyLayout.head(AdjacencyKind.NO_ROUTE, 0, 0, AdjacencyLayout.NO_PORT));
    }

    long base() {
        return memory.address();
    }

    long bucketBase() {
        return bucketMemory.address();
    }

    /** How many are in use, adjacency 0 not among them. */
    public int inUse() {
        return inUse;
    }

    /** Makes an adjacency of any kind but MULTIPATH, FORWARD and UNCONFIRMED; 0 if there is no memory left for it. */
    public int create(final AdjacencyFields fields) {
        if (slots.available() == 0) {
            return 0;
        }
        final int adjacency = take();
        final long address = address(adjacency);
        Memory.putInt(address + AdjacencyLayout.MTU, fields.mtu());
        Memory.putInt(address + AdjacencyLayout.IFINDEX, fields.ifindex());
        Memory.putLong(address + AdjacencyLayout.NEXT_HOP_HIGH, fields.nextHopHigh());
        Memory.putLong(address + AdjacencyLayout.NEXT_HOP_LOW, fields.nextHopLow());
        if (fields.family() == 4) {
            Memory.putLong(address + AdjacencyLayout.SOURCE_LOW, 0);
            Memory.putIntOpaque(address + AdjacencyLayout.SOURCE_HIGH, (int) fields.sourceLow());
        } else {
            Memory.putLong(address + AdjacencyLayout.SOURCE_HIGH, fields.sourceHigh());
            Memory.putLong(address + AdjacencyLayout.SOURCE_LOW, fields.sourceLow());
        }
        AdjacencyLayout.publishHeadRelease(address,
                AdjacencyLayout.head(fields.kind(), fields.flags(), fields.family(), fields.port()));
        return adjacency;
    }

    /** Fills in or changes the Ethernet header and makes the adjacency FORWARD. */
    public void resolve(final int adjacency, final long destinationMac, final long sourceMac) {
        resolve(adjacency, destinationMac, sourceMac, true);
    }

    /** The same; UNCONFIRMED if the next packet is to ask whether the neighbour is still there. */
    public void resolve(final int adjacency, final long destinationMac, final long sourceMac, final boolean confirmed) {
        writeHeader(adjacency, destinationMac, sourceMac);
        setKind(address(adjacency), confirmed ? AdjacencyKind.FORWARD : AdjacencyKind.UNCONFIRMED);
    }

    /** Fills in or changes the Ethernet header and leaves the kind as it is. */
    public void writeHeader(final int adjacency, final long destinationMac, final long sourceMac) {
        final long address = address(adjacency);
        final long head = AdjacencyLayout.headAcquire(address);
        final int type = AdjacencyLayout.family(head) == 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6;
        Memory.putLongOpaque(address + AdjacencyLayout.DESTINATION_MAC, bigEndian(destinationMac << 16));
        Memory.putLongOpaque(address + AdjacencyLayout.SOURCE_MAC_AND_TYPE, bigEndian(sourceMac << 16 | type));
    }

    /** Makes a FORWARD adjacency something that waits for a neighbour; the old header stays for who has just read it. */
    public void unresolve(final int adjacency, final int kind) {
        setKind(address(adjacency), kind);
    }

    /** Changes the largest packet that may leave. */
    public void setMtu(final int adjacency, final int mtu) {
        Memory.putIntOpaque(address(adjacency) + AdjacencyLayout.MTU, mtu);
    }

    /** Changes the IPv4 address that this host sends from this way. */
    public void setSource4(final int adjacency, final int source) {
        Memory.putIntOpaque(address(adjacency) + AdjacencyLayout.SOURCE_HIGH, source);
    }

    /**
     * Makes a MULTIPATH adjacency over others, each with a weight of 1 or more; 0 if there is no memory left for it. Every
     * next hop gets at least one of the {@link BucketLayout#BUCKETS} buckets, which is how many next hops there may be.
     */
    public int createMultipath(final int[] nextHops, final int[] weights) {
        if (slots.available() == 0 || blocks.available() == 0) {
            return 0;
        }
        final int block = blocks.take();
        final int[] shares = shares(weights);
        long bucket = BucketLayout.block(bucketBase(), block);
        for (int i = 0; i < nextHops.length; i++) {
            // One reference for each run of equal buckets, as releaseNextHops finds them.
            if (i == 0 || nextHops[i] != nextHops[i - 1]) {
                retain(nextHops[i]);
            }
            for (int j = 0; j < shares[i]; j++, bucket += 4) {
                Memory.putIntRelease(bucket, nextHops[i]);
            }
        }
        return create(new AdjacencyFields(AdjacencyKind.MULTIPATH, 0, 0, AdjacencyLayout.NO_PORT, 0, 0, block, 0));
    }

    /** Counts one more user. */
    public void retain(final int adjacency) {
        references[adjacency]++;
    }

    /** Counts one user less; after the last one the adjacency is retired. */
    public void release(final int adjacency) {
        if (adjacency == 0 || --references[adjacency] > 0) {
            return;
        }
        inUse--;
        final long address = address(adjacency);
        final boolean multipath =
                AdjacencyLayout.kind(AdjacencyLayout.headAcquire(address)) == AdjacencyKind.MULTIPATH;
        final int block = multipath ? (int) AdjacencyLayout.nextHopHigh(address) : -1;
        reclaimer.retire(() -> slots.give(adjacency));
        if (multipath) {
            releaseNextHops(block);
            reclaimer.retire(() -> blocks.give(block));
        }
    }

    private void releaseNextHops(final int block) {
        int last = 0;
        for (int i = 0; i < BucketLayout.BUCKETS; i++) {
            final int nextHop = Memory.getInt(BucketLayout.block(bucketBase(), block) + i * 4L);
            if (nextHop != last) {
                release(nextHop);
                last = nextHop;
            }
        }
    }

    /** Buckets for each weight: one, and the others where the weight for each bucket is greatest (Sainte-Lague). */
    static int[] shares(final int[] weights) {
        final int[] shares = new int[weights.length];
        Arrays.fill(shares, 1);
        for (int given = weights.length; given < BucketLayout.BUCKETS; given++) {
            int best = 0;
            for (int i = 1; i < weights.length; i++) {
                if (weights[i] * (2L * shares[best] + 1) > weights[best] * (2L * shares[i] + 1)) {
                    best = i;
                }
            }
            shares[best]++;
        }
        return shares;
    }

    private int take() {
        final int adjacency = slots.take();
        if (adjacency >= references.length) {
            references = Arrays.copyOf(references, Math.max(2 * references.length, adjacency + 1));
        }
        references[adjacency] = 1;
        inUse++;
        return adjacency;
    }

    private static long bigEndian(final long value) {
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? value : Long.reverseBytes(value);
    }

    private static void setKind(final long address, final int kind) {
        AdjacencyLayout.publishHeadRelease(address, AdjacencyLayout.withKind(AdjacencyLayout.headAcquire(address), kind));
    }

    private long address(final int adjacency) {
        return AdjacencyLayout.address(memory.address(), adjacency);
    }

    @Override
    public void close() {
        memory.close();
        bucketMemory.close();
    }
}
