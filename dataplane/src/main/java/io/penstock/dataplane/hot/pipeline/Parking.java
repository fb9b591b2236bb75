package io.penstock.dataplane.hot.pipeline;

import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.os.hot.memory.Regions;
import java.util.Arrays;

/**
 * Where frames wait outside of a batch: for a neighbour, for the hook function that stole them, for a queue's listener.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A place is free, reserved, waiting for a neighbour, or held for an owner; each has a generation that changes when
 *       it is freed, so that a token is good for one use.</li>
 *   <li>While a frame is parked its metadata lies in its headroom ({@link ParkedLayout}).</li>
 * </ol>
 *
 * <p>Threads: the lane's worker.
 */
final class Parking {

    /**
     * Places. Unit: frames. Enough for several neighbours with a full queue each (the kernel keeps about a hundred packets
     * for one); more would let a flood to absent hosts take the frames that traffic needs, fewer would drop bursts.
     */
    static final int CAPACITY = 1024;

    /**
     * Packets that may wait for one neighbour. Unit: packets; about what the kernel's unres_qlen_bytes default holds of small
     * frames (212,992 bytes, 768 for each). A new next hop of a flow with 10,000 packets a second took up to 11 ms to
     * resolve, for which 101, what the kernel holds of full-sized frames, was not enough. Differs from Linux: of too many,
     * the newest are dropped and not the oldest.
     */
    static final int PER_NEIGHBOUR = 256;

    /**
     * Packets that may wait for neighbours altogether. Unit: packets. Half of the places: somebody who sends to all addresses
     * of a link, most of them absent, must not take the places of queues and of functions that steal. More would, fewer
     * would drop bursts to hosts that are there.
     */
    static final int MAX_WAITING = CAPACITY / 2;

    static final long NO_TOKEN = -1;

    private static final int SLOT_BITS = 16;
    private static final int LANE_SHIFT = 48;
    private static final byte FREE = 0;
    private static final byte RESERVED = 1;
    private static final byte WAITING = 2;
    private static final byte HELD = 3;

    private final long laneBits;
    private final long chunkMask;
    private final long[] chunk = new long[CAPACITY];
    private final long[] sinceNs = new long[CAPACITY];
    private final int[] generation = new int[CAPACITY];
    private final int[] hopPort = new int[CAPACITY];
    private final long[] hopHigh = new long[CAPACITY];
    private final long[] hopLow = new long[CAPACITY];
    private final byte[] state = new byte[CAPACITY];
    private final int[] free = new int[CAPACITY];
    private final int[] waiting = new int[MAX_WAITING];
    private int freeCount = CAPACITY;
    private int waitingCount;

    Parking(final int lane, final long chunkMask) {
        this.laneBits = (long) lane << LANE_SHIFT;
        this.chunkMask = chunkMask;
        Arrays.setAll(free, i -> CAPACITY - 1 - i);
    }

    /** The lane that gave a token. */
    static int laneOf(final long token) {
        return (int) (token >>> LANE_SHIFT);
    }

    /** A place for one packet, as a token, or {@link #NO_TOKEN}. */
    long reserve() {
        if (freeCount == 0) {
            return NO_TOKEN;
        }
        final int place = free[--freeCount];
        state[place] = RESERVED;
        return laneBits | (long) (generation[place] & 0x7FFF_FFFF) << SLOT_BITS | place;
    }

    /** Gives a reserved place back. */
    void cancel(final long token) {
        vacate(placeOf(token));
    }

    /**
     * Fills a reserved place with a packet that stays until its owner names the token.
     *
     * @param tracking who tracks connections, or null
     */
    void hold(
            final long token,
            final Batch b,
            final int slot,
            final int list,
            final int priority,
            final long sequence,
            final Tracking tracking) {
        final int place = placeOf(token);
        if (ConnInfo.hasConnection(b.connectionInfo[slot])) {
            tracking.hold(b, slot);
        }
        final long to = spill(place, b, slot);
        ParkedLayout.place(to, list, priority, sequence);
        if (ConnInfo.hasConnection(b.connectionInfo[slot])) {
            ParkedLayout.setGeneration(to, tracking.generation(b, slot));
        }
        state[place] = HELD;
    }

