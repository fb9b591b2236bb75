package io.penstock.perf.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.perf.bench.measure.BenchException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class ComparisonTest {

    @Test
    void shouldCallItNoiseWhenMediansDifferByLessThanTheRunsDo() {
        assertFalse(compare("{\"mpps\":10,\"runs\":[8,9,10,11,12]}", "{\"mpps\":9,\"runs\":[7,8,9,10,11]}").isWorse());
    }

    @Test
    void shouldCallItWorseWhenMediansDifferByMoreThanTheNoise() {
        final Comparison comparison =
                compare("{\"mpps\":10,\"runs\":[9.9,10,10.1]}", "{\"mpps\":8,\"runs\":[7.9,8,8.1]}");
        assertTrue(comparison.isWorse());
        assertTrue(comparison.text().contains("-20.0 %"), comparison.text());
        assertTrue(comparison.text().endsWith("better=0 worse=1 within the noise=0\n"), comparison.text());
    }

    @Test
    void shouldCallItBetterWhenItIsFaster() {
        assertTrue(compare("{\"mpps\":10}", "{\"mpps\":12}").text().contains("  better\n"));
    }

    @Test
    void shouldCallItNoiseWhenSpeedsDifferByLessThanProcessesDo() {
        // Rounds of 9 and 11 of a mean of 10: 14 % of standard deviation on each side.
        final List<Report> old = List.of(speed("engine", 9), speed("engine.2", 11), speed("rules", 10), speed("rules size=1.5", 10));
        final Comparison unlike = Comparison.of(old, List.of(speed("engine", 11), speed("engine.2", 9), speed("rules", 7), speed("rules size=1.5", 7)));
        assertEquals(List.of(), unlike.worse(), unlike.text());
        assertTrue(unlike.text().contains("differ by 14.1 % (standard deviation, 2 degrees of freedom): by chance a speed is another by up "
                + "to 86.1 %"), unlike.text());
        // Alike to a hundredth; but runs differ by more than rounds of one run do.
        final List<Report> steady = List.of(speed("engine", 10), speed("engine.2", 10.01), speed("rules", 10), speed("rules.2", 10));
        assertEquals(List.of("rules mpps_cpu"), Comparison.of(steady, List.of(speed("engine", 10.1), speed("engine.2", 10.1), speed("rules", 8),
                speed("rules.2", 9))).worse());
    }

    @Test
    void shouldAssumeWhatProcessesDifferByWhenThereIsOneRoundOfEach() {
        final Comparison comparison = compare("{\"mpps_cpu\":10,\"mpps_cpu_runs\":[10,10,10]}", "{\"mpps_cpu\":9,\"mpps_cpu_runs\":[9,9,9]}");
        assertEquals(List.of(), comparison.worse(), comparison.text());
        assertTrue(comparison.text().contains("By how much processes differ was not measured; a standard deviation of 4.0 % is assumed (to "
                + "have it measured, measure in rounds, as 'bench all' does, and compare folders with NAME.json, NAME.2.json, NAME.3.json): by "
                + "chance a speed is another by up to 11.1 %, 95 times of 100."), comparison.text());
    }

    @Test
    void shouldNotBlameABuildWhenAFewOfManySpeedsAreWorseByChance() {
        // 5 of 100 are worse by 12 %, where 11 % is chance.
        final Comparison few = many(100, 5, 8.8);
        assertEquals(5, few.worse().size(), few.text());
        assertFalse(few.isWorse(), few.text());
        assertTrue(few.text().contains("Of 100 speeds chance alone makes up to 5 worse, and none by more than 1.78 times its noise"), few.text());
        assertTrue(few.text().endsWith("better=0 worse=5 within the noise=95\n"), few.text());
        assertTrue(many(100, 6, 8.8).isWorse());
        // More than all of 100 differ by.
        assertTrue(many(100, 1, 7.9).isWorse());
        assertFalse(many(100, 1, 8.1).isWorse());
    }

    @Test
    void shouldBlameABuildWhenTheOnlySpeedIsWorse() {
        assertTrue(many(1, 1, 8.8).isWorse());
        assertFalse(many(1, 1, 8.95).isWorse());
    }

    @Test
    void shouldBlameABuildWhenOneOfManyIsWorseAndNoSpeed() {
        final List<Report> old = new ArrayList<>(speeds(100, 0, 10));
        final List<Report> now = new ArrayList<>(old);
        old.add(Report.parse("x", "{\"allocated_bytes_per_packet\":0}"));
        now.add(Report.parse("x", "{\"allocated_bytes_per_packet\":0.01}"));
        assertTrue(Comparison.of(old, now).isWorse());
    }

    private static Comparison many(final int all, final int slower, final double mpps) {
        return Comparison.of(speeds(all, 0, 10), speeds(all, slower, mpps));
    }

    /** So many at 10 Mpps, but for the first ones. */
    private static List<Report> speeds(final int all, final int slower, final double mpps) {
        return IntStream.range(0, all).mapToObj(i -> speed("engine-" + i, i < slower ? mpps : 10)).toList();
    }

    private static Report speed(final String name, final double mpps) {
        return Report.parse(name, "{\"mpps_cpu\":" + mpps + '}');
    }

    @Test
    void shouldTellAndNotJudgeLatencyWhereAQueueBuildsUpByChance() {
        final String text = "{\"latency\":[{\"size\":64,\"share\":%s,\"p50\":%d}]}";
        assertFalse(Comparison.of(ReportRows.of("rfc2544", "old", text.formatted("1.0", 10)), ReportRows.of("rfc2544", "new", text.formatted("1.0", 1000)))
                .isWorse());
        assertTrue(Comparison.of(ReportRows.of("rfc2544", "old", text.formatted("0.9", 10)), ReportRows.of("rfc2544", "new", text.formatted("0.9", 1000)))
                .isWorse());
    }

    @Test
    void shouldJudgeByCpuTimeWhenBothHaveIt() {
        final String slowClock = "{\"mpps\":5,\"mpps_cpu\":10}";
        assertFalse(compare("{\"mpps\":10,\"mpps_cpu\":10}", slowClock).isWorse());
        assertTrue(compare("{\"mpps\":10}", slowClock).isWorse());
    }

    @Test
    void shouldCallItWorseWhenSomethingAllocatesOrGetsLost() {
        assertTrue(compare("{\"allocated_bytes_per_packet\":0}", "{\"allocated_bytes_per_packet\":0.01}").isWorse());
        assertTrue(compare("{\"unaccounted\":0}", "{\"unaccounted\":1}").isWorse());
        assertTrue(compare("{\"packets\":100,\"forwarded\":100}", "{\"packets\":100,\"forwarded\":99}").isWorse());
        assertFalse(compare("{\"packets\":100,\"forwarded\":99}", "{\"packets\":200,\"forwarded\":198}").isWorse());
    }

    @Test
    void shouldCallItWorseWhenAnUpdateCostsMore() {
        final String update = "{\"unaccounted\":0,\"lost_packets\":%d,\"slowest_batch_us\":%d,\"later_batch_us\":{\"p95\":%d},"
                + "\"first_ms\":{\"in_force\":%d},\"later_ms\":{\"in_force\":%d}}";
        assertEquals(List.of("lost_packets", "slowest_batch_us", "later_batch_us.p95", "first_ms.in_force", "later_ms.in_force"),
                compare(update.formatted(0, 400, 10, 100, 100), update.formatted(1, 801, 16, 151, 126)).worse());
        assertEquals(List.of(), compare(update.formatted(0, 400, 10, 100, 100), update.formatted(0, 799, 13, 149, 124)).worse());
    }

    @Test
    void shouldCallItWorseWhenConnectionsGetSlower() {
        final String found = "{\"transactions_per_second\":%d,\"concurrent\":%d,\"latency\":{\"connect_us\":{\"p50\":%d,\"p99\":%d},"
                + "\"first_byte_us\":{\"p50\":%d,\"p99\":%d},\"last_byte_us\":{\"p50\":%d,\"p99\":%d}}}";
        final String old = found.formatted(1_000, 1_000, 10, 20, 10, 20, 10, 20);
        assertEquals(List.of("transactions_per_second", "concurrent", "latency.connect_us.p50", "latency.first_byte_us.p50",
                "latency.last_byte_us.p50", "latency.connect_us.p99", "latency.first_byte_us.p99", "latency.last_byte_us.p99"),
                compare(old, found.formatted(800, 980, 16, 61, 16, 61, 16, 61)).worse());
        assertEquals(List.of(), compare(old, found.formatted(950, 995, 14, 59, 14, 59, 14, 59)).worse());
    }

    @Test
    void shouldCallItWorseWhenLatencyGrows() {
        assertTrue(compare("{\"latency_us\":{\"p50\":10}}", "{\"latency_us\":{\"p50\":20}}").isWorse());
        assertFalse(compare("{\"latency_us\":{\"p50\":20}}", "{\"latency_us\":{\"p50\":10}}").isWorse());
    }

    @Test
    void shouldNotBlameThePeerWhenItIsSlower() {
        assertFalse(compare("{\"peer_mpps\":10}", "{\"peer_mpps\":1}").isWorse());
    }

    @Test
    void shouldTellWhatWasNotMeasuredAlike() {
        assertEquals(List.of("not measured alike: batch was 64 and is 32"),
                compare("{\"mpps\":10,\"batch\":64}", "{\"mpps\":10,\"batch\":32}").differences());
    }

    @Test
    void shouldTellEachConditionThatIsNotTheSame() {
        for (final String condition : List.of("connection_mix", "services", "scheduler", "nat", "protocol", "rules_between", "arrivals", "scenario",
                "quick")) {
            assertEquals(List.of("not measured alike: " + condition + " was a and is b"),
                    compare("{\"mpps\":10,\"" + condition + "\":\"a\"}", "{\"mpps\":10,\"" + condition + "\":\"b\"}").differences());
        }
    }

    @Test
    void shouldExitWithOneWhenAMeasurementIsInOldOnly(@TempDir final Path folder) throws IOException {
        for (final String file : List.of("old/a", "old/b", "new/a")) {
            Files.createDirectories(folder.resolve(file).getParent());
            Files.writeString(folder.resolve(file + ".json"), "{\"mpps\":10,\"generator\":[{\"size\":64,\"mpps\":1}]}");
        }
        Files.writeString(folder.resolve("old/machine.json"), "{\"kind\":\"x\"}");
        assertEquals(ExitCode.FAILED, exitCode(folder.resolve("old"), folder.resolve("new")));
        assertEquals(ExitCode.DONE, exitCode(folder.resolve("new"), folder.resolve("old")));
        Files.writeString(folder.resolve("new/b.json"), "{\"mpps\":10}");
        // What measures is nobody's achievement.
        assertEquals(ExitCode.DONE, exitCode(folder.resolve("old"), folder.resolve("new")));
    }

    private static int exitCode(final Path old, final Path now) {
        return new CommandLine(new CompareCommand()).setOut(new PrintWriter(new StringWriter())).setErr(new PrintWriter(new StringWriter()))
                .execute(old.toString(), now.toString());
    }

    @Test
    void shouldCompareATablesRowsByTheirNames(@TempDir final Path folder) throws IOException {
        final Path old = Files.writeString(folder.resolve("old"), "{\"table\":[{\"mpps\":10,\"batch\":1,\"checked\":false},"
                + "{\"mpps\":20,\"batch\":2,\"checked\":false}]}");
        final Path now = Files.writeString(folder.resolve("new"), "{\"table\":[{\"mpps\":20,\"batch\":2,\"checked\":false},"
                + "{\"mpps\":1,\"batch\":1,\"checked\":false}]}");
        final Comparison comparison = Comparison.of(Report.read(old), Report.read(now));
        assertTrue(comparison.text().contains("batch=1 checked=false mpps"), comparison.text());
        assertTrue(comparison.text().endsWith("better=0 worse=1 within the noise=1\n"), comparison.text());
    }

    @Test
    void shouldRefuseWhatIsNoMeasurement(@TempDir final Path folder) throws IOException {
        final Path text = Files.writeString(folder.resolve("x"), "hello");
        assertEquals(text + " is not one JSON object; give a file that a bench command wrote with --json",
                assertThrows(BenchException.class, () -> Report.read(text)).getMessage());
        assertEquals("the two have no number in common; give two results of the same bench command",
                assertThrows(BenchException.class, () -> compare("{\"a\":1}", "{\"a\":1}")).getMessage());
    }

    private static Comparison compare(final String old, final String now) {
        return Comparison.of(List.of(Report.parse("", old)), List.of(Report.parse("", now)));
    }
}
