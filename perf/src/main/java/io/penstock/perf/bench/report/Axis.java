package io.penstock.perf.bench.report;

import java.util.Objects;

/**
 * What one axis shows.
 *
 * @param label the quantity, for instance {@code Throughput}
 * @param unit for instance {@code Mpps}; empty for what is only counted
 */
public record Axis(String label, String unit, Scale scale) {

    /** How numbers become distances. */
    public enum Scale {
        /** Starts at 0. */
        LINEAR,
        /** Starts near the least value, and the picture says so: for drift of something that is large and steady. Not for bars. */
        ZOOMED,
        /** Ticks at 1, 2, 5, 10; what is not above 0 is left out, and the picture says so. */
        LOG,
        /** Logarithmic with ticks at powers of two and at the measured values between them: packet sizes. */
        LOG2,
        /** Percentiles of a latency as HdrHistogram draws them: 0, 90, 99, 99.9 at equal distances; 100 is the maximum and the right end. */
        PERCENTILE
    }

    public Axis {
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(unit, "unit");
        Objects.requireNonNull(scale, "scale");
        if (label.isBlank()) {
            throw new IllegalArgumentException("an axis needs a label: unit=" + unit + "; say what it shows");
        }
    }

    public static Axis linear(final String label, final String unit) {
        return new Axis(label, unit, Scale.LINEAR);
    }

    public static Axis zoomed(final String label, final String unit) {
        return new Axis(label, unit, Scale.ZOOMED);
    }

    public static Axis log(final String label, final String unit) {
        return new Axis(label, unit, Scale.LOG);
    }

    public static Axis log2(final String label, final String unit) {
        return new Axis(label, unit, Scale.LOG2);
    }

    /** Percentiles in percent, 0 to 100. */
    public static Axis percentile(final String label) {
        return new Axis(label, "%", Scale.PERCENTILE);
    }

    /** Label and unit as they are written beside the axis. */
    String caption() {
        return unit.isEmpty() ? label : label + " [" + unit + ']';
    }
}
