package io.penstock.perf.bench.engine;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.ChildBench;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.rules.RuleTier;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The engine's speed through rules, by their number and by what runs them, beside that of the same packets without rules; each measured
 * in a JVM of its own, in turn with a peer if there is one.
 */
final class EngineRules {

    private final List<RuleRow> rows = new ArrayList<>();
    private final RulePeer peer;

    private EngineRules(final RulePeer peer) {
        this.peer = peer;
    }

    /**
     * Measures.
     *
     * @param arguments those of this process's command line, from {@code bench} on
     * @param what      what to measure
     * @param runs      how often
     * @param peer      who is measured in turn, or null
     * @param flows     of the made-up rules
     * @param progress  is told what is under way
     */
    static EngineRules measure(
            final List<String> arguments, final RuleArguments what, final int runs, final RulePeer peer, final int flows,
            final PrintWriter progress) {
        final EngineRules result = new EngineRules(peer);
        final ChildBench again = new ChildBench(arguments, progress).with("--runs", 1).with("--against", "none");
        for (final int count : what.counts()) {
            final ChildBench child = what.mix() == null ? again : again.with("--rule-count", count);
            try (RulePeer.Loaded loaded = peer == null ? null : load(peer, what.peerRules(count, flows), progress)) {
                result.measure(child, what, count, runs, loaded, progress);
            }
        }
        return result;
    }

    /** Null for rules that the peer does not take. */
    private static RulePeer.Loaded load(final RulePeer peer, final PeerRules rules, final PrintWriter progress) {
        try {
            return peer.load(rules);
        } catch (final BenchException e) {
            progress.println("left out: " + peer.name() + " with " + rules.count() + ": " + e.getMessage());
            progress.flush();
            return null;
        }
    }

    private void measure(
            final ChildBench child, final RuleArguments what, final int count, final int runs, final RulePeer.Loaded loaded,
            final PrintWriter progress) {
        final Map<RuleTier, RuleRow> tiers = new LinkedHashMap<>();
        what.tiers().stream().filter(tier -> tier != RuleTier.NONE)
                .forEach(tier -> tiers.put(tier, new RuleRow(what.source(), count, tier.text())));
        final RuleRow without = new RuleRow(what.source(), count, RuleTier.NONE.text());
        final String rules = count == 0 ? what.source() : String.format(Locale.ROOT, "%,d rules", count);
        for (int run = 0; run < runs; run++) {
            final Report none = Report.parse("without rules",
                    child.with("--tier", RuleTier.NONE.text()).run(rules + " left out", List.of()));
            without.add(none, none);
            for (final Map.Entry<RuleTier, RuleRow> tier : tiers.entrySet()) {
                final String name = tier.getKey().text();
                tier.getValue().add(Report.parse(name, child.with("--tier", name).run(rules + ", " + name, List.of())), none);
            }
            if (loaded != null) {
                progress.println("measuring " + rules + ", " + peer.name());
                progress.flush();
                final Map<String, Double> ns = loaded.run();
                tiers.values().forEach(row -> {
                    row.checkLastRule(peer.name(), loaded.lastShare());
                    row.addPeer(ns);
                });
            }
        }
        rows.add(without);
        rows.addAll(tiers.values());
    }

    /** {@code {"table":[...]}}: an object for each number of rules and what runs them. */
    String json() {
        return "{\"table\":[" + rows.stream().map(this::json).collect(Collectors.joining(",")) + "]}";
    }

    private String json(final RuleRow row) {
        final Json json = new Json().object();
        row.write(json, peer == null ? null : peer.name());
        MachineFacts.ofThis().write(json.name("machine"));
        return json.end().toString();
    }

    /** For people. */
    String text() {
        final StringBuilder out = new StringBuilder("Rules: ").append(rows.getFirst().source()).append(". Medians of slices, of the "
                + "time that the worker had the CPU; share: what the rules take of a packet's time,\nagainst the same packets without "
                + "rules.\n\n");
        out.append(String.format(Locale.ROOT, "%7s  %-12s %7s %9s %9s %9s  %6s %9s", "rules", "by", "Mpps", "ns", "share ns", "load ms",
                "last", "bytes"));
        out.append(peer == null ? "\n" : String.format(Locale.ROOT, " %10s %7s%n", peer.name() + " ns", "ratio"));
        rows.forEach(row -> out.append(row.text()).append('\n'));
        out.append("\nlast: the share of packets that its last rule took; bytes: allocated for a packet; load: from text to force; *: a "
                + "class of the table's own.\n");
        if (peer != null) {
            out.append(peer.what()).append("; ratio: its time over our share, run by run.\n");
        }
        return out.toString();
    }
}
