package io.penstock.perf.bench.latency;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.measure.MachineFacts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * How it went for long.
 *
 * @param input       what was sent, for people
 * @param interrupted whether it was ended before its time
 * @param unaccounted by the engine
 * @param loss        why packets' fate makes it count for nothing, or null
 * @param heapEndKib  in use after a collection when all was over
 */
record SoakResult(
        String input, long ratePps, double maximumPps, double seconds, boolean interrupted, List<SoakPoint> points, Histogram latencies,
        long offered, long received, long lost, long unaccounted, Map<String, Long> dropped, String loss, long heapEndKib, int cpu, boolean alone,
        MachineFacts machine) {

    private static final double SECONDS_PER_HOUR = 3_600;

    /** Of what is known at all the points. */
    Map<SoakPoint.Measure, Drift> drifts() {
        final Map<SoakPoint.Measure, Drift> drifts = new LinkedHashMap<>();
        final double[] hours = points.stream().mapToDouble(point -> point.atSeconds() / SECONDS_PER_HOUR).toArray();
        for (final SoakPoint.Measure measure : SoakPoint.Measure.values()) {
            if (points.stream().noneMatch(point -> measure.of(point) < 0)) {
                drifts.put(measure, Drift.of(hours, points.stream().mapToDouble(measure::of).toArray()));
            }
        }
        return drifts;
    }

    /** One object, one line. */
    String json() {
        final Json json = new Json().object().field("seconds", seconds).field("interrupted", interrupted).field("rate_pps", ratePps)
                .field("maximum_pps", maximumPps).name("points").array();
        points.forEach(point -> point.write(json));
        json.end().name("drift").object();
        final Map<SoakPoint.Measure, Drift> drifts = drifts();
        drifts.forEach((measure, drift) -> {
            json.field(measure.key() + "_per_hour", drift.perHour()).field(measure.key() + "_per_hour_low", drift.low())
                    .field(measure.key() + "_per_hour_high", drift.high()).field(measure.key() + "_percent_per_hour", drift.percentPerHour())
                    .field(measure.key() + "_verdict", drift.verdict().name().toLowerCase(Locale.ROOT));
            if (drift.verdict() == Drift.Verdict.STEP) {
                json.field(measure.key() + "_step_at_s", drift.stepHours() * SECONDS_PER_HOUR).field(measure.key() + "_step_from", drift.stepFrom())
                        .field(measure.key() + "_step_to", drift.stepTo());
            }
        });
        json.field("confidence_percent", Drift.CONFIDENCE_PERCENT)
                .field("is_significant", drifts.values().stream().anyMatch(Drift::isSignificant)).end();
        Percentiles.write(json.name("latency_us"), latencies);
        json.field("offered", offered).field("received", received).field("lost", lost).field("unaccounted", unaccounted)
                .field("heap_end_kib", heapEndKib).field("input", input).field("cpu", cpu).field("alone", alone).name("dropped").object();
        dropped.forEach(json::field);
        machine.write(json.end().name("machine"));
        return json.end().toString();
    }

    /** For people. */
    String text() {
        final StringBuilder out = new StringBuilder();
        line(out, "input", "%s", input);
        line(out, "load", "%,d packets a second, %.0f %% of the %,.0f that can be done", ratePps, 100 * ratePps / maximumPps, maximumPps);
        line(out, "time", "%,.0f s%s, %d points", seconds, interrupted ? ", interrupted" : "", points.size());
        line(out, "packets", "%,d due, %,d received, %,d lost, %d unaccounted", offered, received, lost, unaccounted);
        if (!dropped.isEmpty()) {
            line(out, "dropped", "%s", dropped);
        }
        out.append(Percentiles.table(new String[] {"since due"}, latencies));
        out.append(String.format(Locale.ROOT, "%-12s%-18s%14s%16s%30s  %s%n", "drift", "", "level", "an hour",
                Drift.CONFIDENCE_PERCENT + " % sure: from, to", "verdict"));
        drifts().forEach((measure, drift) -> out.append(String.format(Locale.ROOT, "%-12s%-18s%14s%16s%30s  %s%n", "", measure.title(),
                number(drift.level()), signed(drift.perHour()), signed(drift.low()) + ", " + signed(drift.high()), verdict(measure, drift))));
        line(out, "heap", "%,d KiB in use after a collection at the end, %,d at the first point", heapEndKib,
                points.isEmpty() ? 0 : points.getFirst().heapKib());
        line(out, "worker", "cpu %d%s", cpu, alone ? "" : " shared with the JVM's own threads");
        line(out, "machine", "%s", machine);
        return out.toString();
    }

    /** Why it counts for nothing, or null. Drift is a result. */
    String failure() {
        if (unaccounted != 0) {
            return "the engine lost track of packets, a defect: unaccounted=" + unaccounted;
        }
        if (received + lost != offered) {
            return "packets are not accounted for, a defect: offered=" + offered + " received=" + received + " lost=" + lost;
        }
        return received == 0 ? "nothing was received: rate_pps=" + ratePps + "; measure for longer, or with a higher --rate" : loss;
    }

    private static String verdict(final SoakPoint.Measure measure, final Drift drift) {
        return switch (drift.verdict()) {
            case NONE -> "none";
            case TOO_FEW_POINTS -> "too few points: " + Drift.MIN_POINTS + " are needed";
            case DRIFT -> String.format(Locale.ROOT, "DRIFT, %+.2f %% an hour", drift.percentPerHour());
            case STEP -> String.format(Locale.ROOT, "STEP at %,.0f s, from %s to %s %s", drift.stepHours() * SECONDS_PER_HOUR,
                    number(drift.stepFrom()), number(drift.stepTo()), measure.unit()).strip();
        };
    }

    private static String number(final double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 1_000 ? "%.3f" : "%,.0f", value);
    }

    private static String signed(final double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 1_000 ? "%+.3f" : "%+,.0f", value);
    }

    private static void line(final StringBuilder out, final String name, final String format, final Object... values) {
        out.append(String.format(Locale.ROOT, "%-12s", name)).append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
