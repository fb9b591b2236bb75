package io.penstock.perf.bench.report;

import java.util.List;
import java.util.Objects;

/**
 * Horizontal bars from 0, one for each thing, with the value written at each.
 *
 * @param axis {@link Axis.Scale#LINEAR}: the length of a bar is its value
 * @param targetLabel what the marks of {@link Bar#target} are, for instance {@code budget}
 * @param bars from top to bottom
 */
public record BarChart(String title, String note, Axis axis, String targetLabel, List<Bar> bars) implements Chart {

    /**
     * One bar.
     *
     * @param group bars of one group have one colour, with a legend when there are several; may be empty
     * @param value not a number when it was not measured, which is then written in place of the bar
     * @param low the least that was measured, or not a number
     * @param high the most that was measured, or not a number
     * @param target a mark to compare the bar with, or not a number
     */
    public record Bar(String name, String group, double value, double low, double high, double target) {

        public Bar {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(group, "group");
        }

        public static Bar of(final String name, final double value) {
            return new Bar(name, "", value, Double.NaN, Double.NaN, Double.NaN);
        }

        public Bar withGroup(final String other) {
            return new Bar(name, other, value, low, high, target);
        }

        public Bar withSpread(final double least, final double most) {
            return new Bar(name, group, value, least, most, target);
        }

        public Bar withTarget(final double wanted) {
            return new Bar(name, group, value, low, high, wanted);
        }

        boolean hasSpread() {
            return Double.isFinite(value) && Double.isFinite(low) && Double.isFinite(high) && low < high;
        }
    }

    public BarChart {
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(note, "note");
        Objects.requireNonNull(axis, "axis");
        Objects.requireNonNull(targetLabel, "targetLabel");
        bars = List.copyOf(bars);
        requireFromZero(axis, title);
        Palette.requireEnough("groups", title, (int) bars.stream().map(Bar::group).distinct().count());
    }

    static void requireFromZero(final Axis axis, final String title) {
        if (axis.scale() != Axis.Scale.LINEAR) {
            throw new IllegalArgumentException("bars need an axis that starts at 0: chart=" + title + " scale=" + axis.scale() + "; use Axis.linear");
        }
    }
}
