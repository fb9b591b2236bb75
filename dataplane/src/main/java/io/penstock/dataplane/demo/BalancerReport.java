package io.penstock.dataplane.demo;

import io.penstock.dataplane.cli.Json;
import io.penstock.dataplane.demo.BalancerDemo.Event;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What clients of the load balancer saw.
 *
 * @param tally   of the clients
 * @param endNs   when they ended
 * @param events  what happened to the servers, in order
 * @param held    connections that server 3 had when it died
 * @param listing what {@code ipvsadm -Ln --stats} printed at the end
 * @param stat    what the data plane itself counted
 */
record BalancerReport(WebTally tally, long endNs, List<Event> events, long held, String listing, Counts stat) implements Report {

    /** Lines of the timeline; with more nobody sees the whole. */
    private static final int MAX_ROWS = 30;

    /** Connections that may be of one stage or the next: those that began right at a change. */
    private static final int SLACK = 8;
    private static final double SLACK_SHARE = 0.05;

    private static final String COLUMNS = "%4s %8s %8s %8s %8s %7s %6s  %s";
    private static final String AT_THE_START = "before that";

    @Override
    public List<String> faults() {
        final List<String> faults = new ArrayList<>();
        errors().forEach((deed, failures) -> {
            final List<WebFailure> unexplained = failures.stream().filter(failure -> !isOfTheDead(failure)).toList();
            if (!unexplained.isEmpty()) {
                faults.add("clients saw errors that no server's death explains, " + deed + ": errors=" + unexplained.size() + " first="
                        + text(unexplained.getFirst()));
            }
        });
        for (final Stage stage : Stage.values()) {
            if (stage.isKnown()) {
                addDistributionFaults(stage, faults);
            }
        }
        final Account account = new Account(stat);
        if (account.unaccounted() != 0) {
            faults.add("the data plane lost track of packets: unaccounted=" + account.unaccounted());
        }
        return faults;
    }

    private void addDistributionFaults(final Stage stage, final List<String> faults) {
        final long all = tally.connections(stage);
        if (all == 0) {
            faults.add("no client got a connection " + stage.text());
        }
        for (final Backend backend : Backend.values()) {
            final double expected = all * stage.share(backend);
            final long seen = tally.connections(stage, backend);
            if (Math.abs(seen - expected) > SLACK + expected * SLACK_SHARE) {
                faults.add(String.format(Locale.ROOT, "%s did not get its part of the connections %s: connections=%d expected=%.0f", backend.text(),
                        stage.text(), seen, expected));
            }
        }
    }

    /** A connection that was there when server 3 fell silent, and was not another's. */
    private boolean isOfTheDead(final WebFailure failure) {
        final Event death = events.getFirst();
        return failure.isConnected() && failure.openedNs() - death.ns() < 0 && failure.atNs() - death.ns() >= 0
                && (failure.server() == Backend.THREE || failure.server() == null);
    }

    /** By what was done to the servers last, in order; all of them are there. */
    private Map<String, List<WebFailure>> errors() {
        final Map<String, List<WebFailure>> errors = new LinkedHashMap<>();
        errors.put(AT_THE_START, new ArrayList<>());
        for (final Deed deed : Deed.values()) {
            errors.put(deed.text(), new ArrayList<>());
        }
        for (final WebFailure failure : tally.failures()) {
            String of = AT_THE_START;
            for (final Event event : events) {
                if (isOfTheDead(failure)) {
                    of = Deed.KILL.text();
                } else if (failure.troubleNs() - event.ns() >= 0) {
                    of = event.deed().text();
                }
            }
            errors.get(of).add(failure);
        }
        return errors;
    }

    private String text(final WebFailure failure) {
        return String.format(Locale.ROOT, "'%s' at %.2f s%s", failure.why(), tally.seconds(failure.atNs()),
                failure.server() == null ? "" : " from " + failure.server().text());
    }

