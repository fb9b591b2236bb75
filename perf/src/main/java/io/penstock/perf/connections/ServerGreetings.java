package io.penstock.perf.connections;

import io.penstock.os.hot.packet.IpProtocol;

/**
 * Packets to servers themselves, one for each, of no service: who has sent one knows its neighbour.
 *
 * <p>Threads: one.
 */
final class ServerGreetings implements FlowFrames {

    /** Discard: no service of the measured host's. */
    private static final int PORT = 9;

    private final FrameTemplate template;

    ServerGreetings(final boolean ipv6) {
        template = new FrameTemplate(ipv6, Segment.udp(), ConnectionFlows.minFrameBytes(ipv6, IpProtocol.UDP), ConnectionFlows.MAC,
                ConnectionFlows.SENDER_MAC, FlowNetwork.CLIENT_PREFIX, FlowNetwork.SERVER_PREFIX);
    }

    @Override
    public boolean isReply() {
        return false;
    }

    @Override
    public int frameBytes() {
        return template.frameBytes();
    }

    @Override
    public void write(final long flow, final long to) {
        template.write(to, FlowNetwork.client(flow), ServiceNetwork.SERVERS + (int) flow, PORT, PORT);
    }

    @Override
    public boolean departed(final long flow, final long frame) {
        return template.destination(frame) == ServiceNetwork.SERVERS + (int) flow;
    }

    @Override
    public void close() {
        template.close();
    }
}
