package io.penstock.perf.bench.procedure;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.measure.Samples;
import java.util.List;

/**
 * How many frames of one size, in one pattern, the generator makes or the sink counts.
 *
 * @param size    with the frame check sequence, or imix
 * @param pattern of the generator's, or null
 * @param runs    in millions of frames a second
 */
record CeilingRow(String size, String pattern, List<Double> runs) {

    /** The median. */
    double mpps() {
        return samples().median();
    }

    Samples samples() {
        return Samples.of(runs.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** One object of an array. */
    void write(final Json json) {
        json.object();
        Sizes.write(json, size);
        if (pattern != null) {
            json.field("pattern", pattern);
        }
        json.field("mpps", mpps()).name("mpps_runs").array();
        runs.forEach(json::value);
        json.end().end();
    }
}
