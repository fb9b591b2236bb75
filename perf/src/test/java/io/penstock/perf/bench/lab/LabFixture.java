package io.penstock.perf.bench.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Results that nobody measured. */
final class LabFixture {

    static final MachineLoad QUIET = new MachineLoad(0.1, 0.01, 0, 2);
    /** The session that all is of. */
    static final String STARTED = "2030-01-02T03:04:05Z";

    private final Map<String, String> absent = new LinkedHashMap<>();
    private final List<Measurement> plan = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();

    static Identity identity(final String... changes) {
        final Map<String, String> facts = new LinkedHashMap<>(Map.of("plan", "quick", "seed", "1", "build", "abc", "cpu", "Some CPU", "cpus", "2",
                "kernel", "Linux 6.18", "jdk", "25", "jvm_options", ""));
        for (int i = 0; i < changes.length; i += 2) {
            facts.put(changes[i], changes[i + 1]);
        }
        return new Identity(facts);
    }

    static Session session(final MachineLoad load, final Map<String, String> absent) {
        return session(STARTED, load, absent);
    }

    static Session session(final String started, final MachineLoad load, final Map<String, String> absent) {
        return new Session(started, List.of("bench", "all", "--quick"), load, Map.of("CPU", "Some CPU, 2 CPUs", "clock source", "tsc",
                "CPU flags that matter", "avx2 hypervisor"), Map.of("testpmd", "DPDK 22.11", "ovs", ""), absent);
    }

    /** A measurement that has this result, one for each round. */
    LabFixture with(final String id, final String... outputs) {
        plan.add(Measurement.of(id, "title of " + id, 5, "bench", "engine").times(outputs.length));
        for (int i = 0; i < outputs.length; i++) {
            outcomes.add(new Outcome(id, "title of " + id, i + 1, List.of("bench", "engine", "--json"), STARTED, 5, 0, 0, 0, List.of(),
                    outputs[i], STARTED, List.of()));
        }
        return this;
    }

    /** One more round of a measurement, which failed with these last words, and maybe a result. */
    LabFixture alsoFailed(final String id, final String error, final String output) {
        final int round = 1 + (int) outcomes.stream().filter(outcome -> outcome.measurement().equals(id)).count();
        outcomes.add(new Outcome(id, "title of " + id, round, List.of("bench", "engine", "--json"), STARTED, 5, 1, 0, 0, List.of(error), output, STARTED,
                List.of()));
        return this;
    }

    /** One beside others, which used so much of a CPU. */
    LabFixture disturbed(final String id, final double others, final int exitCode, final String output) {
        plan.add(Measurement.of(id, "title of " + id, 5, "bench", "engine"));
        outcomes.add(new Outcome(id, "title of " + id, 1, List.of("bench", "engine", "--json"), STARTED, 5, exitCode, 0, 5 * others,
                exitCode == 0 ? List.of() : List.of("packets were lost"), output, STARTED, List.of()));
        return this;
    }

    /** One that failed with these last words, and maybe a result. */
    LabFixture failed(final String id, final String error, final String output) {
        plan.add(Measurement.of(id, "title of " + id, 5, "bench", "engine"));
        outcomes.add(new Outcome(id, "title of " + id, 1, List.of("bench", "engine", "--json"), STARTED, 5, 1, 0.2, 0, List.of("first", error),
                output, STARTED, List.of()));
        return this;
    }

    /** One that came to this result after attempts that failed. */
    LabFixture again(final String id, final String output, final String... failures) {
        plan.add(Measurement.of(id, "title of " + id, 5, "bench", "engine"));
        outcomes.add(new Outcome(id, "title of " + id, 1, List.of("bench", "engine", "--json"), STARTED, 5, 0, 0, 0, List.of(), output, STARTED,
                List.of(failures)));
        return this;
    }

    /** One with these arguments for its peer, made with or without them. */
    LabFixture beside(final String id, final Need peer, final boolean isThere, final String output) {
        final Measurement measurement = Measurement.of(id, "title of " + id, 5, "bench", "wire").beside(peer, "--against", peer.peer());
        plan.add(measurement);
        outcomes.add(new Outcome(id, measurement.title(), 1, measurement.command(isThere), STARTED, 5, 0, 0, 0, List.of(), output, STARTED,
                List.of()));
        return this;
    }

    /** One whose peer is absent. */
    LabFixture absent(final String id, final Need peer) {
        plan.add(Measurement.of(id, "title of " + id, 5, "bench", "wire").beside(peer));
        absent.put(id, peer.absence());
        return this;
    }

    List<Measurement> plan() {
        return plan;
    }

    List<Outcome> outcomes() {
        return outcomes;
    }

    Map<String, String> absent() {
        return absent;
    }

    Findings findings() {
        return new Findings(plan, outcomes, absent);
    }

    /** An engine's result. */
    static String engine(final double... mpps) {
        final StringBuilder runs = new StringBuilder();
        for (final double value : mpps) {
            runs.append(runs.isEmpty() ? "" : ",").append(value);
        }
        return String.format(Locale.ROOT, "{\"mpps\":1,\"packets\":10000000,\"allocated_bytes_per_packet\":0.0001,\"steady\":true,\"worker_cpu\":0.99,"
                + "\"mpps_cpu\":%s,\"mpps_cpu_runs\":[%s]}", mpps[mpps.length / 2], runs);
    }
}
