package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.report.Axis;
import io.penstock.perf.bench.report.BarChart;
import io.penstock.perf.bench.report.Cell;
import io.penstock.perf.bench.report.Column;
import io.penstock.perf.bench.report.Document;
import io.penstock.perf.bench.report.LineChart;
import io.penstock.perf.bench.report.Point;
import io.penstock.perf.bench.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The part of a report about Penstock between network namespaces, over veth: what the generator and the sink can do at most, RFC 2544's
 * procedures, and throughput beside peers.
 *
 * <p>Threads: one.
 */
final class WireSection {

    private static final String RFC2544 = "rfc2544";
    private static final String GENERATOR = "generator";
    private static final List<String> NAMES = List.of("wire-testpmd", "wire-snat", "wire-snat-testpmd", "wire-kernel", "wire-ovs",
            "wire-tracked-ovs", "wire-snat-ovs", "wire-service");

    private final Findings findings;

    WireSection(final Findings findings) {
        this.findings = findings;
    }

    void write(final Document document) {
        document.heading(1, "Over veth");
        document.text("Three network namespaces: a generator, the device under test, a sink, all in XDP programs and AF_XDP on this machine's CPUs. What "
                + "the generator and the sink can do without a device between them is measured too; a row whose limit was one of them says so.");
        ceilings(document);
        sizes(document);
        peers(document);
        loss(document);
    }

    private void ceilings(final Document document) {
        final List<List<Cell>> rows = new ArrayList<>();
        for (final String array : List.of("generator", "sink")) {
            for (final KeyFigure key : KeyFigure.of(findings, GENERATOR)) {
                if (key.row().startsWith(array) && key.title().startsWith("Mpps")) {
                    rows.add(List.of(Cell.text(key.row()), Cell.spread(key.figure().median(), key.figure().least(), key.figure().most()),
                            Cell.text(Integer.toString(key.figure().samples()))));
                }
            }
        }
        if (!rows.isEmpty()) {
            document.table(new Table("What generator and sink can do at most", List.of(Column.text("what"), Column.number("median (least – most)", "Mpps"),
                    Column.number("runs", "")), rows));
        } else {
            document.note(Document.Kind.WARNING, "The ceilings of generator and sink are not known: " + findings.whyNot(GENERATOR) + ".");
        }
    }

    /** RFC 2544's throughput, with the generator's ceiling above it. */
    private void sizes(final Document document) {
        final Report report = findings.report(RFC2544);
        if (report == null) {
            document.text("RFC 2544: " + findings.whyNot(RFC2544) + '.');
            return;
        }
        final List<LineChart.Series> series = new ArrayList<>(List.of(throughput("Penstock", "throughput")));
        if (report.values().get("peer") instanceof final String peer && !peer.equals("none")) {
            series.add(throughput(peer, "peer_throughput"));
        }
        series.add(throughput("generator's ceiling", "generator_mpps"));
        document.chart(new LineChart("Throughput by packet size, RFC 2544", "the highest rate without loss, by binary search; frames with their check "
                + "sequence; whiskers from the least to the most of repetitions", Axis.log2("Frame", "bytes"), Axis.linear("Throughput", "Mpps"),
                series.stream().filter(each -> !each.points().isEmpty()).toList(), LineChart.Spread.WHISKERS, List.of()));
        final List<List<Cell>> rows = new ArrayList<>();
        for (final String array : List.of("throughput", "peer_throughput")) {
            for (final Map<?, ?> row : Reading.rows(report.values().get(array))) {
                final Figure figure = findings.figure(RFC2544, array + "[size=" + row.get("size") + "].mpps");
                if (figure == null) {
                    continue;
                }
                rows.add(List.of(Cell.text(array.startsWith("peer") ? String.valueOf(report.values().get("peer")) : "Penstock"),
                        Cell.text(String.valueOf(row.get("size"))), Cell.spread(figure.median(), figure.least(), figure.most()),
                        row.get("line_mbps") instanceof final Number mbps ? Cell.number(mbps.doubleValue()) : Cell.empty(),
                        Cell.text(String.valueOf(row.get("limit") == null ? "" : row.get("limit")))));
            }
        }
        document.table(new Table("RFC 2544: throughput without loss", List.of(Column.text("device"), Column.number("frame", "bytes"),
                Column.number("median (least – most)", "Mpps"), Column.number("on the line", "Mbit/s"), Column.text("limit")), rows));
    }

