package io.penstock.perf.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.perf.bench.measure.BenchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportRowsTest {

    private static final String JMH = """
            [{"jmhVersion":"1.37","benchmark":"io.penstock.perf.jmh.FibBenchmark.ipv4","mode":"avgt","jdkVersion":"25.0.3",
              "params":{"routes":"1000"},
              "primaryMetric":{"score":%s,"scoreError":"NaN","scoreUnit":"ns/op","rawData":[[%s,%s],[%s]]},
              "secondaryMetrics":{"gc.alloc.rate.norm":{"score":%s,"scoreUnit":"B/op","rawData":[[%s]]}}}]
            """;

    @Test
    void shouldCompareJmhResultsByNameAndParameters() {
        final Comparison comparison = compare(jmh("10", "0.01"), jmh("13", "0.02"));
        assertEquals(List.of("FibBenchmark.ipv4 routes=1000 operation"), comparison.worse());
        assertEquals("+30.0 %", comparison.change("FibBenchmark.ipv4 routes=1000 operation"));
    }

    @Test
    void shouldFindAnAllocationInJmhResults() {
        assertEquals(List.of("FibBenchmark.ipv4 routes=1000 operation_bytes"), compare(jmh("10", "0.01"), jmh("10", "16.01")).worse());
        assertEquals(List.of(), compare(jmh("10", "0.01"), jmh("10", "0.09")).worse());
    }

    @Test
    void shouldTellNoiseFromJmhsIterations() {
        final String noisy = JMH.formatted("10", "8", "10", "12", "0", "0");
        assertFalse(compare(noisy, JMH.formatted("11.5", "9.5", "11.5", "13.5", "0", "0")).isWorse());
    }

    @Test
    void shouldCompareProceduresRowByRow() {
        final String old = """
                {"procedure":"rfc2544","throughput":[{"size":64,"mpps":1.0,"mpps_runs":[1.0,1.01]},{"size":"imix","mpps":0.5}],
                 "latency":[{"size":64,"p50":10,"p99":20,"max":30}],"frame_loss":[{"size":64,"offered_share":1.0,"loss":0.01}],
                 "back_to_back":[{"size":64,"frames":1000}],"generator":[{"size":64,"mpps":3}]}""";
        final String now = """
                {"procedure":"rfc2544","throughput":[{"size":64,"mpps":0.8,"mpps_runs":[0.8,0.81]},{"size":"imix","mpps":0.5}],
                 "latency":[{"size":64,"p50":20,"p99":20,"max":3000}],"frame_loss":[{"size":64,"offered_share":1.0,"loss":0.1}],
                 "back_to_back":[{"size":64,"frames":100}],"generator":[{"size":64,"mpps":1}]}""";
        assertEquals(List.of("throughput size=64 mpps", "latency size=64 latency_us.p50", "frame_loss size=64 offered_share=1.0 loss",
                "back_to_back size=64 frames"), compare(old, now).worse());
    }

    @Test
    void shouldCompareConnectionRates() {
        final String old = "{\"procedure\":\"rfc9693\",\"connections_per_second\":1000,\"teardowns_per_second\":500,\"capacity\":100,"
                + "\"two_phase\":[{\"size\":64,\"flows\":10,\"mpps\":2}],\"rate_at_fill\":[{\"connections\":50,\"per_second\":900}]}";
        final String now = old.replace("1000", "800").replace("900", "600").replace("\"mpps\":2", "\"mpps\":1");
        assertEquals(List.of("connections_per_second", "two_phase size=64 flows=10 mpps", "rate_at_fill connections=50 per_second"),
                compare(old, now).worse());
    }

    @Test
    void shouldCompareAProfilesStages() {
        final String old = "{\"profile\":\"x\",\"stages\":[{\"stage\":\"parse\",\"share\":0.5,\"ns_per_packet\":10},"
                + "{\"stage\":\"route\",\"share\":0.5,\"ns_per_packet\":11}]}";
        assertEquals(List.of("stage=parse stage_ns"), compare(old, old.replace(":10}", ":30}")).worse());
    }

    @Test
    void shouldSayWhatIsOnOneSideOnly() {
        final Comparison comparison = compare("{\"mpps\":1,\"throughput\":[{\"size\":64,\"mpps\":1}]}",
                "{\"mpps\":1,\"lookup_ns\":5,\"throughput\":[{\"size\":128,\"mpps\":1}]}");
        assertEquals(List.of("lookup_ns is in the new results only", "throughput size=64 is in the old results only",
                "throughput size=128 is in the new results only"), comparison.differences());
    }

    @Test
    void shouldCompareFoldersFileByFile(@TempDir final Path folder) throws IOException {
        for (final String side : List.of("old", "new")) {
            Files.createDirectories(folder.resolve(side).resolve("deep"));
            Files.writeString(folder.resolve(side).resolve("jmh.json"), jmh("10", "0"));
            Files.writeString(folder.resolve(side).resolve("deep/engine.json"), "{\"mpps\":" + (side.equals("old") ? 10 : 5) + "}");
            Files.writeString(folder.resolve(side).resolve("notes.txt"), "nothing");
        }
        final Comparison comparison = Comparison.of(Report.read(folder.resolve("old")), Report.read(folder.resolve("new")));
        assertEquals(List.of("deep/engine mpps"), comparison.worse());
        assertTrue(comparison.text().contains("jmh FibBenchmark.ipv4 routes=1000 operation"), comparison.text());
    }

    @Test
    void shouldRefuseWhatHasNoResults(@TempDir final Path folder) throws IOException {
        assertEquals(folder + " has no results: files=0; give a folder with files that bench commands wrote with --json, *.json",
                assertThrows(BenchException.class, () -> Report.read(folder)).getMessage());
        final Path list = Files.writeString(folder.resolve("list.json"), "[{\"a\":1}]");
        assertEquals(list + " is a list, but not of JMH's results; give what 'bench jmh -rf json -rff FILE' wrote",
                assertThrows(BenchException.class, () -> Report.read(list)).getMessage());
    }

    @Test
    void shouldCompareWhatIsInsideAnOutcomeWhenBenchAllKeptIt(@TempDir final Path folder) throws IOException {
        final Path old = results(folder.resolve("old"), outcome(0, "{\"mpps\":10}"), outcome(0, "{\"table\":[{\"batch\":1,\"mpps\":3}]}"));
        final Path now = results(folder.resolve("new"), outcome(0, "{\"mpps\":5}"), outcome(0, "{\"table\":[{\"batch\":1,\"mpps\":3}]}"));
        final Comparison comparison = Comparison.of(Report.read(old), Report.read(now));
        assertEquals(List.of("0 mpps"), comparison.worse());
        assertTrue(comparison.text().contains("1 batch=1 mpps "), comparison.text());
        assertEquals(List.of(), comparison.differences());
        assertFalse(comparison.hasGaps());
    }

    @Test
    void shouldTellWhatFailedWhenBenchAllKeptIt(@TempDir final Path folder) throws IOException {
        final Path whole = results(folder.resolve("old"), outcome(0, "{\"mpps\":10}"), outcome(0, "{\"mpps\":10}"), outcome(0, "{\"mpps\":10}"));
        final Path failed = results(folder.resolve("new"), outcome(1, "{\"mpps\":10}"), outcome(0, "null"), outcome(0, "{\"mpps\":10}"));
        final Comparison comparison = Comparison.of(Report.read(whole), Report.read(failed));
        assertEquals(List.of("0 failed in the new results: last words (exit code 1)",
                "1 failed in the new results: last words (exit code 0, no JSON object)"), comparison.differences());
        assertEquals(List.of(), comparison.worse());
        assertTrue(comparison.hasGaps());
        assertFalse(Comparison.of(Report.read(failed), Report.read(whole)).hasGaps());
        assertTrue(Comparison.of(Report.read(failed), Report.read(failed)).text().contains("2 mpps"));
    }

    @Test
    void shouldTellThatAllFailedWhenNothingElseIsThere() {
        assertTrue(compare("{\"mpps\":1}", outcome(1, "null")).hasGaps());
    }

    @Test
    void shouldTellLatenciesApartByThePartOfTheRate() {
        final String old = "{\"latency\":[{\"size\":64,\"share\":1.0,\"p50\":10},{\"size\":64,\"share\":0.5,\"p50\":5}]}";
        final Comparison comparison = compare(old, old.replace(":5}", ":50}"));
        assertEquals(List.of("latency size=64 rate_share=0.5 latency_us.p50"), comparison.worse());
        assertEquals(List.of(), comparison.differences());
    }

    @Test
    void shouldSayThatTwoRowsHaveOneName() {
        final String twice = "{\"throughput\":[{\"size\":64,\"mpps\":1},{\"size\":64,\"mpps\":2}]}";
        final Comparison comparison = compare(twice, twice);
        assertEquals(List.of("more than one measurement has this name in the old results, and only the first one is compared: throughput size=64",
                "more than one measurement has this name in the new results, and only the first one is compared: throughput size=64"),
                comparison.differences());
        assertFalse(comparison.hasGaps());
    }

    @Test
    void shouldTellTheBuildOfATablesRowsAndOfJmhsOnce() {
        final String table = "{\"build\":\"a\",\"quick\":false,\"table\":[{\"batch\":1,\"mpps\":1},{\"batch\":2,\"mpps\":1}]}";
        assertEquals(List.of("not measured alike: quick was false and is true", "another build: it was a and is b"),
                compare(table, table.replace("\"a\"", "\"b\"").replace("false", "true")).differences());
        final String jmh = jmh("10", "0").replace("\"jmhVersion\"", "\"build\":\"a\",\"jmhVersion\"");
        assertEquals(List.of("another build: it was a and is b"), compare(jmh, jmh.replace("\"a\"", "\"b\"")).differences());
    }

    private static Path results(final Path folder, final String... files) throws IOException {
        Files.createDirectories(folder);
        for (int i = 0; i < files.length; i++) {
            Files.writeString(folder.resolve(i + ".json"), files[i]);
        }
        return folder;
    }

    private static String outcome(final int exitCode, final String output) {
        return "{\"measurement\":\"m\",\"round\":1,\"exit_code\":" + exitCode + ",\"errors\":[\"first\",\"last words\"],\"output\":" + output + "}\n";
    }

    private static String jmh(final String score, final String bytes) {
        return JMH.formatted(score, score, score, score, bytes, bytes);
    }

    private static Comparison compare(final String old, final String now) {
        return Comparison.of(ReportRows.of("", "old", old), ReportRows.of("", "new", now));
    }
}
