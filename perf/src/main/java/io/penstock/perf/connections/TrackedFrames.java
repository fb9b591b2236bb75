package io.penstock.perf.connections;

/**
 * Packets of flows that are tracked and translated by rules.
 *
 * <p>Threads: one.
 */
final class TrackedFrames implements FlowFrames {

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
    TrackedFrames(final FrameTemplate template, final ConnectionMix mix, final boolean reply, final TranslatedEnds translated) {
        this.template = template;
        this.mix = mix;
        this.reply = reply;
        this.translated = translated;
    }

    @Override
    public boolean isReply() {
        return reply;
    }

    @Override
    public int frameBytes() {
        return template.frameBytes();
    }

    @Override
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

    @Override
    public boolean departed(final long flow, final long frame) {
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
