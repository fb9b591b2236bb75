package io.penstock.dataplane.hot.pipeline;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.hot.options.OptionState;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.Ipv6FragmentLayout;

/**
 * What the lane itself sends: ICMP errors, redirects, resets, fragments, copies. A packet of its own is made in a fresh frame and judged at
 * once, inside of the judgement of the packet that it is about: that is its place in the order.
 *
 * <p>Invariants:
 * <ol>
 *   <li>One level deep: while a packet of this originator's is under way, it makes no other. A lane has two: one answers, one copies, so
 *       that a copy can be answered and an answer copied, and no more.</li>
 *   <li>The views of hook functions under way stay where they are: the inner packet has views of its own.</li>
 *   <li>Between two packets every transmit queue is less than half full, so that the batch's own packets always fit.</li>
 * </ol>
 *
 * <p>Threads: the lane's worker.
 */
final class Originator {

    /** Bytes from a chunk's start to the frame: as in frames that were received, so that parked metadata has room. */
    private static final int HEADROOM_BYTES = 256;

    private final Lane lane;
    private final Batch spare = new Batch();
    private OriginObserver observer;
    private boolean busy;
    private int askedPort;
    private int flow;
    private boolean copies;
    private boolean hasLink;
    private int cameBy;
    private long optionState = OptionState.NONE;
    private int copyFlags;
    private int copyPort;
    private long connection;
    private int connectionInfo = ConnInfo.NONE;

    Originator(final Lane lane) {
        this.lane = lane;
    }

    void observe(final OriginObserver told) {
        observer = told;
    }

    /** True while a packet of the lane's own is under way. */
    boolean isBusy() {
        return busy;
    }

    /** What chooses among next hops for the message that is under way, the flow's that it is about. */
    int flow() {
        return flow;
    }

    /** True when there is a frame to make a packet in. */
    boolean hasFrame() {
        return lane.frames.count() != 0;
    }

    /** Takes a frame, which {@link #hasFrame} has promised; returns where the IP header goes. */
    long begin() {
        spare.frame[0] = lane.frames.pop() + HEADROOM_BYTES;
        return spare.frame[0] + EthernetLayout.HEADER_BYTES;
    }

    /** Bytes of the longest IP packet that there is room for where {@link #begin} says. */
    int room() {
        return (int) lane.chunkEnd(0) - HEADROOM_BYTES - EthernetLayout.HEADER_BYTES;
    }

    /** The port that the last packet that was sent was about. */
    int askedPort() {
        return askedPort;
    }

    /** True for the batch of its own packets. */
    boolean owns(final Batch b) {
        return b == spare;
    }

    /** Notes by which port a packet of its own leaves, where that is not known before. */
    void leaves(final Batch b, final int port) {
        if (copies && b == spare) {
            askedPort = port;
        }
    }

    /** True when the last packet was a copy with the link header of what was copied. */
    boolean hasLink() {
        return hasLink;
    }

    /** What the IPv4 options of the packet asked for that was copied, if they had been looked at by then. */
    long optionState(final Batch b) {
        return copies && b == spare ? optionState : OptionState.NONE;
    }

    /** The port that a packet came by; of a copy that is under way, that what was copied came by. */
    int cameBy(final Batch b, final int slot) {
        return copies && b == spare ? cameBy : b.inPort[slot];
    }

    /** Gives the frame back. */
    void cancel() {
        lane.frames.push(spare.frame[0]);
    }

    /**
     * Sends the IP packet that was written after {@link #begin}, as this host's sockets would.
     *
     * @param port the port whose link a link-local destination is on
     * @param hash what chooses among next hops, so that the way is the one that the source address was chosen for
     */
    void send(
            final int bytes, final int etherType, final int port, final int hash, final int mark, final long nowNs) {
        flow = hash;
        askedPort = port;
        final Batch b = spare;
        final long frame = b.frame[0];
        b.length[0] = EthernetLayout.HEADER_BYTES + bytes;
        if (!copies || !hasLink) {
            EthernetLayout.setAddresses(frame, 0, 0);
        }
        EthernetLayout.setEtherType(frame, etherType);
        b.inPort[0] = Batch.FROM_HOST;
        b.outPort[0] = port;
        b.mark[0] = mark;
        b.uid[0] = -1;
        enter(b, nowNs);
        lane.program().output(lane, b);
        connectionInfo = ConnInfo.NONE;
        leave(b);
    }

    /**
     * Hands the IP packet that was written after {@link #begin} to this host, past all hooks, as if it had come in by a port.
     *
     * @param protocol its transport protocol, whose header follows a header without options
     */
    void deliver(
            final int bytes, final int etherType, final int protocol, final int port, final int mark, final long nowNs) {
        final Batch b = spare;
        final long frame = b.frame[0];
        b.length[0] = EthernetLayout.HEADER_BYTES + bytes;
        EthernetLayout.setAddresses(frame, 0, 0);
        EthernetLayout.setEtherType(frame, etherType);
        b.network[0] = EthernetLayout.HEADER_BYTES;
        b.protocol[0] = protocol;
        b.inPort[0] = port;
        b.flags[0] = 0;
        b.mark[0] = mark;
        b.uid[0] = -1;
        b.connectionInfo[0] = ConnInfo.NONE;
        b.outcome[0] = Outcome.NONE;
        enter(b, nowNs);
        TransmitStep.deliver(lane, b, 0);
        leave(b);
    }

