package io.penstock.perf.bench.report;

import java.util.List;
import java.util.Objects;

/**
 * Horizontal bars from 0 made of parts, for instance what a packet costs in each stage.
 *
 * @param axis {@link Axis.Scale#LINEAR}
 * @param segments the names of the parts in the order in which they lie, at most {@link Chart#MOST_SERIES}
 * @param bars from top to bottom
 */
public record StackedBarChart(String title, String note, Axis axis, List<String> segments, List<Bar> bars) implements Chart {

    /**
     * One bar.
     *
     * @param values for each segment 0 or more; what is not finite or below 0 is left out of the bar and of its total
     */
    public record Bar(String name, List<Double> values) {

        public Bar {
            Objects.requireNonNull(name, "name");
            values = List.copyOf(values);
        }

        double total() {
            double sum = 0;
            for (final double value : values) {
                sum += drawn(value);
            }
            return sum;
        }

        /** How long the part is drawn. */
        static double drawn(final double value) {
            return Double.isFinite(value) && value > 0 ? value : 0;
        }
    }

    public StackedBarChart {
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(note, "note");
        Objects.requireNonNull(axis, "axis");
        segments = List.copyOf(segments);
        bars = List.copyOf(bars);
        BarChart.requireFromZero(axis, title);
        Palette.requireEnough("segments", title, segments.size());
        for (final Bar bar : bars) {
            if (bar.values().size() != segments.size()) {
                throw new IllegalArgumentException("a bar does not fit its chart: chart=" + title + " bar=" + bar.name() + " values="
                        + bar.values().size() + " segments=" + segments.size() + "; give it a value for each segment");
            }
        }
    }
}
