package io.penstock.dataplane.control;

import io.penstock.conntrack.model.ConnSysctls;
import io.penstock.conntrack.text.ConntrackCommand;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Clock;
import java.util.List;

/**
 * The commands that speak of connections, by the names that operators know. Threads: any, if the connections are for any.
 */
public final class ConnectionCommands {

    /** conntrack(8). */
    static final String CONNTRACK = "conntrack";

    /** Their names. */
    static final List<String> TOOLS = List.of(CONNTRACK);

    private final TrackedConnections connections;
    private final Clock clock;

    /** Commands over connections; the clock is what listings tell times by. */
    ConnectionCommands(final TrackedConnections connections, final Clock clock) {
        this.connections = connections;
        this.clock = clock;
    }

    /** How they are tracked. */
    ConnSysctls.Settings settings() {
        return connections.settings();
    }

    /** Runs {@code conntrack}. */
    int run(final List<String> words, final Tools.Giver giver) {
        // Whole files: one is open at a time, and names are looked up while commands are read.
        return new ConntrackCommand(connections.store(), name -> {
            try (InputStream file = giver.files().read(name)) {
                return new ByteArrayInputStream(file.readAllBytes());
            }
        }, clock, giver.ending()).run(words, new WholeInput(giver.in()), giver.out(), giver.err());
    }
}
