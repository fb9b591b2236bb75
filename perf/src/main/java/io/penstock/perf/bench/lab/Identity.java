package io.penstock.perf.bench.lab;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.Build;
import io.penstock.perf.bench.measure.MachineFacts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What must be the same for results to lie in one folder.
 *
 * @param facts by their names in the file
 */
record Identity(Map<String, String> facts) {

    private static final Map<String, String> TITLES = new TreeMap<>(Map.of("plan", "the plan", "seed", "the seed", "build", "Penstock's build",
            "cpu", "the CPU", "cpus", "the number of CPUs", "kernel", "the kernel", "jdk", "the JDK", "jvm_options", "the JVM's options"));

    Identity {
        facts = Map.copyOf(new LinkedHashMap<>(facts));
    }

    /** Of a run on this machine with this build. */
    static Identity ofThis(final boolean quick, final long seed) {
        final MachineFacts machine = MachineFacts.ofThis();
        final Map<String, String> facts = new LinkedHashMap<>();
        facts.put("plan", quick ? "quick" : "full");
        facts.put("seed", Long.toString(seed));
        facts.put("build", Build.ofThis());
        facts.put("cpu", machine.cpu());
        facts.put("cpus", Integer.toString(machine.cpus()));
        facts.put("kernel", machine.kernel());
        facts.put("jdk", machine.jdk());
        facts.put("jvm_options", String.join(" ", machine.jvmOptions()));
        return new Identity(facts);
    }

    /** A fact by its name; empty for none. */
    String get(final String name) {
        return facts.getOrDefault(name, "");
    }

    boolean isQuick() {
        return get("plan").equals("quick");
    }

    /** What is not the same, a clause each. */
    List<String> differences(final Identity now) {
        final List<String> all = new ArrayList<>();
        TITLES.forEach((name, title) -> {
            if (!get(name).equals(now.get(name))) {
                all.add(title + " was " + shown(get(name)) + " and is " + shown(now.get(name)));
            }
        });
        return all;
    }

    void write(final Json json) {
        json.object();
        new TreeMap<>(facts).forEach(json::field);
        json.end();
    }

    /** As {@link #write} wrote it. */
    static Identity of(final Report report) {
        final Map<String, String> facts = new LinkedHashMap<>();
        if (report.values().get("identity") instanceof final Map<?, ?> map) {
            map.forEach((name, value) -> facts.put(String.valueOf(name), String.valueOf(value)));
        }
        return new Identity(facts);
    }

    private static String shown(final String value) {
        return value.isEmpty() ? "unknown" : value;
    }
}