    private LineChart.Series throughput(final String name, final String array) {
        final List<Point> points = new ArrayList<>();
        for (final Map<?, ?> row : Reading.rows(findings.report(RFC2544).values().get(array))) {
            final Figure figure = findings.figure(RFC2544, array + "[size=" + row.get("size") + "].mpps");
            if (row.get("size") instanceof final Number size && figure != null) {
                points.add(new Point(size.doubleValue(), figure.median(), figure.least(), figure.most()));
            }
        }
        points.sort((a, b) -> Double.compare(a.x(), b.x()));
        return new LineChart.Series(name, points);
    }

    private void peers(final Document document) {
        final List<BarChart.Bar> bars = new ArrayList<>();
        final List<List<Cell>> rows = new ArrayList<>();
        for (final Measurement measurement : findings.plan().stream().filter(each -> NAMES.contains(each.id())).toList()) {
            final String id = measurement.id();
            final Figure own = findings.figure(id, "mpps");
            if (own == null) {
                rows.add(List.of(Cell.text(measurement.title()), Cell.text(findings.whyNot(id)), Cell.empty(), Cell.empty(), Cell.empty(),
                        Cell.empty()));
                continue;
            }
            final Figure peer = findings.figure(id, "peer_mpps");
            final Figure ratio = findings.figure(id, "ratio");
            final Figure offered = findings.figure(id, "offered_mpps");
            final String name = String.valueOf(findings.report(id).values().get("peer"));
            final String work = measurement.title().replace("over veth beside ", "beside ").replace("over veth, ", "");
            bars.add(BarChart.Bar.of(work, own.median()).withSpread(own.least(), own.most()).withGroup("Penstock"));
            if (peer != null) {
                bars.add(BarChart.Bar.of(name, peer.median()).withSpread(peer.least(), peer.most()).withGroup("peer"));
            }
            rows.add(List.of(Cell.text(measurement.title()), Cell.spread(own.median(), own.least(), own.most()),
                    offered == null ? Cell.empty() : Cell.number(offered.median()),
                    peer == null ? Cell.text("alone: the peer is absent") : Cell.spread(peer.median(), peer.least(), peer.most()),
                    ratio == null ? Cell.empty() : Cell.spread(ratio.median(), ratio.least(), ratio.most()), Cell.text(limits(id, peer != null))));
        }
        if (!bars.isEmpty()) {
            document.chart(new BarChart("Throughput over veth, beside peers", "16,384 flows, frames of 64 bytes, the generator as fast as it can; runs of "
                    + "Penstock and the peer alternate; whiskers from the least to the most run", Axis.linear("Throughput", "Mpps"), "", bars));
            document.table(new Table("Over veth, beside peers: runs alternate, ratios run by run", List.of(Column.text("what"),
                    Column.number("Penstock", "Mpps"), Column.number("offered", "Mpps"), Column.number("peer", "Mpps"), Column.number("ratio", ""),
                    Column.text("limit")), rows));
        } else {
            document.list(rows.stream().map(row -> row.get(0).text() + ": " + row.get(1).text()).toList());
        }
    }

    /** What bounded Penstock, and the peer. */
    private String limits(final String id, final boolean hasPeer) {
        final String own = KeyFigure.limit(findings, id, "mpps");
        final String peer = hasPeer ? KeyFigure.limit(findings, id, "peer_mpps") : null;
        return own == null ? "" : peer == null ? own : own + "; peer: " + peer;
    }

    private void loss(final Document document) {
        final Report report = findings.report(RFC2544);
        final List<Map<?, ?>> losses = report == null ? List.of() : Reading.rows(report.values().get("frame_loss"));
        final List<LineChart.Series> series = new ArrayList<>();
        for (final Object size : losses.stream().map(row -> row.get("size")).distinct().toList()) {
            final List<Point> points = losses.stream().filter(row -> row.get("size").equals(size)
                    && row.get("offered_mpps") instanceof Number && row.get("loss") instanceof Number)
                    .map(row -> Point.of(((Number) row.get("offered_mpps")).doubleValue(), 100 * ((Number) row.get("loss")).doubleValue()))
                    .sorted((a, b) -> Double.compare(a.x(), b.x())).toList();
            series.add(new LineChart.Series(size instanceof Number ? String.format(Locale.ROOT, "%s bytes", size) : String.valueOf(size), points));
        }
        if (!series.isEmpty()) {
            document.chart(new LineChart("Frame loss by offered rate, RFC 2544", "share of what was offered that did not arrive", Axis.linear("Offered", "Mpps"),
                    Axis.linear("Loss", "%"), series, LineChart.Spread.WHISKERS, List.of()));
        }
    }
}
