package io.penstock.perf.bench.peer;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.connections.ConnectionFlows;
import io.penstock.perf.connections.ConnectionMix;
import io.penstock.perf.connections.FlowOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;

/**
 * The packets that a peer is given: those that the engine is given, UDP over IPv4.
 *
 * <p>Where they are tracked the clients' packets establish connections first, in another order than that of the traffic, and what the peer has translated
 * them to, by its own listing, tells what the servers' packets have to look like: then those of both directions come.
 *
 * <p>Threads: one at a time.
 */
public final class PeerTraffic implements AutoCloseable {

    private final Frames requests;
    private final ConnectionMix mix;
    private final int rulesBetween;
    /** Null for forwarding alone. */
    private final ConnectionFlows flows;
    private Frames replies;

    private PeerTraffic(final Frames requests, final ConnectionMix mix, final int rulesBetween, final ConnectionFlows flows) {
        this.requests = requests;
        this.mix = mix;
        this.rulesBetween = rulesBetween;
        this.flows = flows;
    }

    /** Packets of flows, one of each, to be forwarded. */
    public static PeerTraffic plain(final int count, final int frameBytes, final IntToLongFunction address) {
        final Frames requests = new Frames(count, frameBytes);
        for (int i = 0; i < count; i++) {
            Memory.copy(address.applyAsLong(i), requests.address(i), frameBytes);
        }
        return new PeerTraffic(requests, null, 0, null);
    }

    /** Packets of flows that are tracked, or translated. */
    public static PeerTraffic tracked(final ConnectionMix mix, final int rulesBetween, final int count, final int frameBytes) {
        final ConnectionFlows flows = new ConnectionFlows(mix, false, IpProtocol.UDP, frameBytes, count);
        final Frames requests = new Frames(count, frameBytes);
        for (int i = 0; i < count; i++) {
            flows.requests().write(i, requests.address(i));
        }
        return new PeerTraffic(requests, mix, rulesBetween, flows);
    }

    /** What becomes of them; null for forwarding alone. */
    ConnectionMix mix() {
        return mix;
    }

    boolean isTracked() {
        return mix != null;
    }

    /** Rules that take none of them, behind the one for what is established. */
    int rulesBetween() {
        return rulesBetween;
    }

    int count() {
        return requests.count();
    }

    int frameBytes() {
        return requests.bytes();
    }

    /** What clients send, flow by flow. */
    Frames requests() {
        return requests;
    }

    /** The order in which requests come. */
    FlowOrder requestOrder() {
        return FlowOrder.straight(0, count());
    }

    /** The order in which they establish connections. */
    FlowOrder establishingOrder() {
        return FlowOrder.scattered(count());
    }

    /** The order in which replies come: half of all flows behind the requests. */
    FlowOrder replyOrder() {
        return FlowOrder.straight(count() / 2, count());
    }

    /** The address of the port that receives all of this. */
    long mac() {
        return EthernetLayout.destination(requests.address(0));
    }

    /** What servers send, flow by flow, once it is known what the peer has made of the requests; refuses what those cannot have become. */
    Frames replies(final List<TranslatedFlow> translated) {
        if (translated.size() != count()) {
            throw new BenchException("not every flow has its connection: connections=" + translated.size() + " flows=" + count());
        }
        final Map<Integer, TranslatedFlow> byClient = new HashMap<>(2 * count());
        translated.forEach(flow -> byClient.put(flow.client(), flow));
        if (replies == null) {
            replies = new Frames(count(), frameBytes());
        }
        try (Frames scratch = new Frames(1, frameBytes())) {
            for (int i = 0; i < count(); i++) {
                depart(i, byClient, scratch.address(0));
                flows.replies().write(i, replies.address(i));
            }
        }
        return replies;
    }

    private void depart(final int number, final Map<Integer, TranslatedFlow> byClient, final long frame) {
        Memory.copy(requests.address(number), frame, frameBytes());
        final long ip = frame + EthernetLayout.HEADER_BYTES;
        final long udp = ip + Ipv4Layout.HEADER_BYTES;
        final TranslatedFlow flow = byClient.get(Ipv4Layout.source(ip));
        if (flow != null) {
            Ipv4Layout.setSource(ip, flow.source());
            Ipv4Layout.setDestination(ip, flow.destination());
            UdpLayout.setSourcePort(udp, flow.sourcePort());
            UdpLayout.setDestinationPort(udp, flow.destinationPort());
        }
        if (flow == null || !flows.requests().departed(number, frame)) {
            throw new BenchException("a flow has become what its rules do not make of it: flow=" + number + " connection=" + flow);
        }
    }

    @Override
    public void close() {
        requests.close();
        if (replies != null) {
            replies.close();
        }
        if (flows != null) {
            flows.close();
        }
    }
}
