package io.penstock.dataplane.hot.connections;

import io.penstock.conntrack.hot.ConnEvents;
import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.ConnSwitches;
import io.penstock.conntrack.hot.TrackerSettings;
import io.penstock.conntrack.hot.event.ConnEventLog;
import io.penstock.conntrack.hot.frag.FragmentStore;
import io.penstock.conntrack.hot.nat.NatWorker;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PacketView;
import io.penstock.dataplane.hot.pipeline.Tracking;

/**
 * One lane's hand on its namespace's connections.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A connection that begins in a batch is confirmed by the batch's end, or held with its packet, or freed: whatever became of the packet.</li>
 *   <li>Entries that packets lead to are whole from {@link #begin} to {@link #end}.</li>
 *   <li>What happens to a connection by one packet is told once, when the packet has passed the last hook, or the next packet comes.</li>
 * </ol>
 *
 * <p>Threads: the lane's worker.
 */
public final class LaneConnections implements Tracking {

    /** Connections that can begin in a batch: one for each packet, for an answer to it, and for a copy. */
    private static final int PENDING = 3 * Batch.CAPACITY;

    /** How often connections are looked after. Unit: ns. */
    private static final long TEND_INTERVAL_NS = 1_000_000;

    /** Blocks of 64 entries that are swept at a time, at the most: some 200 us. */
    private static final int MAX_BLOCKS = 128;

    /** How many slices it takes to sweep all entries: two seconds' worth. */
    private static final int SLICES = 2048;

    /** Slices at a time, at the most: what a worker sleeps. */
    private static final int MAX_SLICES = 128;

    /** Entries in a block, as a shift. */
    private static final int BLOCK_SHIFT = 6;

    final Lane lane;
    final TrackerSettings settings;
    final ConnSwitches switches;
    final PacketTracker tracker = new PacketTracker(this);
    final LaneNat nat;
    final LaneFragments fragments;

    private final long[] pending = new long[PENDING];
    private int pendingCount;
    private TableWorker ipv4;
    private TableWorker ipv6;
    private ConnTable table4;
    private ConnTable table6;
    private final ConnEventLog log;
    private ConnEvents listener;
    private boolean isAway;
    private long eventEntry;
    private int eventBits;
    private long tendedNs;

    /** A lane's, without tables at first. */
    public LaneConnections(
            final Lane lane, final TrackerSettings settings, final ConnSwitches switches, final ConnEventLog log) {
        this.lane = lane;
        this.settings = settings;
        this.switches = switches;
        this.log = log;
        this.nat = new LaneNat(this);
        this.fragments = new LaneFragments(lane);
    }

    /** Gives it its part of the tables. Worker's thread, between batches. */
    public void tables(final ConnTable of4, final ConnTable of6, final int worker, final NatWorker translator, final FragmentStore store) {
        table4 = of4;
        table6 = of6;
        ipv4 = of4.worker(worker);
        ipv6 = of6.worker(worker);
        ipv4.sibling(ipv6);
        ipv6.sibling(ipv4);
        nat.worker(translator);
        fragments.store(store);
        lane.track(this);
    }

    /** What settles translations; null without tables. Worker's thread. */
    public NatWorker translator() {
        return nat.worker();
    }

    /** Writes to its log what happens to connections from now on, or does no more. With tables; worker's thread, between batches. */
    public void listen(final boolean isWanted) {
        listener = isWanted ? log : null;
        ipv4.setEvents(listener);
        ipv6.setEvents(listener);
    }

    /** Whether the worker sleeps: {@link #rest} came after the last {@link #begin}. */
    public boolean isAway() {
        return isAway;
    }

    @Override
    public void begin(final long nowNs) {
        isAway = false;
        ipv4.boundary(nowNs);
        ipv6.boundary(nowNs);
        if (listener != null) {
            log.begin(nowNs);
        }
    }

    @Override
    public void end() {
        tracker.end();
        if (eventBits != 0) {
            tellSlow();
        }
        if (pendingCount != 0) {
            settlePending();
        }
    }

    @Override
    public void tend(final long nowNs) {
        if (nowNs - tendedNs < TEND_INTERVAL_NS) {
            return;
        }
        // Of what a worker has slept through as much is made up for as takes no longer than some batches.
        final int slices = (int) Math.min(MAX_SLICES, (nowNs - tendedNs) / TEND_INTERVAL_NS);
        tendedNs = nowNs;
        begin(nowNs);
        final int blocks = Math.min(MAX_BLOCKS, slices * ((Math.max(table4.used(), table6.used()) >>> BLOCK_SHIFT) / SLICES + 1));
        ipv4.maintain(blocks);
        ipv6.maintain(blocks);
        fragments.tend(nowNs);
    }

    @Override
    public int heldFrames() {
        return fragments.waiting();
    }

    @Override
    public void rest() {
        isAway = true;
        ipv4.away();
        ipv6.away();
    }

