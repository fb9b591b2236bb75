package io.penstock.perf.bench.report;

import java.util.SortedSet;
import java.util.TreeSet;

/** The values that an axis has to show. */
final class Extent {

    private final Axis axis;
    private final SortedSet<Double> values = new TreeSet<>();

    Extent(final Axis axis) {
        this.axis = axis;
    }

    /** Takes a value into account if the axis can show it. */
    void add(final double value) {
        if (AxisScale.shows(axis, value)) {
            // Adding 0 makes a negative zero a zero, which the set would take for another value.
            values.add(value + 0.0);
        }
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    /** One at least, ascending. */
    SortedSet<Double> values() {
        return values;
    }

    double least() {
        return values.first();
    }

    double most() {
        return values.last();
    }
}
