package io.penstock.perf.connections;

/**
 * Packets of flows between clients and a virtual service.
 *
 * <p>Threads: one.
 */
final class ServiceFrames implements FlowFrames {

    private final FrameTemplate template;
    private final ServiceMix mix;
    private final boolean reply;
    private final int overhead;
    private final int servers;
    private final TranslatedEnds destinations;
    private final TranslatedEnds sources;

    /**
     * Packets.
     *
     * @param reply        whether they are the servers'
     * @param overhead     bytes that servers' packets have in front of them when they leave
     * @param servers      how many there are
     * @param destinations what the clients' packets were translated to: where replies come from
     * @param sources      where those go to; of use where sources are translated
     */
    ServiceFrames(
            final FrameTemplate template, final ServiceMix mix, final boolean reply, final int overhead, final int servers,
            final TranslatedEnds destinations, final TranslatedEnds sources) {
        this.template = template;
        this.mix = mix;
        this.reply = reply;
        this.overhead = overhead;
        this.servers = servers;
        this.destinations = destinations;
        this.sources = sources;
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
        final int client = FlowNetwork.client(flow);
        final int clientPort = FlowNetwork.clientPort(FlowNetwork.bits(flow));
        if (!reply) {
            template.write(to, client, ServiceNetwork.VIRTUAL, clientPort, ServiceNetwork.PORT);
        } else if (mix == ServiceMix.FULLNAT) {
            template.write(to, destinations.address(flow), sources.address(flow), destinations.port(flow), sources.port(flow));
        } else {
            template.write(to, destinations.address(flow), client, destinations.port(flow), clientPort);
        }
    }

    @Override
    public boolean departed(final long flow, final long frame) {
        final long inner = frame + overhead;
        final int source = template.source(inner);
        final int destination = template.destination(inner);
        final int sourcePort = template.sourcePort(inner);
        final int destinationPort = template.destinationPort(inner);
        final boolean isClients = source == FlowNetwork.client(flow) && sourcePort == FlowNetwork.clientPort(FlowNetwork.bits(flow));
        final boolean isServices = destination == ServiceNetwork.VIRTUAL && destinationPort == ServiceNetwork.PORT;
        final boolean isServers = Integer.compareUnsigned(destination - ServiceNetwork.SERVERS, servers) < 0
                && destinationPort == ServiceNetwork.SERVER_PORT;
        switch (mix) {
            case NAT, NEW -> {
                destinations.set(flow, destination, destinationPort);
                return isClients && isServers;
            }
            case FULLNAT -> {
                destinations.set(flow, destination, destinationPort);
                sources.set(flow, source, sourcePort);
                return Integer.compareUnsigned(source - ServiceNetwork.SOURCES, ServiceNetwork.SOURCE_COUNT) < 0 && isServers;
            }
            default -> {
                return isClients && isServices;
            }
        }
    }

    @Override
    public void close() {
        template.close();
    }
}