    /**
     * Sends the copy that was written after {@link #begin}.
     *
     * @param link   whether the link header of what was copied was written in front of it
     * @param inPort the port that what was copied came by, or {@link Batch#FROM_HOST}
     * @param options what the IPv4 options of what was copied ask for ({@code OptionState})
     * @param high   the gateway's first half, as the table has it; of IPv4 0
     * @param low    its other half; of IPv4 all
     * @param port   the port that the copy must leave by, or {@link Batch#NO_PORT}
     * @param traced whether the rules that take it are told about
     */
    void sendCopy(
            final int bytes,
            final int etherType,
            final boolean link,
            final int inPort,
            final long options,
            final long high,
            final long low,
            final int port,
            final int mark,
            final boolean traced,
            final long nowNs) {
        spare.gatewayHigh[0] = high;
        spare.gatewayLow[0] = low;
        copies = true;
        connectionInfo = ConnInfo.UNTRACKED;
        hasLink = link;
        cameBy = inPort;
        optionState = options;
        copyFlags = traced ? Batch.TO_GATEWAY | Batch.TRACED : Batch.TO_GATEWAY;
        copyPort = port;
        send(bytes, etherType, Batch.NO_PORT, 0, mark, nowNs);
        copies = false;
    }

    /** Says of a packet of its own that has been parsed what headers do not say. */
    void mark(final Batch b) {
        if (b == spare) {
            b.connection[0] = connection;
            b.connectionInfo[0] = connectionInfo;
            if (copies) {
                b.flags[0] |= copyFlags;
                b.outPort[0] = copyPort;
            }
        }
    }

    /** Lets the next packet be part of the connection of a packet that it answers. Source: nf_conntrack_core.c, nf_conntrack_attach. */
    void attach(final Batch to, final int slot) {
        final int info = to.connectionInfo[slot];
        if (ConnInfo.hasConnection(info)) {
            connection = to.connection[slot];
            connectionInfo = ConnInfo.direction(info) == ConnDirection.ORIGINAL ? ConnInfo.RELATED_REPLY : ConnInfo.RELATED;
        } else if (info == ConnInfo.UNTRACKED) {
            connectionInfo = ConnInfo.SETTLED;
        }
    }

    /** Sends a fragment of a slot's packet, written after {@link #begin}, where the packet goes: past all hooks but EGRESS. */
    void sendFragment(final int bytes, final Batch of, final int slot, final boolean isFirst) {
        final int transport = isFirst ? firstTransport(EthernetLayout.HEADER_BYTES + bytes, of, slot) : EthernetLayout.HEADER_BYTES + bytes;
        sendPart(bytes, of, slot, transport, isFirst ? Batch.FRAGMENT : Batch.FRAGMENT | Batch.LATER_FRAGMENT);
    }

    /** Sends what a slot's packet has become, written whole after {@link #begin}, in the same way. */
    void sendWhole(final int bytes, final Batch of, final int slot) {
        sendPart(bytes, of, slot, EthernetLayout.HEADER_BYTES + of.transport[slot] - of.network[slot], 0);
    }

    private void sendPart(final int bytes, final Batch of, final int slot, final int transport, final int flags) {
        final Batch b = spare;
        b.length[0] = EthernetLayout.HEADER_BYTES + bytes;
        b.network[0] = EthernetLayout.HEADER_BYTES;
        b.transport[0] = transport;
        if ((of.flags[slot] & Batch.HOST_ROUTED) != 0) {
            Memory.copy(of.frame[slot], b.frame[0], EthernetLayout.HEADER_BYTES);
        }
        b.family[0] = of.family[slot];
        b.protocol[0] = of.protocol[slot];
        b.inPort[0] = of.inPort[slot];
        b.outPort[0] = of.outPort[slot];
        b.flags[0] = of.flags[slot] & (Batch.DECREMENTED | Batch.REROUTED | Batch.LINK_MULTICAST | Batch.HOST_ROUTED) | flags;
        b.mark[0] = of.mark[slot];
        b.uid[0] = of.uid[slot];
        b.adjacency[0] = of.adjacency[slot];
        b.connectionInfo[0] = ConnInfo.NONE;
        b.outcome[0] = Outcome.NONE;
        enter(b, of.nowNs);
        final int list = HookList.postRouting(b.family[0]);
        lane.program().resume(lane, b, 0, list, lane.program().functions(list));
        leave(b);
    }

    /** Behind the fragment header, which IPv6 has; or the end, where extension headers fill the first fragment. */
    private static int firstTransport(final int length, final Batch of, final int slot) {
        final int added = of.family[slot] == Family.IPV6.number() ? Ipv6FragmentLayout.HEADER_BYTES : 0;
        return Math.min(length, EthernetLayout.HEADER_BYTES + of.transport[slot] - of.network[slot] + added);
    }

    private void enter(final Batch b, final long nowNs) {
        Regions.window(b.frame[0], b.length[0]);
        b.count = 1;
        b.nowNs = nowNs;
        busy = true;
        lane.counters.originated++;
        lane.enterViews();
    }

    private void leave(final Batch b) {
        lane.leaveViews();
        busy = false;
        lane.flushHalfFull();
        if (observer != null) {
            observer.originated(b, 0);
        }
    }
}
