package io.penstock.dataplane.hot.connections;

import io.penstock.conntrack.hot.frag.ExpiredFragment;
import io.penstock.conntrack.hot.frag.FragmentResult;
import io.penstock.conntrack.hot.frag.FragmentStore;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.GatheredPackets;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.ParseStep;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * A lane's fragments, until they are packets.
 *
 * <p>Invariants: a fragment that waits is counted as gathered; one that has waited in vain is counted as dropped instead.
 *
 * <p>Source: nf_defrag_ipv4.c, nf_defrag_ipv6_hooks.c, ip_fragment.c ip_expire.
 *
 * <p>Threads: the lane's worker.
 */
final class LaneFragments {

    /** The packet goes on: it is no fragment, or has been put together, or is none that can be. */
    static final int ACCEPT = 0;
    /** Its frame waits for others. */
    static final int TAKEN = 1;
    /** It is dropped for {@link #reason}. */
    static final int DROP = 2;
    /** It was put together, and dropped and counted as what it is then. */
    static final int ENDED = 3;

    /** Who gathers: fragments that came in, and such that this host sends. */
    private static final int RECEIVED = 0;
    private static final int SENT = 1;

    /** Packets that are given up at a time. Unit: packets, a millisecond. */
    private static final int EXPIRED_AT_ONCE = 16;
    private static final int IPV4 = Family.IPV4.number();
    private static final int IPV4_VERSION = 4;

    private final Lane lane;
    private final Batch late = new Batch();
    private FragmentStore store;
    private DropReason reason;
    private int waiting;

    LaneFragments(final Lane lane) {
        this.lane = lane;
    }

    void store(final FragmentStore value) {
        store = value;
    }

    /** How many frames wait. */
    int waiting() {
        return waiting;
    }

    /** Why the last fragment is dropped. */
    DropReason reason() {
        return reason;
    }

    /** Takes a packet that {@link #mayBeFragment}: one of this class's constants. */
    int gather(final Batch b, final int slot, final boolean received) {
        final int user = received ? RECEIVED : SENT;
        final int result = b.family[slot] == IPV4
                ? store.add4(b.frame[slot], b.network[slot], b.length[slot], b.nowNs, user, 0, b.inPort[slot])
                : store.add6(b.frame[slot], b.network[slot], b.length[slot], b.nowNs, user, b.inPort[slot]);
        if (result == FragmentResult.PASS) {
            return ACCEPT;
        }
        if (result == FragmentResult.WHOLE) {
            waiting++;
            return join(b, slot);
        }
        release(DropReason.FRAGMENT_OTHERS);
        if (result == FragmentResult.HELD) {
            lane.gathered(b, slot);
            waiting++;
            return TAKEN;
        }
        reason = result == FragmentResult.DUPLICATE ? DropReason.FRAGMENT_DUPLICATE
                : result == FragmentResult.NO_MEMORY || result == FragmentResult.NO_ROOM ? DropReason.FRAGMENT_NO_ROOM
                        : DropReason.FRAGMENT_INVALID;
        return DROP;
    }

    /** Whether the store is to look at a packet. Of IPv6, whatever has extension headers: the store looks for a fragment header where others see none. */
    static boolean mayBeFragment(final Batch b, final int slot) {
        return (b.flags[slot] & (Batch.FRAGMENT | Batch.NO_TRANSPORT)) != 0
                || b.family[slot] != IPV4 && b.transport[slot] - b.network[slot] != Ipv6Layout.HEADER_BYTES;
    }

    /** The last one has come. */
    private int join(final Batch b, final int slot) {
        final boolean hasRoom = lane.frames.largeCount() != 0 && store.wholeLength() <= GatheredPackets.CAPACITY;
        if (!hasRoom) {
            store.copyTo(0, 0, 0);
            // This one's frame is among those that are given back.
            final int count = giveBack();
            lane.counters.gathered -= count - 1;
            lane.counters.dropped[DropReason.FRAGMENT_NO_ROOM.id()] += count - 1;
            lane.dropped(b, slot, DropReason.FRAGMENT_NO_ROOM);
            return ENDED;
        }
        final long large = lane.frames.popLarge();
        final long frame = large + GatheredPackets.HEADROOM_BYTES;
        Regions.window(large, GatheredPackets.LARGE_BYTES);
        b.length[slot] = store.copyTo(frame, GatheredPackets.CAPACITY, GatheredPackets.plan(large));
        b.frame[slot] = frame;
        giveBack();
        if (!ParseStep.again(lane, b, slot)) {
            return ENDED;
        }
        b.flags[slot] |= Batch.GATHERED;
        return ACCEPT;
    }

    /** Gives packets up whose time is over. Between batches. */
    void tend(final long nowNs) {
        for (int i = 0; i < EXPIRED_AT_ONCE; i++) {
            final int what = store.expire(nowNs);
            if (what == FragmentStore.NOTHING) {
                return;
            }
            if (what == FragmentStore.EXPIRED_WITH_FIRST && store.expired().user() == RECEIVED) {
                tell(store.expired(), nowNs);
            }
            release(DropReason.FRAGMENT_LATE);
        }
    }

    private void tell(final ExpiredFragment first, final long nowNs) {
        final boolean isIpv4 = first.family() == IPV4_VERSION;
        if (!isIpv4 || isOurs(Ipv4Layout.destination(first.frame() + first.network()))) {
            GatheredPackets.tellLate(
                    lane, late, first.frame(), first.length(), first.device(), isIpv4, nowNs);
        }
    }

    private boolean isOurs(final int address) {
        final long head = AdjacencyLayout.headAcquire(lane.fib.adjacency(lane.fib.lookup4(address)));
        return AdjacencyLayout.kind(head) == AdjacencyKind.LOCAL;
    }

    /** Drops what the store has given up. */
    private void release(final DropReason why) {
        final int count = giveBack();
        if (count != 0) {
            lane.counters.gathered -= count;
            lane.counters.dropped[why.id()] += count;
        }
    }

    private int giveBack() {
        int count = 0;
        for (long frame = store.takeReleased(); frame != 0; frame = store.takeReleased()) {
            lane.frames.push(frame);
            waiting--;
            count++;
        }
        return count;
    }

    /** Gives all up. */
    void end() {
        store.giveUpAll();
        release(DropReason.FRAGMENT_LATE);
    }
}
