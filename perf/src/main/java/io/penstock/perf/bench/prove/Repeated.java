package io.penstock.perf.bench.prove;

import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.Samples;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The same measurement in several processes, as one: its repetitions are those of all of them, so that the noise from one process to the next is in
 * it, too.
 *
 * <p>Threads: one.
 */
final class Repeated {

    private static final String SPEED = "mpps_cpu";
    private static final List<String> RUNS = List.of("runs", "mpps_cpu_runs");
    private static final List<String> SINGLE = List.of("mpps", SPEED, "ns_per_packet", "allocated_bytes_per_packet");

    private final List<Report> processes = new ArrayList<>();

    /** Another process's measurement. */
    void add(final Report report) {
        processes.add(report);
    }

    /** The speed of each process. */
    double[] speeds() {
        return processes.stream().mapToDouble(report -> report.samples(SPEED).median()).toArray();
    }

    /** All, as one. */
    Report whole() {
        final Map<String, Object> values = new LinkedHashMap<>(processes.getFirst().values());
        for (final String key : RUNS) {
            final List<Object> all = new ArrayList<>();
            processes.forEach(report -> all.addAll(report.values().get(key) instanceof final List<?> list ? list : List.of()));
            values.put(key, all);
        }
        for (final String key : SINGLE) {
            final double[] each = processes.stream().mapToDouble(report -> {
                final Double number = report.number(key);
                return number == null ? Double.NaN : number;
            }).toArray();
            values.put(key, Samples.of(each).median());
        }
        // Collections follow from what is allocated, and a measurement can happen to end right before one.
        values.remove("gc_count");
        return new Report("", values);
    }
}
