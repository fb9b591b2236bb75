package io.penstock.perf.connections;

import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.hot.packet.UdpLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The packets of made-up flows: those that establish a connection, in their order, and those that come as often as one likes then. Every run makes the same.
 *
 * <p>Threads: one.
 */
public final class ConnectionFlows implements AutoCloseable {

    /** Both ports' Ethernet address: locally administered. */
    public static final long MAC = 0x0200_0000_0001L;
    /** Those of both neighbours. */
    public static final long SENDER_MAC = 0x0200_0000_0002L;
    /** Ethernet's least, without check sequence. */
    private static final int LEAST_FRAME_BYTES = 60;
    static final int CLIENT_SEQUENCE = 1_000;
    static final int SERVER_SEQUENCE = 5_000;

    private final boolean ipv6;
    private final int frameBytes;
    private final ConnectionMix mix;
    private final TranslatedEnds translated;
    private final List<FlowFrames> establishing = new ArrayList<>();
    private final FlowFrames requests;
    private final FlowFrames replies;

    /**
     * Flows of a mix.
     *
     * @param protocol TCP or UDP
     * @param flows    that are answered
     */
    public ConnectionFlows(
            final ConnectionMix mix, final boolean ipv6, final int protocol, final int frameBytes, final int flows) {
        this.mix = mix;
        this.ipv6 = ipv6;
        this.frameBytes = frameBytes;
        this.translated = new TranslatedEnds(mix.isAnswered() ? flows : 1);
        if (protocol == IpProtocol.UDP) {
            requests = frames(Segment.udp(), false);
            replies = frames(Segment.udp(), true);
            establishing.addAll(List.of(requests, replies));
            return;
        }
        final int data = Math.max(0, frameBytes - minFrameBytes(ipv6, IpProtocol.TCP));
        final int client = CLIENT_SEQUENCE + 1;
        final int server = SERVER_SEQUENCE + 1;
        establishing.add(frames(new Segment(TcpLayout.SYN, CLIENT_SEQUENCE, 0, 0), false));
        if (mix.isAnswered()) {
            establishing.add(frames(new Segment(TcpLayout.SYN | TcpLayout.ACK, SERVER_SEQUENCE, client, 0), true));
            establishing.add(frames(new Segment(TcpLayout.ACK, client, server, data), false));
            // What comes later acknowledges what has come: all of it was sent by then.
            replies = frames(new Segment(TcpLayout.ACK, server, client + data, data), true);
            requests = frames(new Segment(TcpLayout.ACK, client, server + data, data), false);
            establishing.add(replies);
            establishing.add(requests);
        } else {
            requests = establishing.getFirst();
            replies = null;
        }
    }

    /** The smallest frame of Ethernet, or else of a family's protocol. */
    public static int minFrameBytes(final boolean ipv6, final int protocol) {
        final int least = EthernetLayout.HEADER_BYTES + (ipv6 ? Ipv6Layout.HEADER_BYTES : Ipv4Layout.HEADER_BYTES)
                + (protocol == IpProtocol.TCP ? TcpLayout.HEADER_BYTES : UdpLayout.HEADER_BYTES);
        return Math.max(LEAST_FRAME_BYTES, least);
    }

    /** What a TCP segment over IPv4 has in front of its data. */
    static int tcpHeaderBytes() {
        return EthernetLayout.HEADER_BYTES + Ipv4Layout.HEADER_BYTES + TcpLayout.HEADER_BYTES;
    }

    /** The packets that establish a connection, in their order. */
    public List<FlowFrames> establishing() {
        return establishing;
    }

    /** What clients send then; or where connections are only begun, what begins them. */
    public FlowFrames requests() {
        return requests;
    }

    /** What servers send then. */
    public FlowFrames replies() {
        return replies;
    }

    @Override
    public void close() {
        establishing.forEach(FlowFrames::close);
        translated.close();
    }

    private FlowFrames frames(final Segment segment, final boolean reply) {
        final long server = mix.translatesDestination() ? FlowNetwork.VIRTUAL_PREFIX : FlowNetwork.SERVER_PREFIX;
        final long client = mix.translatesSource() ? FlowNetwork.PUBLIC_PREFIX : FlowNetwork.CLIENT_PREFIX;
        final FrameTemplate template = reply
                ? new FrameTemplate(ipv6, segment, frameBytes, MAC, SENDER_MAC, FlowNetwork.SERVER_PREFIX, client)
                : new FrameTemplate(ipv6, segment, frameBytes, MAC, SENDER_MAC, FlowNetwork.CLIENT_PREFIX, server);
        return new TrackedFrames(template, mix, reply, translated);
    }
}
