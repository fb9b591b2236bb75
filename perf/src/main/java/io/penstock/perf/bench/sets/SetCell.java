package io.penstock.perf.bench.sets;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.Samples;
import io.penstock.perf.sets.SetKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One type, size and way of creating a set, as it was measured in all rounds, each in a JVM of its own. Threads: one.
 *
 * @param options behind {@code create NAME TYPE}, or empty
 * @param with    what was measured: with the rule, where there is one
 * @param without the same without it; as many, or none
 */
record SetCell(SetScenario scenario, SetKind kind, int entries, String options, List<Report> with, List<Report> without) {

    private static final String NS = "ns_per_packet";

    SetCell(final SetScenario scenario, final SetKind kind, final int entries, final String options) {
        this(scenario, kind, entries, options, new ArrayList<>(), new ArrayList<>());
    }

    /** What is measured, for people. */
    String title() {
        return String.format(Locale.ROOT, "%s, %,d of %s%s", scenario.text(), entries, kind.type(), options.isEmpty() ? "" : ' ' + options);
    }

    /** What the rule takes of a packet's time, round by round. */
    double[] ruleNs() {
        final double[] ns = new double[with.size()];
        Arrays.setAll(ns, round -> with.get(round).samples(NS).median() - without.get(round).samples(NS).median());
        return ns;
    }

    /** The median over rounds of a number. */
    double median(final String key) {
        return Samples.of(with.stream().mapToDouble(report -> report.samples(key).median()).toArray()).median();
    }

    /** The same without the rule. */
    double medianWithout(final String key) {
        return Samples.of(without.stream().mapToDouble(report -> report.samples(key).median()).toArray()).median();
    }

    /** One object. */
    String json() {
        final Json json = new Json().object().field("sets", scenario.text()).field("set_type", kind.type()).field("set_entries", entries)
                .field("set_options", options);
        switch (scenario) {
            case MATCH -> rule(json, "match_ns");
            case ADD -> {
                numbers(json, "adds_per_second", all("adds_per_second"));
                rule(json, "add_ns");
                json.field("missed", with.stream().mapToDouble(report -> report.number("missed")).sum());
            }
            case RESTORE -> {
                for (final String key : List.of("restore_ms", "peer_restore_ms", "ratio")) {
                    numbers(json, key, all(key));
                }
                json.field("first_restore_ms", median("first_restore_ms"));
            }
            case MEMORY -> {
                for (final String key : List.of("entry_bytes", "entry_resident_bytes", "peer_entry_bytes", "ratio")) {
                    json.field(key, median(key));
                }
            }
        }
        MachineFacts.ofThis().write(json.name("machine"));
        return json.end().toString();
    }

    private void rule(final Json json, final String key) {
        numbers(json, key, ruleNs());
        json.field(NS, median(NS)).field("without_ns", medianWithout(NS)).field("allocated_bytes_per_packet",
                with.stream().mapToDouble(report -> report.number("allocated_bytes_per_packet")).max().orElseThrow());
    }

    private double[] all(final String key) {
        return with.stream().flatMapToDouble(report -> Arrays.stream(report.samples(key).sorted())).toArray();
    }

    private static void numbers(final Json json, final String name, final double... values) {
        json.field(name, Samples.of(values).median()).name(name + "_runs").array();
        for (final double value : values) {
            json.value(value);
        }
        json.end();
    }
}
