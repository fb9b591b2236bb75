package io.penstock.dataplane.demo;

import io.penstock.dataplane.cli.Json;
import io.penstock.dataplane.hot.pipeline.DropReason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What the demonstration over captures found.
 *
 * @param obstacle     why it was not between network namespaces
 * @param conversation what the hosts sent, and what had to become of it
 * @param arrivals     what left the router
 * @param stat         what the engine counted
 * @param seconds      how long the replay took
 */
record ReplayReport(Obstacle obstacle, Conversation conversation, Arrivals arrivals, Counts stat, double seconds)
        implements Report {

    private static final boolean[] FAMILIES = {false, true};

    @Override
    public List<String> faults() {
        final List<String> faults = new ArrayList<>();
        for (final Connection connection : conversation.connections()) {
            if (!arrivals.isIntact(connection)) {
                faults.add(name(connection) + " did not arrive intact: sent=" + connection.bytes() + " received="
                        + arrivals.bytes(connection) + " crc32c=" + Screen.hex(connection.sum()) + '/'
                        + Screen.hex(arrivals.sum(connection)));
            }
        }
        for (final boolean isIpv6 : FAMILIES) {
            if (arrivals.answered(isIpv6) != Conversation.ECHOES) {
                faults.add("ping over " + family(isIpv6) + " lost packets: sent=" + Conversation.ECHOES + " answered="
                        + arrivals.answered(isIpv6));
            }
        }
        arrivals.wrong().forEach((what, packets) -> faults.add("packets left with a wrong " + what + ": packets=" + packets));
        final Counts dropped = stat.object("dropped");
        for (final DropReason reason : DropReason.values()) {
            final long wanted = conversation.refused().getOrDefault(reason, 0L);
            if (dropped.number(reason.metric()) != wanted) {
                faults.add("not as many packets as should were dropped for reason=" + reason.metric() + ": dropped="
                        + dropped.number(reason.metric()) + " expected=" + wanted);
            }
        }
        final Account account = new Account(stat);
        if (account.unaccounted() != 0) {
            faults.add("the engine lost track of packets: unaccounted=" + account.unaccounted());
        }
        return faults;
    }

    @Override
    public void show(final Screen screen) {
        screen.heading("%s: this run goes through replay. The real thing: %s", obstacle.what(), obstacle.remedy());
        screen.line("Penstock demo: two hosts talk through a router that is Penstock, in captures");
        screen.setting();
        screen.heading("%-22s %14s %15s   %s", "TCP, four at once", "segments", "arrived", "intact");
        for (final Connection connection : conversation.connections()) {
            final boolean intact = arrivals.isIntact(connection);
            screen.row(intact, "%-22s %,14d %15s   %s", name(connection), connection.segments(),
                    Screen.megabytes(arrivals.bytes(connection)),
                    intact ? "yes, crc32c " + Screen.hex(arrivals.sum(connection)) : "NO");
        }
        screen.line("%-22s %,14d %15s", "together", sum(Connection::segments), Screen.megabytes(sum(arrivals::bytes)));
        screen.line("");
        screen.heading("%-22s %14s", "ping", "answered");
        for (final boolean isIpv6 : FAMILIES) {
            screen.row(arrivals.answered(isIpv6) == Conversation.ECHOES, "%-22s %14s", family(isIpv6),
                    arrivals.answered(isIpv6) + " of " + Conversation.ECHOES);
        }
        screen.line("");
        screen.heading("checked in every packet that left");
        screen.line("  MAC addresses, TTL one less, IP and TCP checksums, TCP sequence");
        screen.verdict(arrivals.wrong().isEmpty(), "  %,d packets, %s", arrivals.packets(),
                arrivals.wrong().isEmpty() ? "all right" : "WRONG: " + arrivals.wrong());
        final Account account = new Account(stat);
        screen.line("");
        account.showPorts(screen);
        screen.line("");
        account.show(screen, seconds);
        screen.line("");
        screen.line("%.2f s for a cold JVM to replay packet by packet, from files to files.", seconds);
        screen.ending(faults());
    }

    @Override
    public String json() {
        final Json json = new Json().object();
        json.field("scenario", "forward").field("through", "replay").field("why", obstacle.what());
        json.field("ok", faults().isEmpty());
        json.name("faults").array();
        faults().forEach(json::value);
        json.end().name("flows").array();
        for (final Connection connection : conversation.connections()) {
            json.object()
                    .field("family", family(connection.isIpv6()))
                    .field("direction", connection.direction().text())
                    .field("bytes_sent", connection.bytes())
                    .field("bytes_received", arrivals.bytes(connection))
                    .field("segments", connection.segments())
                    .field("intact", arrivals.isIntact(connection))
                    .end();
        }
        json.end().name("pings").array();
        for (final boolean isIpv6 : FAMILIES) {
            json.object()
                    .field("family", family(isIpv6))
                    .field("sent", Conversation.ECHOES)
                    .field("answered", arrivals.answered(isIpv6))
                    .end();
        }
        json.end().name("wrong").object();
        arrivals.wrong().forEach(json::field);
        json.end().field("seconds", seconds);
        new Account(stat).write(json, seconds);
        return json.end().toString();
    }

    private long sum(final ToLongFunction<Connection> value) {
        return conversation.connections().stream().mapToLong(value).sum();
    }

    private static String name(final Connection connection) {
        return family(connection.isIpv6()) + ' ' + connection.direction().text();
    }

    private static String family(final boolean isIpv6) {
        return isIpv6 ? "IPv6" : "IPv4";
    }
}
