package io.penstock.perf.connections;

/**
 * Packets of connections between one client and one server, which differ in their ports.
 *
 * <p>Threads: one.
 */
final class PairFrames implements FlowFrames {

    private final FrameTemplate template;
    private final PortPairs pairs;
    private final boolean reply;
    private final TranslatedEnds translated;

    /**
     * Packets.
     *
     * @param translated what the client's packets are translated to, taken down when they leave; null where they are not
     */
    PairFrames(final FrameTemplate template, final PortPairs pairs, final boolean reply, final TranslatedEnds translated) {
        this.template = template;
        this.pairs = pairs;
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
        final int source = pairs.source(flow);
        final int destination = pairs.destination(flow);
        if (!reply) {
            template.write(to, PairNetwork.INITIATOR, PairNetwork.RESPONDER, source, destination);
        } else if (translated == null) {
            template.write(to, PairNetwork.RESPONDER, PairNetwork.INITIATOR, destination, source);
        } else {
            template.write(to, PairNetwork.RESPONDER, translated.address(flow), destination, translated.port(flow));
        }
    }

    /** A client's packet must have kept its destination, and its source unless that is translated; a server's must be for the client again. */
    @Override
    public boolean departed(final long flow, final long frame) {
        if (reply) {
            return template.source(frame) == PairNetwork.RESPONDER && template.sourcePort(frame) == pairs.destination(flow)
                    && template.destination(frame) == PairNetwork.INITIATOR && template.destinationPort(frame) == pairs.source(flow);
        }
        final boolean keepsServer = template.destination(frame) == PairNetwork.RESPONDER
                && template.destinationPort(frame) == pairs.destination(flow);
        if (translated == null) {
            return keepsServer && template.source(frame) == PairNetwork.INITIATOR && template.sourcePort(frame) == pairs.source(flow);
        }
        translated.set(flow, template.source(frame), template.sourcePort(frame));
        return keepsServer && template.source(frame) == PairNetwork.TRANSLATED;
    }

    @Override
    public void close() {
        template.close();
    }
}
