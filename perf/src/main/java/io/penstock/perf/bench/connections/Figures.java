package io.penstock.perf.bench.connections;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.measure.Samples;
import java.util.Locale;

/** How figures are written, for people and as JSON. Threads: any. */
final class Figures {

    private Figures() {
    }

    /** An array of numbers under a name. */
    static void array(final Json json, final String name, final double... values) {
        json.name(name).array();
        for (final double value : values) {
            json.value(value);
        }
        json.end();
    }

    /** A line of a result: its name, and what is to be said. */
    static void line(final StringBuilder out, final String name, final String format, final Object... values) {
        out.append(String.format(Locale.ROOT, "%-18s", name)).append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    /** The median, and how far runs are apart. */
    static String runs(final String format, final double... values) {
        final Samples samples = Samples.of(values);
        final String median = String.format(Locale.ROOT, format, samples.median());
        return values.length == 1 ? median
                : median + String.format(Locale.ROOT, " (%d runs, " + number(format) + " to " + number(format) + ')', values.length, samples.least(),
                        samples.most());
    }

    private static String number(final String format) {
        return format.split(" ", 2)[0];
    }
}
