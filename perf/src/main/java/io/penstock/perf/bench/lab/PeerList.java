package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.BenchException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The peers of this machine, as {@code bench peers} tells them. Threads: any.
 *
 * @param versions by name; empty for one that is absent
 */
record PeerList(Map<String, String> versions) {

    /** For installing packages over a slow line. Unit: s. */
    private static final long MOST_S = 1_800;

    PeerList {
        versions = new LinkedHashMap<>(versions);
    }

    /** Looks for them. */
    static PeerList look() {
        return of(run(List.of("bench", "peers", "--json"), line -> { }));
    }

    /** Installs those that are absent, and looks. */
    static PeerList install(final Consumer<String> progress) {
        return of(run(List.of("bench", "peers", "--install", "--json"), progress));
    }

    boolean isPresent(final String name) {
        return !versions.getOrDefault(name, "").isEmpty();
    }

    /** Of what the command printed. */
    static PeerList of(final String json) {
        final Map<String, String> versions = new LinkedHashMap<>();
        Reading.rows(Report.parse("peers", json).values().get("peers")).forEach(row -> versions.put(String.valueOf(row.get("peer")),
                Boolean.TRUE.equals(row.get("present")) ? String.valueOf(row.get("version")) : ""));
        return new PeerList(versions);
    }

    private static String run(final List<String> arguments, final Consumer<String> progress) {
        final LabChild.Result result = LabChild.run(arguments, MOST_S, progress);
        final String json = Outcome.object(result.output());
        if (json == null || result.exitCode() != 0) {
            throw new BenchException("the peers cannot be told: " + (result.errors().isEmpty() ? "exit code " + result.exitCode()
                    : String.join("; ", result.errors())) + "; see 'penstock " + String.join(" ", arguments) + "'");
        }
        return json;
    }
}
