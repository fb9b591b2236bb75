package io.penstock.conntrack.store;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnSwitches;
import io.penstock.conntrack.hot.event.ConnEventLog;
import io.penstock.conntrack.hot.table.ConnLimit;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.conntrack.model.ConnectionStore;
import io.penstock.conntrack.text.ConntrackCommand;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Consumer;

/** A store over tables of its own, whose only worker is whoever calls it: for tests. */
final class LiveStore implements AutoCloseable, WorkerTasks {

    static final Instant NOW = Instant.parse("2026-11-21T14:05:13.152014Z");
    static final long SECOND = 1_000_000_000L;

    final ConnLimit limit;
    final ConnTable ipv4;
    final ConnTable ipv6;
    final ConnSwitches switches = new ConnSwitches();
    final ConnEventLog log = new ConnEventLog();
    final ConnectionWatch watch;
    final TableConnectionStore store;
    /** The workers' clock. */
    long nowNs = 5 * SECOND;
    boolean isWorking = true;
    boolean isListening;

    LiveStore() {
        this(1000);
    }

    LiveStore(final int maxEntries) {
        limit = new ConnLimit(maxEntries, 1);
        ipv4 = new ConnTable(ConnLayout.FAMILY_IPV4, maxEntries, limit, 1, 2, 1);
        ipv6 = new ConnTable(ConnLayout.FAMILY_IPV6, maxEntries, limit, 3, 4, 1);
        watch = new ConnectionWatch(List.of(log), value -> {
            isListening = value;
        });
        for (final ConnTable table : List.of(ipv4, ipv6)) {
            table.setWallOffset(NOW.getEpochSecond() * SECOND + NOW.getNano() - nowNs);
            table.worker(0).setEvents(log);
        }
        store = new TableConnectionStore(family -> family == ConnLayout.FAMILY_IPV4 ? ipv4 : ipv6, this, () -> nowNs, switches, watch, List.of(7));
    }

    @Override
    public boolean run(final ConnTable table, final Consumer<TableWorker> task) {
        if (isWorking) {
            boundary();
            task.accept(table.worker(0));
        }
        return isWorking;
    }

    void boundary() {
        ipv4.worker(0).boundary(nowNs);
        ipv6.worker(0).boundary(nowNs);
        log.begin(nowNs);
    }

    @Override
    public void close() {
        store.close();
        log.close();
        ipv4.close();
        ipv6.close();
        limit.close();
    }

    /** What a command did, but for the numbers that tell connections apart. */
    record Outcome(int status, List<String> out, String err) {
    }

    Outcome run(final String line) {
        return run(store, clock(), line);
    }

    private Clock clock() {
        return Clock.fixed(NOW, ZoneOffset.UTC);
    }

    /** Runs conntrack; lines come sorted. */
    static Outcome run(final ConnectionStore store, final Clock clock, final String line) {
        final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(outBytes, false, StandardCharsets.ISO_8859_1);
        final PrintStream err = new PrintStream(errBytes, false, StandardCharsets.ISO_8859_1);
        final int status = new ConntrackCommand(store, name -> {
            if (name.equals("/etc/xtables/connlabel.conf")) {
                return new ByteArrayInputStream("1 eth0-in\n77 far\n127 last\n".getBytes(StandardCharsets.ISO_8859_1));
            }
            throw new IOException("No such file or directory");
        }, clock, () -> {
        }).run(List.of(line.split(" ")), new ByteArrayInputStream(new byte[0]), out, err);
        out.flush();
        err.flush();
        return new Outcome(status, outBytes.toString(StandardCharsets.ISO_8859_1)
                .replaceAll("( id=|<id>)[0-9]+", "$1N").lines().sorted().toList(),
                errBytes.toString(StandardCharsets.ISO_8859_1));
    }
}