    @Override
    public void hold(final Batch b, final int slot) {
        final long entry = b.connection[slot];
        if (ConnLayout.hasStatus(entry, ConnStatus.CONFIRMED)) {
            return;
        }
        if (b.connectionInfo[slot] != ConnInfo.NEW) {
            // An error about a connection that is not there yet; its first packet alone keeps it.
            b.connectionInfo[slot] = ConnInfo.NONE;
        } else {
            ConnLayout.setFlags(entry, ConnLayout.flags(entry) | ConnLayout.FLAG_HELD);
        }
    }

    @Override
    public boolean retake(final Batch b, final int slot, final int generation) {
        final long entry = b.connection[slot];
        final long state = ConnLayout.state(entry);
        if (ConnLayout.generationOf(state) != generation) {
            return false;
        }
        if ((ConnLayout.flags(entry) & ConnLayout.FLAG_HELD) != 0) {
            ConnLayout.setFlags(entry, ConnLayout.flags(entry) & ~ConnLayout.FLAG_HELD);
            pending[pendingCount++] = entry;
            return true;
        }
        return (state & (ConnLayout.IN_TABLE | ConnStatus.DYING)) == ConnLayout.IN_TABLE;
    }

    @Override
    public int generation(final Batch b, final int slot) {
        return ConnLayout.generation(b.connection[slot]);
    }

    /** Gives up fragments that wait. Worker's thread, between batches. */
    public void giveUpFragments() {
        fragments.end();
    }

    /** Whether a packet has a connection. */
    public static boolean hasConnection(final PacketView view) {
        return ConnInfo.hasConnection(view.batch().connectionInfo[view.slot()]);
    }

    /** Of a packet that has a connection: whether rules are to be asked how it is translated. */
    public boolean isOpen(final PacketView view, final boolean source) {
        return nat.isOpen(view.batch(), view.slot(), source);
    }

    /**
     * Of a packet that has a connection: translates it.
     *
     * @param source true for the source's half, false for the destination's
     * @param sent   true where this host sends: it may have to be routed again
     * @param leaves true where packets leave: a masqueraded connection that has moved to another device ends
     * @return why it is dropped, or null
     */
    public DropReason translate(final PacketView view, final boolean source, final boolean sent, final boolean leaves) {
        final Batch b = view.batch();
        final int slot = view.slot();
        if (leaves && nat.hasMoved(b, slot)) {
            tableOf(b.connection[slot]).kill(b.connection[slot]);
            return DropReason.CONNECTION_GONE;
        }
        if (!nat.settle(b, slot, source)) {
            return DropReason.NAT_EXHAUSTED;
        }
        final DropReason reason = nat.rewrite(b, slot, source);
        return reason == null && sent && LaneNat.isTurned(b, slot) ? lane.routeAgain(b, slot) : reason;
    }

    /** An entry's number. */
    int numberOf(final long entry) {
        return (ConnLayout.family(entry) == ConnLayout.FAMILY_IPV4 ? table4 : table6).number(entry);
    }

    /** The entry of a connection that was named across batches, or 0. */
    long entryOf(final boolean isIpv4, final int number, final int generation) {
        return (isIpv4 ? table4 : table6).entry(number, generation);
    }

    /** The table of a family: 4 or 6. */
    TableWorker table(final boolean isIpv4) {
        return isIpv4 ? ipv4 : ipv6;
    }

    /** The table that a packet's connection is in. */
    TableWorker tableOf(final long entry) {
        return ConnLayout.family(entry) == ConnLayout.FAMILY_IPV4 ? ipv4 : ipv6;
    }

    /** Whether another connection can begin in this batch. */
    boolean hasRoom() {
        return pendingCount < PENDING;
    }

    /** Whether a connection has begun in this batch, and may not be confirmed yet. */
    boolean hasBegun() {
        return pendingCount != 0;
    }

    /** A connection has begun. */
    void begun(final long entry) {
        pending[pendingCount++] = entry;
    }

    /** Whether somebody is told what happens. */
    boolean isHeard() {
        return listener != null;
    }

    /** Something has happened to a packet's connection: bits of {@link ConnEvents}. */
    void happened(final long entry, final int bits) {
        if (listener != null && bits != 0) {
            if (entry != eventEntry) {
                if (eventBits != 0) {
                    tellSlow();
                }
                eventEntry = entry;
            }
            eventBits |= bits;
        }
    }

    /** The packet has passed the last hook: what has happened to its connection is told. */
    void passed() {
        if (eventBits != 0) {
            tellSlow();
        }
    }

    private void tellSlow() {
        final long entry = eventEntry;
        final int bits = eventBits & ConnLayout.events(entry);
        eventBits = 0;
        eventEntry = 0;
        // Of a connection that never was, and of one that is over, nothing more is told.
        if (bits != 0 && listener != null
                && (ConnLayout.status(entry) & (ConnStatus.CONFIRMED | ConnStatus.DYING)) == ConnStatus.CONFIRMED) {
            listener.onEvent(entry, bits);
        }
    }

    private void settlePending() {
        for (int i = 0; i < pendingCount; i++) {
            final long entry = pending[i];
            if (!ConnLayout.hasStatus(entry, ConnStatus.CONFIRMED)
                    && (ConnLayout.flags(entry) & ConnLayout.FLAG_HELD) == 0) {
                tableOf(entry).free(entry);
            }
        }
        pendingCount = 0;
    }
}
