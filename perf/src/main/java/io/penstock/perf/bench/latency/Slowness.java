package io.penstock.perf.bench.latency;

import io.penstock.dataplane.cli.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * The slow stretches of a measurement, and why they were.
 *
 * @param all     in order of time
 * @param without what packets took when those of stretches with a known cause are left out
 * @param missed  packets that the log had no room for
 */
record Slowness(List<Attribution.Explained> all, Histogram without, long missed, long thresholdNs) {

    private static final int SLOWEST = 10;
    private static final double NS_PER_SECOND = 1e9;

    /** Explains what a log has. */
    static Slowness of(final SlowLog log, final Histogram latencies, final List<Incident> incidents) {
        final Attribution attribution = new Attribution(incidents);
        final List<Attribution.Explained> all = new ArrayList<>();
        final Histogram without = latencies.copy();
        final Map<Long, Long> left = new TreeMap<>();
        for (final Stretch stretch : log.stretches()) {
            final Attribution.Explained explained = attribution.explain(stretch);
            all.add(explained);
            if (explained.main() != Cause.UNKNOWN) {
                stretch.entries().forEach(entry -> log.latencies(entry, ns -> left.merge(ns, 1L, Long::sum)));
            }
        }
        final Histogram known = new Histogram(latencies);
        left.forEach(known::recordValueWithCount);
        without.subtract(known);
        return new Slowness(all, without, log.missed(), log.thresholdNs());
    }

    /** The same, of a log that had lost so many packets before. */
    Slowness withMissed(final long more) {
        return new Slowness(all, without, missed + more, thresholdNs);
    }

    /** How many, how long altogether, how long at the most. */
    Map<Cause, Sum> sums() {
        final Map<Cause, Sum> sums = new EnumMap<>(Cause.class);
        for (final Attribution.Explained one : all) {
            one.shares().forEach((cause, ns) -> sums.merge(cause, new Sum(cause == one.main() ? 1 : 0, ns,
                    cause == one.main() ? one.stretch().worstNs() : 0), Sum::plus));
        }
        return sums;
    }

    List<Attribution.Explained> slowest() {
        return all.stream().sorted(Comparator.comparingLong((Attribution.Explained one) -> one.stretch().worstNs()).reversed())
                .limit(SLOWEST).toList();
    }

    /** The fields that are about slow packets. */
    void write(final Json json, final long startNs) {
        json.field("threshold_us", Percentiles.us(thresholdNs)).name("causes").array();
        sums().forEach((cause, sum) -> json.object().field("cause", cause.word()).field("count", sum.count)
                .field("total_us", Percentiles.us(sum.ns)).field("max_us", Percentiles.us(sum.maxNs)).end());
        json.end().name("slowest").array();
        slowest().forEach(one -> json.object().field("at_s", at(one, startNs)).field("us", Percentiles.us(one.stretch().worstNs()))
                .field("packets", one.stretch().packets()).field("cause", one.text()).end());
        json.end();
        Percentiles.write(json.name("without_causes_us"), without);
        json.field("slow_not_kept", missed);
    }

    /** For people. */
    String text(final long startNs) {
        final StringBuilder out = new StringBuilder(String.format(Locale.ROOT, "%-12s%,d times some packets took longer than %.0f us%s%n",
                "slow", all.size(), Percentiles.us(thresholdNs), missed == 0 ? ""
                        : String.format(Locale.ROOT, "; %,d packets more were not kept: raise --threshold", missed)));
        if (all.isEmpty()) {
            return out.toString();
        }
        out.append(String.format(Locale.ROOT, "%-12s%-20s%8s%12s%12s%n", "causes", "", "times", "total, us", "worst, us"));
        sums().forEach((cause, sum) -> out.append(String.format(Locale.ROOT, "%-12s%-20s%8d%12.0f%12.0f  %s%n", "", cause.word(), sum.count,
                Percentiles.us(sum.ns), Percentiles.us(sum.maxNs), cause.text())));
        out.append(String.format(Locale.ROOT, "%-14s99.99 %% of packets within %.1f us, 99.999 %% within %.1f, at the most %.1f%s%n", "without known",
                Percentiles.us(without, 99.99), Percentiles.us(without, 99.999), Percentiles.us(without.getMaxValue()),
                missed == 0 ? "" : "; those not kept are among them"));
        out.append(String.format(Locale.ROOT, "%-12s%10s%12s%10s  %s%n", "slowest", "at, s", "us", "packets", "cause"));
        slowest().forEach(one -> out.append(String.format(Locale.ROOT, "%-12s%10.3f%12.0f%,10d  %s%n", "", at(one, startNs),
                Percentiles.us(one.stretch().worstNs()), one.stretch().packets(), one.text())));
        return out.toString();
    }

    private static double at(final Attribution.Explained one, final long startNs) {
        return (one.stretch().fromNs() - startNs) / NS_PER_SECOND;
    }

    /**
     * Of a cause.
     *
     * @param count stretches that are its above all
     * @param ns    that it explains, of any stretch
     * @param maxNs the slowest packet's, of those that are its above all
     */
    record Sum(long count, long ns, long maxNs) {

        private static Sum plus(final Sum a, final Sum b) {
            return new Sum(a.count + b.count, a.ns + b.ns, Math.max(a.maxNs, b.maxNs));
        }
    }
}
