package io.penstock.dataplane.control;

import io.penstock.dataplane.cli.Json;
import io.penstock.dataplane.ipvs.health.HealthStatus;
import io.penstock.dataplane.ipvs.health.HealthStatus.Health;
import io.penstock.dataplane.ipvs.health.HealthStatus.Role;
import io.penstock.dataplane.ipvs.health.Names;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerState;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.dataplane.ipvs.model.Traffic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Services at a time, with what is known of their servers' health: for people, and as JSON {name: {...}}.
 *
 * <p>A server is up when it may take connections: by its weight, and by what checks have found of it, if any.
 */
final class ServiceReport {

    private final List<Line> lines;
    private final List<ServiceKey> missing;
    private final boolean isBrief;

    private record Line(ServiceState state, List<Server> servers) {

        private long count(final String word) {
            return servers.stream().filter(server -> server.word().equals(word)).count();
        }

        private long sum(final boolean active) {
            return servers.stream().mapToLong(server -> server.state == null ? 0 : active ? server.state.active() : server.state.inactive()).sum();
        }
    }

    /**
     * A server.
     *
     * @param state  null for one that checks have taken out
     * @param health null where nobody looks after it
     */
    private record Server(ServerKey key, ServerState state, HealthStatus health) {

        private String word() {
            if (health != null) {
                switch (health.role()) {
                    case SORRY -> {
                        return "sorry";
                    }
                    case DRAINING, DRAINED -> {
                        return health.role().name().toLowerCase(Locale.ROOT);
                    }
                    default -> {
                        if (health.health() == Health.DOWN) {
                            return "down";
                        }
                    }
                }
            }
            return state == null || state.spec().weight() == 0 ? "quiesced" : "up";
        }

        private int weight() {
            return health == null || health.role() == Role.SORRY ? state.spec().weight() : health.wanted().weight();
        }
    }

    private ServiceReport(final List<Line> lines, final List<ServiceKey> missing, final boolean isBrief) {
        this.lines = lines;
        this.missing = missing;
        this.isBrief = isBrief;
    }

    /**
     * Of services, and what is known of servers.
     *
     * @param missing services that have a rule of checks and are not there
     * @param isBrief for no line of each server
     */
    static ServiceReport of(
            final List<ServiceState> services, final List<HealthStatus> health, final List<ServiceKey> missing, final boolean isBrief) {
        final Map<ServiceKey, Map<ServerKey, HealthStatus>> known = new HashMap<>();
        health.forEach(status -> known.computeIfAbsent(status.service(), key -> new HashMap<>()).put(status.server(), status));
        final List<Line> lines = new ArrayList<>();
        for (final ServiceState service : services) {
            final Map<ServerKey, HealthStatus> of = known.getOrDefault(service.key(), new HashMap<>());
            final List<Server> servers = new ArrayList<>();
            service.servers().forEach(server -> servers.add(new Server(server.key(), server, of.remove(server.key()))));
            of.values().stream().filter(status -> status.role() != Role.SORRY)
                    .forEach(status -> servers.add(new Server(status.server(), null, status)));
            lines.add(new Line(service, servers));
        }
        return new ServiceReport(lines, missing, isBrief);
    }

    /** A line for each service, and one for each of its servers. */
    String text() {
        final StringBuilder text = new StringBuilder();
        for (final Line line : lines) {
            final Traffic rate = line.state.rate();
            text.append(String.format(Locale.ROOT, "%-28s %-7s up=%d of %d%s active=%d inactive=%d; per second: connections=%d in=%d out=%d\n",
                    Names.of(line.state.key()), line.state.spec().scheduler(), line.count("up"), line.servers.size(),
                    line.count("down") == 0 ? "" : " down=" + line.count("down"), line.sum(true), line.sum(false), rate.connections(),
                    rate.packetsIn(), rate.packetsOut()));
            for (final Server server : isBrief ? List.<Server>of() : line.servers) {
                text.append(server(server));
            }
        }
        for (final ServiceKey service : missing) {
            text.append(String.format(Locale.ROOT, "%-28s has a health rule and is not there\n", Names.of(service)));
        }
        return text.toString();
    }

    private static String server(final Server server) {
        final HealthStatus health = server.health;
        final boolean isChecked = health != null && health.last() != null;
        return String.format(Locale.ROOT, "  %-26s %-8s weight=%d active=%d inactive=%d%s\n", Names.of(server.key), server.word(), server.weight(),
                server.state == null ? 0 : server.state.active(), server.state == null ? 0 : server.state.inactive(),
                isChecked ? "; " + health.last() + ", for " + health.forNs() / 1_000_000_000 + " s" : "");
    }

    /** One object in one line. */
    String json() {
        final Json json = new Json().object();
        for (final Line line : lines) {
            final Traffic rate = line.state.rate();
            json.name(Names.of(line.state.key())).object()
                    .field("scheduler", line.state.spec().scheduler())
                    .field("active", line.sum(true))
                    .field("inactive", line.sum(false))
                    .field("servers_total", line.servers.size())
                    .field("servers_up", line.count("up"))
                    .field("servers_down", line.count("down"));
            json.field("connections_per_second", rate.connections())
                    .field("packets_in_per_second", rate.packetsIn())
                    .field("packets_out_per_second", rate.packetsOut())
                    .field("bytes_in_per_second", rate.bytesIn())
                    .field("bytes_out_per_second", rate.bytesOut());
            if (!isBrief) {
                json.name("servers").object();
                line.servers.forEach(server -> server(json, server));
                json.end();
            }
            json.end();
        }
        missing.forEach(service -> json.name(Names.of(service)).object().field("missing", true).end());
        return json.end().toString();
    }

    private static void server(final Json json, final Server server) {
        json.name(Names.of(server.key)).object()
                .field("state", server.word())
                .field("weight", server.weight())
                .field("active", server.state == null ? 0 : server.state.active())
                .field("inactive", server.state == null ? 0 : server.state.inactive());
        if (server.health != null && server.health.last() != null) {
            json.field("found", server.health.last());
            json.field("for_seconds", server.health.forNs() / 1_000_000_000);
        }
        json.end();
    }
}
