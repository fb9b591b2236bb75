package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.report.Axis;
import io.penstock.perf.bench.report.BarChart;
import io.penstock.perf.bench.report.Cell;
import io.penstock.perf.bench.report.Column;
import io.penstock.perf.bench.report.Document;
import io.penstock.perf.bench.report.Table;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The part of a report about those that Penstock is compared with: who is here, in which version and configuration, and the ratios.
 *
 * <p>Threads: one.
 */
final class PeerSection {

    /** What labels leave out. */
    private static final List<String> KNOWN = List.of(", over veth", "over veth, ", "over veth ", ", memory to memory", ", ipv6 false", ", checked false",
            ", table connections", " with DPDK", "rule count ", ", tier specialized");

    /** Of a configuration: rules by the thousand tell nothing more. */
    private static final int MOST_LINES = 40;
    private static final int LAST_LINES = 5;

    private final Findings findings;
    private final Session last;

    /** @param last the session that the run was made in last, or null */
    PeerSection(final Findings findings, final Session last) {
        this.findings = findings;
        this.last = last;
    }

    void write(final Document document) {
        document.heading(1, "Beside others");
        document.text("Each was measured in this run, on this machine, its runs alternating with Penstock's, and the ratio is of runs next to each "
                + "other. Not so with RFC 2544, where devices take turns size by size: all searches of one device come before all of the other's, "
                + "and a throughput ratio is of searches of the same number. More than 1 is more speed, or less time, for Penstock. What a peer "
                + "leaves out that Penstock does, such as routes and state, is in its configuration.");
        ratios(document);
        present(document);
        configurations(document);
    }

    private void ratios(final Document document) {
        final Map<Place, List<BarChart.Bar>> bars = new EnumMap<>(Place.class);
        final List<List<Cell>> rows = new ArrayList<>();
        for (final Measurement measurement : findings.plan()) {
            if (measurement.peer() == null) {
                continue;
            }
            boolean any = false;
            for (final KeyFigure key : KeyFigure.of(findings, measurement.id())) {
                if (key.title().equals(KeyFigure.RATIO)) {
                    final String name = measurement.title() + (key.row().isEmpty() ? "" : ", " + key.row());
                    bars.computeIfAbsent(Place.of(measurement), _ -> new ArrayList<>()).add(BarChart.Bar.of(label(name), key.figure().median())
                            .withSpread(key.figure().least(), key.figure().most()).withTarget(1));
                    rows.add(List.of(Cell.text(name + key.limitWords()), Cell.text(peer(measurement)),
                            Cell.spread(key.figure().median(), key.figure().least(), key.figure().most()),
                            Cell.text(Integer.toString(key.figure().samples()))));
                    any = true;
                }
            }
            if (!any) {
                rows.add(List.of(Cell.text(measurement.title()), Cell.text(peer(measurement)), Cell.text(whyNoRatio(measurement)), Cell.empty()));
            }
        }
        // Each with a scale of its own: beside some, it is a matter of tens of times, beside others of per cent.
        bars.forEach((place, those) ->
            document.chart(new BarChart("Penstock over peers, " + place.words, "ratio of runs next to each other, with RFC 2544 of searches of the same "
                    + "number; right of the mark Penstock is faster; whiskers from the least to the most", Axis.linear("Ratio", ""), "equal", those)));
        document.table(new Table("Penstock over peers", List.of(Column.text("what"), Column.text("peer"), Column.number("ratio (least – most)", ""),
                Column.number("pairs of runs", "")), rows));
    }

    /** A chart's title says where it was measured, a table what exactly; a label has no room for it. */
    private static String label(final String name) {
        String label = name;
        for (final String known : KNOWN) {
            label = label.replace(known, "");
        }
        return label.replace("plain forwarding, throughput ratio, size", "throughput, frames of");
    }

    private String whyNoRatio(final Measurement measurement) {
        final String why = findings.whyNot(measurement.id());
        final String absence = why == null ? findings.peerAbsence(measurement.id()) : why;
        return absence == null ? "measured beside it, but a ratio is missing from the result" : absence;
    }

    private String peer(final Measurement measurement) {
        return measurement.peer().title();
    }

    private void present(final Document document) {
        final List<List<Cell>> rows = new ArrayList<>();
        for (final Need need : Need.values()) {
            if (need.peer().isEmpty()) {
                continue;
            }
            final String version = last == null ? "" : last.peers().getOrDefault(need.peer(), "");
            rows.add(List.of(Cell.text(need.title()), version.isEmpty() ? Cell.text("absent: install with --install-peers") : Cell.text(version)));
        }
        document.table(new Table("Peers on this machine", List.of(Column.text("peer"), Column.text("version")), rows));
    }

    /** As the measurements tell them. */
    private void configurations(final Document document) {
        final Map<String, List<String>> all = new LinkedHashMap<>();
        for (final Measurement measurement : findings.plan()) {
            for (final Report report : findings.reports(measurement.id())) {
                if (report.values().get("peer_configuration") instanceof final List<?> lines && !lines.isEmpty()) {
                    all.putIfAbsent(measurement.title(), shortened(lines.stream().map(String::valueOf).toList(), measurement.id()));
                }
            }
        }
        if (!all.isEmpty()) {
            document.heading(2, "Their configurations");
            all.forEach((title, lines) -> document.heading(3, title).code("", String.join("\n", lines)));
        }
    }

    private static List<String> shortened(final List<String> lines, final String measurement) {
        if (lines.size() <= MOST_LINES) {
            return lines;
        }
        final List<String> some = new ArrayList<>(lines.subList(0, MOST_LINES - LAST_LINES - 1));
        some.add("... " + (lines.size() - MOST_LINES + 1) + " lines more, in results/" + measurement + ".json ...");
        some.addAll(lines.subList(lines.size() - LAST_LINES, lines.size()));
        return some;
    }

    /** Where peers are measured, and what by. */
    private enum Place {
        VETH("over veth"),
        KERNEL("the kernel's, memory to memory"),
        LIBRARIES("others', memory to memory");

        private final String words;

        Place(final String words) {
            this.words = words;
        }

        static Place of(final Measurement measurement) {
            if (measurement.id().startsWith("wire-") || measurement.id().startsWith("rfc")) {
                return VETH;
            }
            return switch (measurement.peer()) {
                case KERNEL, IPTABLES, NFT -> KERNEL;
                default -> LIBRARIES;
            };
        }
    }
}