    @Override
    public void show(final Screen screen) {
        screen.heading("Penstock demo: what clients see of servers that die, come and go");
        screen.machine();
        screen.line("  %-12s c0 ---- d0 [ Penstock ] d1 to d4 ---- %s", Side.CLIENT.text(), "server 1 to server 4");
        screen.line("  %-12s         %-29s %s", Side.CLIENT.ipv4(), Backend.SERVICE + ':' + Backend.PORT + " wrr, NAT",
                Backend.ONE.address() + " to " + Backend.FOUR.address().substring(Backend.FOUR.address().lastIndexOf('.')));
        screen.line("");
        showTimeline(screen);
        screen.line("");
        screen.heading("what happened");
        for (final Event event : events) {
            showSentence(screen, String.format(Locale.ROOT, "%6.2f s  ", tally.seconds(event.ns())), event.sentence());
        }
        screen.line("");
        showErrors(screen);
        screen.line("");
        showDistribution(screen);
        screen.line("");
        screen.heading("ipvsadm -Ln --stats");
        listing.lines().forEach(line -> screen.line("%s", line));
        screen.line("");
        final Account account = new Account(stat);
        account.showPorts(screen);
        screen.line("");
        account.show(screen, seconds());
        screen.line("");
        final List<String> faults = faults();
        screen.verdict(faults.isEmpty(), faults.isEmpty()
                ? "No error but on connections that server 3 had when it died: " + tally.failed() + " of " + held + "."
                : "This is NOT as it should be: faults=" + faults.size());
    }

    /** In as many lines as it takes. */
    private static void showSentence(final Screen screen, final String head, final String sentence) {
        final int room = Screen.COLUMNS - head.length();
        if (sentence.length() <= room || sentence.lastIndexOf(' ', room) <= 0) {
            screen.line("%s%s", head, sentence);
            return;
        }
        final int blank = sentence.lastIndexOf(' ', room);
        screen.line("%s%s", head, sentence.substring(0, blank));
        showSentence(screen, " ".repeat(head.length()), sentence.substring(blank + 1));
    }

    private void showTimeline(final Screen screen) {
        final int step = step();
        screen.heading("answers a second of each server, errors that clients saw, and what happened");
        screen.heading(COLUMNS, "from", "server 1", "server 2", "server 3", "server 4", "all", "errors", "");
        for (int from = 0; from < seconds(); from += step) {
            final int to = from + step;
            final double length = Math.min(to, seconds()) - from;
            final List<String> marks = events.stream().filter(event -> isWithin(event.ns(), to - step, to)).map(Event::mark).toList();
            final long failed = failed(from, to);
            final List<String> rates = new ArrayList<>();
            long all = 0;
            for (final Backend backend : Backend.values()) {
                final long answers = tally.answers(backend, from, to);
                rates.add(rate(answers, length));
                all += answers;
            }
            screen.row(failed == 0, COLUMNS, from, rates.get(0), rates.get(1), rates.get(2), rates.get(3), rate(all, length), failed,
                    marks.isEmpty() ? "" : marks.getFirst());
            marks.stream().skip(1).forEach(mark -> screen.line(COLUMNS, "", "", "", "", "", "", "", mark));
        }
    }

    private static String rate(final long answers, final double seconds) {
        return String.format(Locale.ROOT, "%,.0f", answers / seconds);
    }

    private int step() {
        return (int) Math.ceil(seconds() / MAX_ROWS);
    }

    private long failed(final double from, final double to) {
        return tally.failures().stream().filter(failure -> isWithin(failure.atNs(), from, to)).count();
    }

    private boolean isWithin(final long ns, final double from, final double to) {
        return tally.seconds(ns) >= from && tally.seconds(ns) < to;
    }

