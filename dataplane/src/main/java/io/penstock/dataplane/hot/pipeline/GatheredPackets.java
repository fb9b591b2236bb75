package io.penstock.dataplane.hot.pipeline;

import io.penstock.conntrack.hot.frag.Gathered4;
import io.penstock.conntrack.hot.frag.Gathered6;
import io.penstock.conntrack.hot.frag.GatheredPlan;
import io.penstock.dataplane.api.Family;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.ring.FrameStack;

/**
 * Packets that were put together of fragments: each is in a large frame, with a plan of the fragments that it came in behind it, and leaves in the like.
 *
 * <p>Source: net/ipv4/ip_forward.c ip_exceeds_mtu, net/ipv4/ip_output.c ip_fragment, net/ipv6/ip6_output.c ip6_pkt_too_big, ip6_finish_output.
 *
 * <p>Threads: the lane's worker.
 */
public final class GatheredPackets {

    /** Where in a large frame the link header is: as in frames that were received, so that parked metadata has room. */
    public static final int HEADROOM_BYTES = 256;

    /** Where in a large frame the plan is. */
    private static final int PLAN_OFFSET = 3 << 15;

    /** Bytes of a large frame that are used: the packet, and its plan behind it. */
    public static final int LARGE_BYTES = (int) FrameStack.LARGE_FRAME_BYTES;

    /** How many bytes a packet may have with its link header. */
    public static final int CAPACITY = PLAN_OFFSET - HEADROOM_BYTES;

    private static final int IPV4 = Family.IPV4.number();

    private GatheredPackets() {
    }

    /** Lets checked mode see all of a packet's memory that is used, after its length or its place has changed. */
    static void window(final Batch b, final int slot) {
        if ((b.flags[slot] & Batch.GATHERED) != 0) {
            Regions.window(b.frame[slot] & -FrameStack.LARGE_FRAME_BYTES, LARGE_BYTES);
        } else {
            Regions.window(b.frame[slot], b.length[slot]);
        }
    }

    /** Where the plan of a packet in a large frame is. */
    public static long plan(final long largeFrame) {
        return (largeFrame & -FrameStack.LARGE_FRAME_BYTES) + PLAN_OFFSET;
    }

    /** Whether a packet may leave by a path: a sender that forbids fragments wants to know when the largest that came in is too large. */
    static boolean fits(final Batch b, final int slot, final int mtu) {
        final boolean isAnnounced = b.family[slot] != IPV4
                || (Ipv4Layout.fragmentWord(b.frame[slot] + b.network[slot]) & Ipv4Layout.DONT_FRAGMENT) != 0;
        return !isAnnounced || GatheredPlan.largest(plan(b.frame[slot])) <= mtu;
    }

    /** Sends a packet in fragments, or drops it. */
    static void leave(final Lane lane, final Batch b, final int slot, final int mtu) {
        final long ip = b.frame[slot] + b.network[slot];
        final int bytes = b.length[slot] - b.network[slot];
        final long plan = plan(b.frame[slot]);
        final boolean isIpv4 = b.family[slot] == IPV4;
        final int count = isIpv4 ? Gathered4.count(plan, ip, bytes, mtu) : Gathered6.count(plan, ip, bytes, mtu);
        if (count == (isIpv4 ? Gathered4.TOO_BIG : Gathered6.TOO_BIG)) {
            refuse(lane, b, slot, mtu, isIpv4);
            return;
        }
        final boolean isWhole = !isIpv4 && count == Gathered6.AS_IT_IS;
        if (count == 0 || lane.originator.isBusy() || lane.frames.count() < count) {
            lane.drop(b, slot, DropReason.FRAGMENT_FAILED);
            return;
        }
        if (isWhole) {
            final long to = lane.originator.begin();
            Memory.copy(ip, to, bytes);
            lane.originator.sendWhole(bytes, b, slot);
        } else {
            for (int k = 0; k < count; k++) {
                final long to = lane.originator.begin();
                final int written = isIpv4 ? Gathered4.write(to, plan, ip, bytes, mtu, k)
                        : Gathered6.write(to, plan, ip, bytes, k, GatheredPlan.identification(plan));
                lane.originator.sendFragment(written, b, slot, k == 0);
            }
        }
        b.outcome[slot] = Outcome.FRAGMENTED;
        lane.counters.fragmented++;
        lane.free(b, slot);
    }

    private static void refuse(final Lane lane, final Batch b, final int slot, final int mtu, final boolean isIpv4) {
        if (isIpv4) {
            lane.errors4.send(b, slot, IcmpLayout.DESTINATION_UNREACHABLE, IcmpLayout.CODE_FRAGMENTATION_NEEDED, mtu);
        } else {
            lane.errors6.send(b, slot, Icmpv6Layout.PACKET_TOO_BIG, 0, mtu, b.outPort[slot]);
        }
        lane.drop(b, slot, DropReason.MTU_EXCEEDED);
    }

    /**
     * Tells the sender of fragments that the others did not come in time.
     *
     * @param b a batch of the caller's, for the first fragment
     */
    public static void tellLate(
            final Lane lane,
            final Batch b,
            final long frame,
            final int length,
            final int port,
            final boolean isIpv4,
            final long nowNs) {
        b.count = 1;
        b.nowNs = nowNs;
        b.frame[0] = frame;
        b.length[0] = length;
        b.inPort[0] = port;
        b.outPort[0] = Batch.NO_PORT;
        b.mark[0] = 0;
        b.uid[0] = -1;
        ParseStep.quote(lane, b, 0, isIpv4);
        RouteStep.lookup(lane, b, 0);
        lane.enter(nowNs);
        if (isIpv4) {
            lane.errors4.send(b, 0, IcmpLayout.TIME_EXCEEDED, IcmpLayout.CODE_REASSEMBLY_EXCEEDED, 0);
        } else {
            lane.errors6.send(b, 0, Icmpv6Layout.TIME_EXCEEDED, Icmpv6Layout.CODE_REASSEMBLY_EXCEEDED, 0, port);
        }
        lane.leave();
    }
}
