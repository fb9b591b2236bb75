package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.report.Cell;
import io.penstock.perf.bench.report.Column;
import io.penstock.perf.bench.report.Document;
import io.penstock.perf.bench.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The part of a report that holds every figure, whatever was made of it elsewhere.
 *
 * <p>Threads: one.
 */
final class ResultSection {

    private static final String SPEED = "mpps_cpu";

    private final Findings findings;

    ResultSection(final Findings findings) {
        this.findings = findings;
    }

    void write(final Document document) {
        document.heading(1, "All measurements");
        document.text("Medians of all samples; the least and the most, and the median of absolute deviations (MAD), tell the spread. A process measures ten "
                + "slices or some runs; with several processes, what differs from one to the next is in the spread.");
        engine(document);
        others(document);
        missing(document);
    }

    private void engine(final Document document) {
        final List<List<Cell>> rows = new ArrayList<>();
        for (final Measurement measurement : findings.plan()) {
            final Figure speed = findings.figure(measurement.id(), SPEED);
            if (speed == null) {
                continue;
            }
            final Figure clock = findings.figure(measurement.id(), "mpps");
            final Figure busy = findings.figure(measurement.id(), "worker_cpu");
            final boolean steady = findings.reports(measurement.id()).stream().noneMatch(each -> Boolean.FALSE.equals(each.values().get("steady")));
            rows.add(List.of(Cell.text(measurement.title() + (steady ? "" : " *")), Cell.spread(speed.median(), speed.least(), speed.most()),
                    Cell.number(speed.mad()), clock == null ? Cell.empty() : Cell.number(clock.median()),
                    busy == null ? Cell.empty() : Cell.text(String.format(Locale.ROOT, "%.0f %%", 100 * busy.median())),
                    Cell.text(speed.samples() + " / " + speed.processes())));
        }
        if (!rows.isEmpty()) {
            document.table(new Table("The engine: speed of the time that the worker had its CPU, and by the wall's clock. * not steady when measured",
                    List.of(Column.text("what"), Column.number("median (least – most)", "Mpps"), Column.number("MAD", "Mpps"),
                            Column.number("by the clock", "Mpps"), Column.number("on its CPU", ""), Column.number("samples / processes", "")), rows));
        }
    }

    private void others(final Document document) {
        final List<List<Cell>> rows = new ArrayList<>();
        for (final Measurement measurement : findings.plan()) {
            if (findings.figure(measurement.id(), SPEED) != null) {
                continue;
            }
            for (final KeyFigure key : KeyFigure.of(findings, measurement.id())) {
                final Figure figure = key.figure();
                rows.add(List.of(Cell.text(measurement.title() + (key.row().isEmpty() ? "" : ": " + key.row())), Cell.text(key.title()
                        + key.limitWords()), Cell.spread(figure.median(), figure.least(), figure.most()), Cell.number(figure.mad()),
                        Cell.text(figure.samples() + " / " + figure.processes())));
            }
        }
        if (!rows.isEmpty()) {
            document.table(new Table("Everything else", List.of(Column.text("what"), Column.text("figure"), Column.number("median (least – most)", ""),
                    Column.number("MAD", ""), Column.number("samples / processes", "")), rows));
        }
    }

    private void missing(final Document document) {
        final List<String> missing = findings.plan().stream().filter(each -> findings.whyNot(each.id()) != null)
                .map(each -> '`' + each.id() + "`, " + each.title() + ": " + findings.whyNot(each.id()) + '.').toList();
        if (!missing.isEmpty()) {
            document.heading(2, "Without figures");
            document.list(missing);
        }
    }
}
