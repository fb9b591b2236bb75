package io.penstock.perf.bench.engine;

import io.penstock.dataplane.cli.Json;
import io.penstock.os.hot.packet.IpProtocol;
import java.util.Locale;

/**
 * What became of a virtual service's packets.
 *
 * @param options  what they were to be
 * @param count    how many connections there are in the end
 * @param expected how many there should be; -1 where they come and go
 * @param begun    connections that were begun, since the first packet
 * @param due      how many should have been
 * @param served   packets that the service has counted
 * @param sent     how many were for it, or its servers'
 * @param least    connections begun to the server that got fewest
 * @param most     those to the one that got most
 */
record ServiceTotals(
        ServiceOptions options, long count, long expected, long begun, long due, long served, long sent, long least, long most) {

    /**
     * Adds its fields.
     *
     * @param perSecond packets
     */
    void write(final Json json, final double perSecond) {
        json.field("services", options.mix().text()).field("protocol", protocol()).field("servers", options.servers())
                .field("scheduler", options.scheduler()).field("reply_share", options.replyShare())
                .field("connections_begun", begun).field("server_connections_least", least).field("server_connections_most", most);
        if (!options.mix().isEstablished()) {
            json.field("connections_per_second", perSecond);
        }
    }

    /** For people. */
    String text() {
        final String servers = String.format(Locale.ROOT, "%s, %s, %,d servers by %s, which got %,d to %,d connections", options.mix().text(),
                protocol(), options.servers(), options.scheduler(), least, most);
        return options.mix().isEstablished()
                ? String.format(Locale.ROOT, "%s; %,d connections; %d %% of the packets are answers", servers, count, options.replyShare())
                : String.format(Locale.ROOT, "%s; every packet begins a connection; %,d in the end", servers, count);
    }

    /** Why the measurement counts for nothing, or null. */
    String failure() {
        if (begun != due) {
            return "not every client has begun its connection, a defect or timeouts that are too short for this machine: begun=" + begun
                    + " due=" + due;
        }
        if (served != sent) {
            return "not every packet was the service's, a defect: served=" + served + " sent=" + sent;
        }
        if (expected >= 0 && count != expected) {
            return "connections have come or gone while they were measured: connections=" + count + " expected=" + expected;
        }
        return null;
    }

    private String protocol() {
        return options.protocol() == IpProtocol.TCP ? "tcp" : "udp";
    }
}