    private void showErrors(final Screen screen) {
        screen.heading("%-38s %9s   %s", "errors that clients saw", "errors", "causes");
        errors().forEach((deed, failures) -> {
            final List<String> causes = new ArrayList<>();
            byCause(failures).forEach((why, count) -> causes.add(count + " " + why));
            screen.row(failures.stream().allMatch(this::isOfTheDead), "  %-36s %,9d   %s", deed, failures.size(),
                    causes.isEmpty() ? "" : causes.getFirst());
            causes.stream().skip(1).forEach(cause -> screen.line("%51s%s", "", cause));
            if (deed.equals(Deed.KILL.text())) {
                screen.line("    %-34s %,9d", "connections that it had", held);
                screen.line("    %-34s %,9d", "of the errors, on these", failures.stream().filter(this::isOfTheDead).count());
                screen.line("    %-34s %,9d   slowest made after %.2f s", "connections begun until it was found", tally.connections(Stage.SILENT),
                        tally.slowestSeconds(Stage.SILENT));
            }
        });
        screen.line("  %-36s %,9d   in %.1f s", "requests answered", tally.answers(), seconds());
        screen.line("  %-36s %,9d", "connections that they came over", tally.connections());
    }

    private static Map<String, Long> byCause(final List<WebFailure> failures) {
        return failures.stream().collect(Collectors.groupingBy(WebFailure::why, TreeMap::new, Collectors.counting()));
    }

    private void showDistribution(final Screen screen) {
        screen.heading("%-18s %s", "new connections", "seen by clients / as weighted round-robin gives them out");
        screen.heading("%-18s %14s %14s %14s %14s", "", "server 1", "server 2", "server 3", "server 4");
        for (final Stage stage : Stage.values()) {
            if (!stage.isKnown()) {
                continue;
            }
            final List<String> wrong = new ArrayList<>();
            addDistributionFaults(stage, wrong);
            final Object[] values = new Object[Backend.values().length + 1];
            values[0] = stage.text();
            for (final Backend backend : Backend.values()) {
                values[backend.number()] = String.format(Locale.ROOT, "%,d / %,.0f", tally.connections(stage, backend),
                        tally.connections(stage) * stage.share(backend));
            }
            screen.row(wrong.isEmpty(), "%-18s %14s %14s %14s %14s", values);
        }
    }

    @Override
    public String json() {
        final Json json = new Json().object();
        json.field("scenario", "balancer").field("through", "namespaces").field("ok", faults().isEmpty());
        json.name("faults").array();
        faults().forEach(json::value);
        json.end().field("seconds", seconds());
        json.field("requests", tally.answers()).field("connections", tally.connections()).field("errors", tally.failed());
        json.name("events").array();
        events.forEach(event -> json.object()
                .field("seconds", tally.seconds(event.ns()))
                .field("deed", event.deed().key())
                .field("what", event.mark())
                .field("detail", event.sentence())
                .end());
        json.end().name("errors_by_deed").array();
        errors().forEach((deed, failures) -> {
            json.object().field("deed", deed).field("errors", (long) failures.size())
                    .field("on_connections_of_the_dead", failures.stream().filter(this::isOfTheDead).count());
            json.name("causes").object();
            byCause(failures).forEach(json::field);
            json.end().end();
        });
        json.end().field("held_by_the_dead", held);
        json.field("begun_before_found", tally.connections(Stage.SILENT));
        json.field("begun_before_found_slowest_seconds", tally.slowestSeconds(Stage.SILENT));
        writeTimeline(json);
        writeDistribution(json);
        json.field("ipvsadm", listing);
        new Account(stat).write(json, seconds());
        return json.end().toString();
    }

    private void writeTimeline(final Json json) {
        json.name("timeline").array();
        for (int from = 0; from < seconds(); from++) {
            json.object().field("second", from).name("answers").array();
            for (final Backend backend : Backend.values()) {
                json.value(tally.answers(backend, from, from + 1));
            }
            json.end().field("errors", failed(from, from + 1)).end();
        }
        json.end();
    }

    private void writeDistribution(final Json json) {
        json.name("distribution").array();
        for (final Stage stage : Stage.values()) {
            if (stage.isKnown()) {
                json.object().field("stage", stage.text()).name("connections").array();
                for (final Backend backend : Backend.values()) {
                    json.value(tally.connections(stage, backend));
                }
                json.end().name("expected").array();
                for (final Backend backend : Backend.values()) {
                    json.value(tally.connections(stage) * stage.share(backend));
                }
                json.end().end();
            }
        }
        json.end();
    }

    private double seconds() {
        return tally.seconds(endNs);
    }
}
