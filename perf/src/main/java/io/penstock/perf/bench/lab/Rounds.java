package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.Repeatability;
import io.penstock.perf.bench.measure.Samples;
import java.util.List;

/** The speeds that measurements came to, round by round. Threads: one. */
final class Rounds {

    private static final String SPEED = "mpps_cpu";

    private Rounds() {
    }

    /** How they differ; null when no measurement was made in several. */
    static Repeatability repeatability(final Findings findings) {
        return Repeatability.of(findings.plan().stream().map(Measurement::id).distinct().map(id -> rounds(id, findings.reports(id))).toList());
    }

    private static double[] rounds(final String id, final List<Report> reports) {
        final Reading speed = new Reading(id, SPEED);
        return reports.stream().map(speed::in).filter(samples -> samples.length > 0).mapToDouble(samples -> Samples.of(samples).median()).toArray();
    }
}
