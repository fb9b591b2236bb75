package io.penstock.dataplane.judge;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.nat.NatWorker;
import io.penstock.conntrack.store.ConnectionWatch;
import io.penstock.conntrack.store.TableConnectionStore;
import io.penstock.conntrack.text.ConntrackCommand;
import io.penstock.dataplane.connections.NamespaceConnections;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.rules.RuleTables;
import io.penstock.rules.api.IpFamily;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The connections of a router of Penstock's, as {@code conntrack} tells them. Threads: one, that of the router's packets. */
final class RouterConnections {

    private final NamespaceConnections connections;
    private final Lane lane;

    RouterConnections(final RuleTables tables, final Lane lane) {
        this.connections = tables.connections();
        this.lane = lane;
    }

    /** Whether connections are tracked, or ever were. */
    boolean isTracked() {
        return connections.table(ConnLayout.FAMILY_IPV4) != null;
    }

    /**
     * What {@code conntrack} says.
     *
     * @param timeNs when it is asked, on the packets' clock
     */
    String say(final long timeNs, final String... words) {
        final ByteArrayOutputStream text = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(text, false, StandardCharsets.ISO_8859_1);
        final ConnectionWatch watch = new ConnectionWatch(List.of(), _ -> {
        });
        try (TableConnectionStore store = new TableConnectionStore(connections::table, (table, task) -> false, () -> timeNs, connections.switches(),
                watch, List.of(0))) {
            new ConntrackCommand(store, _ -> InputStream.nullInputStream(), Clock.systemUTC(), () -> {
            }).run(List.of(words), InputStream.nullInputStream(), out, out);
        }
        return text.toString(StandardCharsets.ISO_8859_1);
    }

    /** The connections of a family at a time. */
    String list(final IpFamily family, final long timeNs) {
        return say(timeNs, "-L", "-f", family == IpFamily.IPV4 ? "ipv4" : "ipv6");
    }

    /** What has been counted. */
    Map<String, Long> counters() {
        return ConnectionList.counters(say(0, "-S"));
    }

    /** Has a connection that begins with the next packet take the ports that another router gave it, if they are free and any would do. */
    void choose(final Arrival arrival, final Reaction other) {
        final NatWorker translator = !isTracked() ? null : connections.lanes()[lane.index()].translator();
        if (translator == null) {
            return;
        }
        final byte[] left = Joined.isFragment(arrival.bytes()) ? gathered(other) : FlowKeys.passed(arrival.bytes(), other);
        final long keys = left == null ? FlowKeys.NONE : FlowKeys.of(left);
        if (keys == FlowKeys.NONE) {
            translator.beginAt(NatWorker.ANY_KEY, NatWorker.ANY_KEY);
        } else {
            translator.beginAt(FlowKeys.source(keys), FlowKeys.destination(keys));
        }
    }

    /** What became of fragments that were put together. */
    private static byte[] gathered(final Reaction other) {
        final List<byte[]> all = new ArrayList<>(other.delivered());
        other.sent().forEach(sent -> all.add(sent.bytes()));
        return Joined.of(all).stream().filter(packet -> !FlowKeys.isError(packet) && FlowKeys.of(packet) != FlowKeys.NONE).findFirst()
                .orElse(null);
    }
}
