package io.penstock.perf.bench.report;

import java.util.List;
import java.util.Objects;

/**
 * Lines over two axes.
 *
 * @param series at most {@link Chart#MOST_SERIES}, drawn and labelled in this order; points in ascending {@code x}
 * @param references horizontal lines, for instance a budget or what the generator can do
 */
public record LineChart(String title, String note, Axis xAxis, Axis yAxis, List<Series> series, Spread spread, List<Reference> references)
        implements Chart {

    /** How the least and the most of a point are drawn. */
    public enum Spread {
        WHISKERS,
        /** For lines with many points. */
        BAND
    }

    /** One line. */
    public record Series(String name, List<Point> points) {

        public Series {
            Objects.requireNonNull(name, "name");
            points = List.copyOf(points);
        }
    }

    /** A horizontal line with its label. */
    public record Reference(String label, double y) {

        public Reference {
            Objects.requireNonNull(label, "label");
        }
    }

    public LineChart {
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(note, "note");
        Objects.requireNonNull(xAxis, "xAxis");
        Objects.requireNonNull(yAxis, "yAxis");
        Objects.requireNonNull(spread, "spread");
        series = List.copyOf(series);
        references = List.copyOf(references);
        Palette.requireEnough("series", title, series.size());
        if (yAxis.scale() == Axis.Scale.PERCENTILE) {
            throw new IllegalArgumentException("percentiles belong on the x axis: chart=" + title + "; swap the axes");
        }
    }
}
