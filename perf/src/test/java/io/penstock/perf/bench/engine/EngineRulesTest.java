package io.penstock.perf.bench.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.testkit.Privileged;
import io.penstock.perf.Main;
import io.penstock.perf.MainRun;
import io.penstock.perf.WholeOnly;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.ChildJvm;
import io.penstock.perf.bench.measure.DpdkFolder;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.WorkerGauge;
import io.penstock.perf.rules.RuleMix;
import io.penstock.perf.rules.RuleTier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EngineRulesTest {

    private static final List<String> SHORT =
            List.of("--flows", "512", "--warm-up", "0.1", "--seconds", "0.1", "--json");

    @TempDir
    private Path folder;

    @Test
    void shouldLetEveryPacketReachTheLastRule() {
        for (final RuleTier tier : List.of(RuleTier.PLAIN, RuleTier.INDEXED, RuleTier.SPECIALIZED)) {
            final Report report = one("--rules", "classbench", "--rule-count", "50", "--tier", tier.text());
            assertEquals(50, report.number("rule_count"));
            assertEquals("classbench", report.values().get("rules"));
            assertEquals(tier.text(), report.values().get("tier"));
            assertEquals(1, report.number("last_rule_share"));
            assertEquals(1, report.number("rules_taking"));
            assertEquals(report.number("packets"), report.number("forwarded"));
        }
    }

    @Test
    void shouldMeasureTheSamePacketsWithoutRules() {
        final Report report = one("--rules", "overlap", "--rule-count", "50", "--tier", "none");
        assertNull(report.number("rule_count"));
        assertEquals(512, report.number("flows"));
        assertEquals(report.number("packets"), report.number("forwarded"));
    }

    @Test
    void shouldTellWhatTheRulesOfAFileDo() throws IOException {
        final Path file = Files.writeString(folder.resolve("some.save"), """
                *filter
                :FORWARD DROP [0:0]
                -A FORWARD -m helper --helper ftp -j DROP
                -A FORWARD -p tcp -j DROP
                -A FORWARD -p udp -m statistic --mode nth --every 2 --packet 0 -j ACCEPT
                COMMIT
                """);
        final Report report = one("--rules-file", file.toString(), "--tier", "indexed");
        assertEquals("some.save", report.values().get("rules"));
        assertEquals(2, report.number("rule_count"));
        assertEquals(1, report.number("rules_left_out"));
        assertEquals(1, report.number("rules_taking"));
        assertEquals(0.5, report.number("last_rule_share"), 0.01);
        assertEquals(report.number("packets") / 2, report.number("forwarded"), 2);
    }

    @Test
    @WholeOnly
    void shouldMakeATableOfNumbersAndTiers() {
        final Map<String, Object> table = run("--rules", "equality", "--rule-count", "10,20", "--tier", "indexed,specialized").values();
        final List<?> rows = (List<?>) table.get("table");
        assertEquals(6, rows.size());
        final Map<?, ?> last = (Map<?, ?>) rows.getLast();
        assertEquals("specialized", last.get("tier"));
        assertEquals(20, last.get("rule_count"));
        assertNotNull(last.get("rules_ns"));
        assertEquals(EngineBench.SLICES, ((List<?>) last.get("rules_ns_runs")).size());
    }

    @Test
    @WholeOnly
    @Privileged(programs = {"iptables-legacy", "iptables-legacy-restore"})
    void shouldMeasureTheKernelWithTheSameRules() {
        assertPeer("kernel", "peer_iptables_ns");
    }

    @Test
    @WholeOnly
    @Privileged(programs = {"iptables-legacy", "iptables-legacy-restore"})
    void shouldMeasureTheKernelWithTheRulesOfAFile() throws IOException {
        final Path file = Files.writeString(folder.resolve("some.save"), """
                *raw
                :PREROUTING ACCEPT [0:0]
                :OUTPUT ACCEPT [0:0]
                COMMIT
                *filter
                :INPUT ACCEPT [0:0]
                :FORWARD ACCEPT [0:0]
                :OUTPUT ACCEPT [0:0]
                -A FORWARD -s 10.0.0.0/9 -m comment --comment "half of them" -j ACCEPT
                -A FORWARD -m helper --helper ftp -j DROP
                -A FORWARD -m mark --mark 0 -j ACCEPT
                COMMIT
                """);
        final Map<?, ?> row = (Map<?, ?>) ((List<?>) run("--rules-file", file.toString(), "--tier", "indexed", "--against", "kernel",
                "--runs", "1").values().get("table")).getLast();
        assertNotNull(row.get("peer_iptables_ns"), row::toString);
        assertEquals(0.5, ((Number) row.get("last_rule_share")).doubleValue(), 0.01);
    }

    @Test
    @Privileged(programs = {"iptables-legacy", "iptables-legacy-restore", "ipset"})
    void shouldLetRulesOfAFileNameSetsHereAndInTheKernel() throws IOException {
        final Path sets = Files.writeString(folder.resolve("some.sets"), "create half hash:net\nadd half 10.0.0.0/9\n");
        final Path file = Files.writeString(folder.resolve("some.save"), """
                *filter
                :INPUT ACCEPT [0:0]
                :FORWARD ACCEPT [0:0]
                :OUTPUT ACCEPT [0:0]
                -A FORWARD -m set --match-set half src -j ACCEPT
                -A FORWARD -m mark --mark 0 -j ACCEPT
                COMMIT
                """);
        final Map<?, ?> row = (Map<?, ?>) ((List<?>) run("--rules-file", file.toString(), "--sets-file", sets.toString(), "--tier", "indexed",
                "--against", "kernel", "--runs", "1").values().get("table")).getLast();
        assertNotNull(row.get("peer_iptables_ns"), row::toString);
        assertEquals(0.5, ((Number) row.get("last_rule_share")).doubleValue(), 0.01);
    }

    @Test
    @WholeOnly
    @Privileged(programs = {"nft", "iptables-restore-translate"})
    void shouldMeasureTheKernelsNfTablesWithTheSameRules() {
        assertPeer("nft", "peer_nft_ns");
    }

    @Test
    @WholeOnly
    @Privileged(programs = "dpdk-test-acl")
    void shouldMeasureDpdkWithTheSameRules() {
        assertPeer("dpdk", "peer_scalar_ns");
        assertTrue(Files.notExists(Path.of("/var/run/dpdk/" + DpdkFolder.prefix())));
    }

    @Test
    void shouldCallItADefectWhenAPacketDoesNotReachTheLastRule() {
        final RuleOptions options = new RuleOptions(RuleMix.EQUALITY, 10, null, null, RuleTier.PLAIN);
        final EngineResult result = new EngineResult("", true, 1, 64, false, 0, 0, true, 1, true, new double[] {1}, new double[] {1},
                new LaneTotals(12, 12, 0, new long[0], 0, 0), new WorkerGauge(0), RouteOptions.NONE, null, options,
                new RuleTotals("equality", "plain", false, 10, 0, 1, 11, 12, 1), null, null, MachineFacts.ofThis());
        assertEquals("not every packet reached the last rule, a defect: packets=12 last_rule=11", result.failure());
    }

    @Test
    void shouldSayWhatIsWrongInOneSentence() {
        assertRefused("--tier needs --rules MIX or --rules-file FILE, the rules that it is about", "--tier", "plain");
        assertRefused("there are no --rules 'acl'; supported are equality, classbench, overlap", "--rules", "acl");
        assertRefused("--rule-count=1 is out of range: least=2 most=200000", "--rules", "overlap", "--rule-count", "1");
        assertRefused("there is no --tier 'fast'; supported are all, none, plain, indexed, specialized", "--rules", "overlap", "--tier",
                "fast");
        assertRefused("--rules brings IPv4 flows of its own; leave --ipv6 out", "--rules", "overlap", "--ipv6");
        assertRefused("'vpp' takes no rules; supported are none, kernel, nft, dpdk", "--rules", "overlap", "--against", "vpp");
        assertRefused("--hooks and rules do not go together; leave one of them out", "--rules", "overlap", "--hooks", "1");
        assertRefused("--rule-count needs --rules MIX; a file has the rules that it has", "--rules-file", "f", "--rule-count", "5");
        assertRefused("--against dpdk needs --rules MIX; a file's rules ask for more than it knows", "--rules-file", "f", "--against",
                "dpdk");
        assertRefused("--against is for the built-in IPv4 flows; leave --ipv6 out", "--rules-file", "f", "--against", "kernel", "--ipv6");
        assertRefused("--rules and --rules-file do not go together; give one of them", "--rules", "overlap", "--rules-file", "f");
        assertRefused("--runs=0 is out of range: least=1 most=100", "--rules", "overlap", "--runs", "0");
    }

    @Test
    void shouldSayWhyAFileIsNotTaken() throws IOException {
        final Path file = Files.writeString(folder.resolve("wrong.save"), "*filter\n-A FORWARD -p nothing\nCOMMIT\n");
        final MainRun wrong = MainRun.of("bench", "engine", "--rules-file", file.toString(), "--tier", "plain");
        assertEquals(1, wrong.exitCode());
        assertTrue(wrong.err().startsWith("the rules are refused: iptables-restore v1.8.9 (legacy): unknown protocol"), wrong.err());
        final MainRun none = MainRun.of("bench", "engine", "--rules-file", folder + "/none", "--tier", "plain");
        assertEquals(2, none.exitCode());
        assertTrue(none.err().contains("cannot be read"), none.err());
    }

    private static void assertPeer(final String name, final String figure) {
        final List<?> rows = (List<?>) run("--rules", "equality", "--rule-count", "100", "--tier", "indexed", "--against", name, "--runs",
                "2").values().get("table");
        final Map<?, ?> row = (Map<?, ?>) rows.getLast();
        assertEquals(name, row.get("peer"));
        assertTrue(((Number) row.get(figure)).doubleValue() > 0, row::toString);
        assertEquals(2, ((List<?>) row.get("ratio_runs")).size());
    }

    private static void assertRefused(final String message, final String... options) {
        final List<String> all = new ArrayList<>(List.of("bench", "engine"));
        all.addAll(List.of(options));
        final MainRun run = MainRun.of(all.toArray(String[]::new));
        assertEquals(2, run.exitCode());
        assertEquals(message + "\ntry 'penstock bench engine --help'\n", run.err());
    }

    private static Report one(final String... options) {
        final Report report = run(options);
        assertNull(report.values().get("table"));
        return report;
    }

    /** In a JVM of its own: it moves all threads off the worker's CPU, for good. */
    private static Report run(final String... options) {
        final List<String> all = new ArrayList<>(List.of("bench", "engine"));
        all.addAll(List.of(options));
        all.addAll(SHORT);
        final ChildJvm.Output run = ChildJvm.capture(List.of(), Main.class.getName(), all);
        assertEquals(0, run.exitCode(), run.text());
        return Report.parse("", run.text());
    }
}
