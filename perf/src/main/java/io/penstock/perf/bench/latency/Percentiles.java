package io.penstock.perf.bench.latency;

import io.penstock.dataplane.cli.Json;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** How a histogram of ns is told. Threads: any. */
final class Percentiles {

    private static final double NS_PER_US = 1e3;
    private static final double[] SHOWN = {50, 90, 99, 99.9, 99.99, 99.999};
    private static final String[] NAMES = {"p50", "p90", "p99", "p99_9", "p99_99", "p99_999"};
    /** Points of the distribution for each halving of what is left above. */
    private static final int TICKS = 5;
    private static final int BAR = 50;

    private Percentiles() {
    }

    static double us(final double ns) {
        return ns / NS_PER_US;
    }

    /** Unit: us; 0 of an empty one. */
    static double us(final Histogram histogram, final double percent) {
        return histogram.getTotalCount() == 0 ? 0 : us(histogram.getValueAtPercentile(percent));
    }

    /** An object. */
    static void write(final Json json, final Histogram histogram) {
        json.object();
        for (int i = 0; i < SHOWN.length; i++) {
            json.field(NAMES[i], us(histogram, SHOWN[i]));
        }
        json.field("max", us(histogram.getMaxValue())).end();
    }

    /** An array of pairs, percent and us, from 0 to 100. */
    static void writeDistribution(final Json json, final Histogram histogram) {
        json.array();
        if (histogram.getTotalCount() != 0) {
            for (final HistogramIterationValue value : histogram.percentiles(TICKS)) {
                json.array().value(value.getPercentileLevelIteratedTo()).value(us(value.getValueIteratedTo())).end();
            }
        }
        json.end();
    }

    /** A table: a row for each percentile, a column for each histogram. */
    static String table(final String[] titles, final Histogram... histograms) {
        final StringBuilder out = new StringBuilder(String.format(Locale.ROOT, "%-12s%10s", "latency, us", ""));
        for (final String title : titles) {
            out.append(String.format(Locale.ROOT, "%22s", title));
        }
        out.append('\n');
        for (int i = 0; i <= SHOWN.length; i++) {
            out.append(String.format(Locale.ROOT, "%-12s%10s", "", i == SHOWN.length ? "max" : SHOWN[i] + " %"));
            for (final Histogram histogram : histograms) {
                out.append(String.format(Locale.ROOT, "%22.2f",
                        i == SHOWN.length ? us(histogram.getMaxValue()) : us(histogram, SHOWN[i])));
            }
            out.append('\n');
        }
        return out.toString();
    }

    /** A picture: a bar for each span of 1, 2, 5, 10 ... us. */
    static String bars(final Histogram histogram) {
        final long total = histogram.getTotalCount();
        if (total == 0) {
            return "";
        }
        final StringBuilder out = new StringBuilder();
        final double digits = Math.log10(total + 1.0);
        long fromNs = 0;
        for (int i = 0; fromNs <= histogram.getMaxValue(); i++) {
            final long toNs = bound(i);
            final long count = histogram.getCountBetweenValues(fromNs, toNs - 1);
            if (count != 0 || !out.isEmpty()) {
                out.append(String.format(Locale.ROOT, "%-12s%10s %-" + BAR + "s %,d%n", out.isEmpty() ? "packets" : "", '<' + bound(toNs),
                        "#".repeat((int) Math.ceil(BAR * Math.log10(count + 1.0) / digits)), count));
            }
            fromNs = toNs;
        }
        return out.append(String.format(Locale.ROOT, "%-12s%10s (a bar is as long as its number has digits)%n", "", "")).toString();
    }

    /** 100, 200, 500, 1000 ... ns. */
    private static long bound(final int i) {
        final int[] steps = {1, 2, 5};
        return steps[i % steps.length] * (long) Math.pow(10, 2 + i / steps.length);
    }

    private static String bound(final long ns) {
        return ns < 1_000 ? ns + " ns" : ns < 1_000_000 ? ns / 1_000 + " us" : ns < 1_000_000_000 ? ns / 1_000_000 + " ms"
                : ns / 1_000_000_000 + " s";
    }
}
