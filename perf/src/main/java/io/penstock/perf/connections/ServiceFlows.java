package io.penstock.perf.connections;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.TcpLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The packets of made-up flows between clients and a virtual service, as {@link ConnectionFlows} has those of others.
 *
 * <p>Threads: one.
 */
public final class ServiceFlows implements AutoCloseable {

    private final boolean ipv6;
    private final int frameBytes;
    private final int servers;
    private final ServiceMix mix;
    private final TranslatedEnds destinations;
    private final TranslatedEnds sources;
    private final List<FlowFrames> establishing = new ArrayList<>();
    private final FlowFrames greetings;
    private final FlowFrames requests;
    private final FlowFrames replies;

    /**
     * Flows of a mix.
     *
     * @param protocol TCP or UDP
     * @param flows    that are established
     * @param servers  of the service
     */
    public ServiceFlows(
            final ServiceMix mix, final boolean ipv6, final int protocol, final int frameBytes, final int flows, final int servers) {
        this.mix = mix;
        this.ipv6 = ipv6;
        this.frameBytes = frameBytes;
        this.servers = servers;
        this.destinations = new TranslatedEnds(mix.isAnswered() ? flows : 1);
        this.sources = new TranslatedEnds(mix == ServiceMix.FULLNAT ? flows : 1);
        this.greetings = new ServerGreetings(ipv6);
        if (protocol == IpProtocol.UDP) {
            requests = frames(Segment.udp(), false);
            replies = mix.isAnswered() ? frames(Segment.udp(), true) : null;
            add(requests, replies);
            return;
        }
        final int data = Math.max(0, frameBytes - ConnectionFlows.minFrameBytes(ipv6, IpProtocol.TCP));
        final int client = ConnectionFlows.CLIENT_SEQUENCE + 1;
        final int server = ConnectionFlows.SERVER_SEQUENCE + 1;
        final FlowFrames first = frames(new Segment(TcpLayout.SYN, ConnectionFlows.CLIENT_SEQUENCE, 0, 0), false);
        if (!mix.isEstablished()) {
            requests = first;
            replies = null;
            add(first);
            return;
        }
        replies = mix.isAnswered() ? frames(new Segment(TcpLayout.ACK, server, client + data, data), true) : null;
        requests = frames(new Segment(TcpLayout.ACK, client, server + data, data), false);
        add(first, mix.isAnswered() ? frames(new Segment(TcpLayout.SYN | TcpLayout.ACK, ConnectionFlows.SERVER_SEQUENCE, client, 0), true) : null,
                frames(new Segment(TcpLayout.ACK, client, server, data), false), replies, requests);
    }

    /** What a tunnel's packets have in front of them: another IP header. */
    public static int overheadBytes(final ServiceMix mix, final boolean ipv6) {
        return mix != ServiceMix.TUNNEL ? 0 : ipv6 ? Ipv6Layout.HEADER_BYTES : Ipv4Layout.HEADER_BYTES;
    }

    /** A packet to each server, of no service. */
    public FlowFrames greetings() {
        return greetings;
    }

    /** The packets that establish a connection, in their order. */
    public List<FlowFrames> establishing() {
        return establishing;
    }

    /** What clients send then; or where connections are only begun, what begins them. */
    public FlowFrames requests() {
        return requests;
    }

    /** What servers send then; null where they do not send it here. */
    public FlowFrames replies() {
        return replies;
    }

    @Override
    public void close() {
        greetings.close();
        establishing.forEach(FlowFrames::close);
        destinations.close();
        sources.close();
    }

    private void add(final FlowFrames... packets) {
        for (final FlowFrames each : packets) {
            if (each != null) {
                establishing.add(each);
            }
        }
    }

    private FlowFrames frames(final Segment segment, final boolean reply) {
        final FrameTemplate template = reply
                ? new FrameTemplate(ipv6, segment, frameBytes, ConnectionFlows.MAC, ConnectionFlows.SENDER_MAC, FlowNetwork.SERVER_PREFIX,
                        mix == ServiceMix.FULLNAT ? FlowNetwork.SERVER_PREFIX : FlowNetwork.CLIENT_PREFIX)
                : new FrameTemplate(ipv6, segment, frameBytes, ConnectionFlows.MAC, ConnectionFlows.SENDER_MAC, FlowNetwork.CLIENT_PREFIX,
                        FlowNetwork.VIRTUAL_PREFIX);
        return new ServiceFrames(template, mix, reply, overheadBytes(mix, ipv6), servers, destinations, sources);
    }
}