    /**
     * Takes a held packet out into a batch's slot; the chunk's address for {@link ParkedLayout}, or 0 for a bad token. In
     * checked mode the frame's window is the whole chunk.
     */
    long take(final long token, final Batch b, final int slot) {
        final int place = placeOf(token);
        if (place >= CAPACITY || state[place] != HELD
                || (token & ~laneBits) >>> SLOT_BITS != (generation[place] & 0x7FFF_FFFF)) {
            return 0;
        }
        return unspill(place, b, slot);
    }

    /** How many packets wait for the neighbour with this address behind a port. */
    int waitingFor(final int port, final long high, final long low) {
        int count = 0;
        for (int i = 0; i < waitingCount; i++) {
            if (waitsFor(i, port, high, low)) {
                count++;
            }
        }
        return count;
    }

    /** True when the packet of a rank waits for the neighbour with this address behind a port. */
    boolean waitsFor(final int rank, final int port, final long high, final long low) {
        final int place = waiting[rank];
        return place >= 0 && hopLow[place] == low && hopHigh[place] == high && hopPort[place] == port;
    }

    /** Lets a packet wait for its neighbour; false when there is no place. */
    boolean await(final Batch b, final int slot, final int port, final long high, final long low) {
        final long token = waitingCount < MAX_WAITING ? reserve() : NO_TOKEN;
        if (token == NO_TOKEN) {
            return false;
        }
        final int place = placeOf(token);
        // Its connection has been confirmed by now, and nobody asks for it any more.
        b.connectionInfo[slot] = ConnInfo.NONE;
        spill(place, b, slot);
        state[place] = WAITING;
        hopPort[place] = port;
        hopHigh[place] = high;
        hopLow[place] = low;
        sinceNs[place] = b.nowNs;
        waiting[waitingCount++] = place;
        return true;
    }

    /** Packets that wait for neighbours. */
    int waitingCount() {
        return waitingCount;
    }

    /** Packets in all places. */
    int count() {
        return CAPACITY - freeCount;
    }

    /** Since when the waiting packet of a rank, in order of arrival, has waited. */
    long waitingSinceNs(final int rank) {
        return sinceNs[waiting[rank]];
    }

    /** Shows the waiting packet of a rank in a batch's slot and leaves it where it is. */
    void peekWaiting(final int rank, final Batch b, final int slot) {
        ParkedLayout.restore(chunk[waiting[rank]], b, slot);
    }

    /** Takes the waiting packet of a rank out into a batch's slot; its rank stays taken until {@link #compact}. */
    void takeWaiting(final int rank, final Batch b, final int slot) {
        unspill(waiting[rank], b, slot);
        Regions.window(b.frame[slot], b.length[slot]);
        waiting[rank] = -1;
    }

    /** Closes the gaps that {@link #takeWaiting} left among the first {@code ranks} ranks. */
    void compact(final int ranks) {
        int to = 0;
        for (int from = 0; from < waitingCount; from++) {
            final int place = waiting[from];
            if (from >= ranks || place >= 0) {
                waiting[to++] = place;
            }
        }
        waitingCount = to;
    }

    private long spill(final int place, final Batch b, final int slot) {
        final long to = b.frame[slot] & chunkMask;
        Regions.unwindow(b.frame[slot]);
        ParkedLayout.spill(to, b, slot);
        chunk[place] = to;
        return to;
    }

    private long unspill(final int place, final Batch b, final int slot) {
        final long from = chunk[place];
        ParkedLayout.restore(from, b, slot);
        vacate(place);
        return from;
    }

    private void vacate(final int place) {
        state[place] = FREE;
        generation[place]++;
        free[freeCount++] = place;
    }

    private static int placeOf(final long token) {
        return (int) (token & (1 << SLOT_BITS) - 1);
    }
}
