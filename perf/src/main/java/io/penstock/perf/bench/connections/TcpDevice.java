package io.penstock.perf.bench.connections;

import io.penstock.perf.connections.tcp.TcpClients;
import io.penstock.perf.connections.tcp.TcpServers;
import java.util.Map;

/**
 * Clients, a server, and the firewall between them: what {@link Rfc9411} drives.
 *
 * <p>Threads: one.
 */
interface TcpDevice extends AutoCloseable {

    /** What the clients, the firewall and the server are, a line each, for people. */
    Map<String, String> parts();

    TcpClients clients();

    TcpServers servers();

    /** Moves segments on, both ways, and lets both ends see to what is not answered; how many segments came to either. */
    int round(long nowNs);

    /** Time that the firewall itself has taken so far, or -1 where that is not known. Unit: ns. */
    long deviceNs();

    /** Connections that the firewall has now, or -1 where it is none. */
    long entries();

    /** What the firewall did that it should not have, for messages; empty when nothing. */
    String complaint();

    /** What it dropped, for messages. */
    String drops();

    @Override
    void close();
}
