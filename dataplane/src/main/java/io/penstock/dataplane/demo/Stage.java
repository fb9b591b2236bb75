package io.penstock.dataplane.demo;

import java.util.Set;

/** Times between what is done to the servers, in their order: who takes new connections in each. */
enum Stage {

    /** All that the service began with. */
    BEGUN("at the start", Backend.ONE, Backend.TWO, Backend.THREE),
    /** Server 3 is silent, and nobody has noticed. */
    SILENT("server 3 silent, not found yet"),
    /** Server 3 is out. */
    FOUND("without server 3", Backend.ONE, Backend.TWO),
    /** Server 4 is in. */
    ADDED("server 4 added", Backend.ONE, Backend.TWO, Backend.FOUR),
    /** Server 2 takes no new connections. */
    DRAINED("server 2 drained", Backend.ONE, Backend.FOUR),
    /** Server 3 is in again. */
    RETURNED("server 3 back", Backend.ONE, Backend.THREE, Backend.FOUR),
    /** A command is on its way, and nobody can say whether a connection comes before or after it. */
    BETWEEN("between");

    private final String text;
    private final Set<Backend> servers;

    Stage(final String text, final Backend... servers) {
        this.text = text;
        this.servers = Set.of(servers);
    }

    String text() {
        return text;
    }

    /** Who takes new connections; empty when it is not known. */
    Set<Backend> servers() {
        return servers;
    }

    /** Whether it is known who takes new connections. */
    boolean isKnown() {
        return !servers.isEmpty();
    }

    /** What part of the new connections the scheduler, weighted round-robin, gives a server. */
    double share(final Backend backend) {
        return servers.contains(backend) ? backend.weight() / (double) servers.stream().mapToInt(Backend::weight).sum() : 0;
    }
}
