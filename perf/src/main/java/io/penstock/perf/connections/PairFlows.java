package io.penstock.perf.connections;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.TcpLayout;
import java.util.List;

/**
 * The packets of connections between one client and one server: those that establish them, in their order, and for each frame size those that
 * come as often as one likes then.
 *
 * <p>Threads: one.
 */
public final class PairFlows implements AutoCloseable {

    private final int protocol;
    private final PortPairs pairs;
    private final TranslatedEnds translated;
    private final List<FlowFrames> establishing;

    /**
     * Connections.
     *
     * @param protocol   TCP or UDP
     * @param translates whether the client's address is translated
     */
    public PairFlows(final int protocol, final boolean translates, final PortPairs pairs) {
        this.protocol = protocol;
        this.pairs = pairs;
        translated = translates ? new TranslatedEnds(pairs.count()) : null;
        final int bytes = ConnectionFlows.minFrameBytes(false, protocol);
        final int client = ConnectionFlows.CLIENT_SEQUENCE;
        final int server = ConnectionFlows.SERVER_SEQUENCE;
        establishing = protocol == IpProtocol.UDP
                ? List.of(frames(Segment.udp(), bytes, false), frames(Segment.udp(), bytes, true))
                : List.of(frames(new Segment(TcpLayout.SYN, client, 0, 0), bytes, false),
                        frames(new Segment(TcpLayout.SYN | TcpLayout.ACK, server, client + 1, 0), bytes, true),
                        frames(new Segment(TcpLayout.ACK, client + 1, server + 1, 0), bytes, false));
    }

    /** The packets that establish a connection, in their order. The first alone begins it. */
    public List<FlowFrames> establishing() {
        return establishing;
    }

    /** What a client sends, or a server, once the connection is established. The caller closes it. */
    public FlowFrames traffic(final int frameBytes, final boolean reply) {
        if (protocol == IpProtocol.UDP) {
            return frames(Segment.udp(), frameBytes, reply);
        }
        final int client = ConnectionFlows.CLIENT_SEQUENCE + 1;
        final int server = ConnectionFlows.SERVER_SEQUENCE + 1;
        final int data = Math.max(0, frameBytes - ConnectionFlows.tcpHeaderBytes());
        // The same segment over and over: a segment that is sent again, as far as a tracker is concerned.
        return frames(new Segment(TcpLayout.ACK, reply ? server : client, reply ? client : server, data), frameBytes, reply);
    }

    @Override
    public void close() {
        establishing.forEach(FlowFrames::close);
        if (translated != null) {
            translated.close();
        }
    }

    private FlowFrames frames(final Segment segment, final int frameBytes, final boolean reply) {
        return new PairFrames(new FrameTemplate(false, segment, frameBytes, ConnectionFlows.MAC, ConnectionFlows.SENDER_MAC, 0, 0), pairs, reply,
                translated);
    }
}
