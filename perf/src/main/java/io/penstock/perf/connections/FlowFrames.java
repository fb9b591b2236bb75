package io.penstock.perf.connections;

/**
 * Packets of flows, one of each, all of them in one direction and at the same point of their flow's life.
 *
 * <p>Threads: one.
 */
public final class FlowFrames implements AutoCloseable {

    private final FrameTemplate template;
    private final ConnectionMix mix;
    private final boolean reply;
    private final TranslatedEnds translated;

    /**
     * Packets.
     *
     * @param reply      whether they are the servers'
     * @param translated what the clients' packets were translated to: where replies come from, or go to
     */
    FlowFrames(final FrameTemplate template, final ConnectionMix mix, final boolean reply, final TranslatedEnds translated) {
        this.template = template;
        this.mix = mix;
        this.reply = reply;
        this.translated = translated;
    }

    /** Whether they are the servers'. */
    public boolean isReply() {
        return reply;
    }

    /** The bytes of each. */
    public int frameBytes() {
        return template.frameBytes();
    }

    /** Writes a flow's packet, and up to 63 bytes behind it. */
    public void write(final long flow, final long to) {
        final long bits = FlowNetwork.bits(flow);
        final int client = FlowNetwork.client(flow);
        final int server = FlowNetwork.server(bits, mix.translatesDestination());
        final int clientPort = FlowNetwork.clientPort(bits);
        final int serverPort = FlowNetwork.serverPort(bits);
        if (!reply) {
            template.write(to, client, server, clientPort, serverPort);
        } else if (mix.translatesSource()) {
            template.write(to, server, translated.address(flow), serverPort, translated.port(flow));
        } else if (mix.translatesDestination()) {
            template.write(to, translated.address(flow), client, translated.port(flow), clientPort);
        } else {
            template.write(to, server, client, serverPort, clientPort);
        }
    }

    /** Takes down what a flow's packet was translated to; false when that is not the flow's packet. */
    boolean departed(final long flow, final long frame) {
        final long bits = FlowNetwork.bits(flow);
        final boolean keepsServer = template.destination(frame) == FlowNetwork.server(bits, mix.translatesDestination())
                && template.destinationPort(frame) == FlowNetwork.serverPort(bits);
        final boolean keepsClient = template.source(frame) == FlowNetwork.client(flow)
                && template.sourcePort(frame) == FlowNetwork.clientPort(bits);
        if (mix.translatesSource()) {
            translated.set(flow, template.source(frame), template.sourcePort(frame));
        } else if (mix.translatesDestination()) {
            translated.set(flow, template.destination(frame), template.destinationPort(frame));
        }
        return (keepsServer || mix.translatesDestination()) && (keepsClient || mix.translatesSource());
    }

    @Override
    public void close() {
        template.close();
    }
}
