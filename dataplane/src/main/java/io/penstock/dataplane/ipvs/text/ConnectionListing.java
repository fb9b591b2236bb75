package io.penstock.dataplane.ipvs.text;

import io.penstock.dataplane.ipvs.model.ConnectionState;
import io.penstock.dataplane.ipvs.model.ServiceStore;
import java.util.ArrayList;
import java.util.List;

/** Prints connections, a part of them at a time: their store waits neither for the resolver nor for who reads, and no more are in memory. */
final class ConnectionListing {

    private static final int ADDRESS_WIDTH = 18;
    /** The last columns' widths are not those of what stands under them. */
    private static final String TITLES = "destination        pe name          pe_data";

    private final Console console;
    private final HostNames names;
    private final boolean hasEngines;

    ConnectionListing(final Console console, final HostNames names, final boolean hasEngines) {
        this.console = console;
        this.names = names;
        this.hasEngines = hasEngines;
    }

    /** Prints all. */
    void print(final ServiceStore store) {
        console.print("IPVS connection entries\n" + line("pro", "expire", "state", "source", "virtual")
                + (hasEngines ? TITLES : "destination") + "\n");
        final List<ConnectionState> part = new ArrayList<>();
        long next = 0;
        do {
            next = store.connections(next, part::add);
            part.forEach(this::print);
            part.clear();
        } while (next != 0);
    }

    private void print(final ConnectionState connection) {
        final int protocol = connection.protocol();
        final String expires = twoDigits(connection.leftSeconds() / 60) + ":" + twoDigits(connection.leftSeconds() % 60);
        final String server = names.print(connection.server(), connection.serverPort(), protocol);
        console.print(line(Protocols.ofConnection(protocol), expires, connection.state(),
                names.print(connection.client(), connection.clientPort(), protocol),
                names.print(connection.virtual(), connection.virtualPort(), protocol))
                + (hasEngines && connection.engine() != null ? engine(server, connection.engine(), connection.engineData()) : server)
                + "\n");
    }

    private static String line(final String protocol, final String expires, final String state, final String client,
            final String virtual) {
        return Columns.left(protocol, 3) + " " + Columns.left(expires, 6) + " " + Columns.left(state, 11) + " "
                + Columns.left(client, ADDRESS_WIDTH) + " " + Columns.left(virtual, ADDRESS_WIDTH) + " ";
    }

    private static String engine(final String server, final String name, final String data) {
        return Columns.left(server, 16) + " " + Columns.left(name, ADDRESS_WIDTH) + " " + data;
    }

    private static String twoDigits(final long number) {
        return (number < 10 ? "0" : "") + number;
    }
}
