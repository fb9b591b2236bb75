package io.penstock.perf.bench.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.perf.bench.report.HtmlWriter;
import io.penstock.perf.bench.report.MarkdownWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a report says about results that are known. */
final class LabReportTest {

    @TempDir
    private Path folder;

    private final LabFixture fixture = new LabFixture();

    @Test
    void shouldSayThatAPeerIsAbsent() throws IOException {
        final String report = markdown(fixture.with("engine-forward", LabFixture.engine(21, 22, 23)).absent("wire-ovs", Need.OVS), LabFixture.QUIET);
        assertSays(report, "Not here: `wire-ovs`: Open vSwitch with DPDK is absent: install with --install-peers.");
        assertSays(report, "| title of wire-ovs | Open vSwitch with DPDK | Open vSwitch with DPDK is absent: install with --install-peers |");
        assertSays(report, "| Open vSwitch with DPDK | absent: install with --install-peers |");
        assertSays(report, "| DPDK testpmd | DPDK 22.11 |");
    }

    @Test
    void shouldWriteOutPeersConfigurationsButNotRulesByTheThousand() throws IOException {
        final String rules = IntStream.range(0, 1_000).mapToObj(i -> "\"rule " + i + '"').collect(Collectors.joining(","));
        final String report = markdown(fixture.beside("wire-kernel", Need.KERNEL, true, "{\"mpps\":1,\"peer_configuration\":[\"sysctl -w a=b\"]}")
                .beside("rfc9411-wire", Need.KERNEL, true, "{\"peer_configuration\":[" + rules + "]}"), LabFixture.QUIET);
        assertSays(report, "sysctl -w a=b\n");
        assertSays(report, "rule 33\n... 961 lines more, in results/rfc9411-wire.json ...\nrule 995\n");
    }

    @Test
    void shouldSayThatOthersUsedTheMachineMeanwhile() throws IOException {
        final String report = markdown(fixture.disturbed("rfc9693-engine", 0.45, 0, "{\"connections_per_second\":400000}")
                .disturbed("update", 0.3, 1, "{}").disturbed("fib", 0.04, 0, "{\"lookup_ns\":5}"), LabFixture.QUIET);
        assertSays(report, "`rfc9693-engine`: other programs ran meanwhile: of each second 0.45 s in their own code");
        assertSays(report, "packets were lost (exit code 1); other programs ran meanwhile: of each second 0.30 s in their own code");
        assertFalse(report.contains("`fib`: other programs"), report);
    }

    @Test
    void shouldShowTheRatiosOfRfc2544() throws IOException {
        final String report = markdown(fixture.beside("rfc2544", Need.TESTPMD, true, "{\"throughput\":[{\"size\":64,\"mpps\":0.5}],"
                + "\"peer\":\"testpmd\",\"throughput_ratio\":[{\"size\":64,\"ratio\":1.2,\"ratio_runs\":[1.1,1.2,1.3]}]}"), LabFixture.QUIET);
        assertSays(report, "| title of rfc2544, throughput ratio, size 64 | DPDK testpmd | 1.2 (1.1 – 1.3) | 3 |");
        assertFalse(report.contains("DPDK testpmd is absent"), report);
    }

    @Test
    void shouldSayThatDevicesTakeTurnsSizeBySizeInRfc2544() throws IOException {
        assertSays(markdown(fixture.with("engine-forward", LabFixture.engine(21, 22, 23)), LabFixture.QUIET),
                "Not so with RFC 2544, where devices take turns size by size");
    }

    @Test
    void shouldSayHowTheTableWasFilledWhoseRatesItShows() throws IOException {
        final String report = markdown(fixture.with("rfc9693-engine", "{\"rate_at_fill\":[{\"connections\":10,\"per_second\":1000},"
                + "{\"connections\":20,\"per_second\":900}]}"), LabFixture.QUIET);
        assertSays(report, "an empty table filled as fast as it goes: of each tenth, the median of the runs");
        assertFalse(report.contains("highest rate without loss"), report);
    }

    @Test
    void shouldSayWhetherThePeerWasAbsentWhenThereIsNoRatio() throws IOException {
        final String report = markdown(fixture.beside("rfc2544", Need.TESTPMD, true, "{\"throughput\":[]}")
                .beside("wire-kernel", Need.KERNEL, false, "{\"mpps\":1}"), LabFixture.QUIET);
        assertSays(report, "| title of rfc2544 | DPDK testpmd | measured beside it, but a ratio is missing from the result |");
        assertSays(report, "| title of wire-kernel | the kernel | the kernel is absent: install with --install-peers |");
    }

    @Test
    void shouldShowLatenciesAndBurstsOfRfc2544() throws IOException {
        final String report = markdown(fixture.with("rfc2544", """
                {"latency":[{"size":64,"share":1.0,"p50":31,"p99":32,"p99_9":33,"max":34},
                 {"size":64,"share":0.5,"p50":21,"p99":22,"p99_9":23,"max":24}],
                 "peer_latency":[{"size":64,"share":0.9,"p50":41}],"back_to_back":[{"size":64,"frames":700,"frames_runs":[600,700,800]}],
                 "peer_back_to_back":[{"size":64,"frames":70}]}"""), LabFixture.QUIET);
        assertSays(report, "| title of rfc2544: latency, size 64, at 100 % of its throughput | us, 50 % | 31 |");
        assertSays(report, "| title of rfc2544: latency, size 64, at 50 % of its throughput | us, 99.9 % | 23 |");
        assertSays(report, "| title of rfc2544: latency, size 64, at 50 % of its throughput | us, the longest | 24 |");
        assertSays(report, "| title of rfc2544: peer latency, size 64, at 90 % of its throughput | us, 50 % | 41 |");
        assertSays(report, "| title of rfc2544: back to back, size 64 | frames, the longest burst without loss | 700 (600 – 800) |");
        assertSays(report, "| title of rfc2544: peer back to back, size 64 | frames, the longest burst without loss | 70 |");
    }

    @Test
    void shouldShowWhatRfc9411Found() throws IOException {
        final String times = "{\"p50\":1,\"p99\":2,\"max\":3}";
        final String report = markdown(fixture.with("rfc9411-wire", "{\"concurrent\":2000,\"peer_concurrent\":1900,"
                + "\"latency\":{\"connect_us\":" + times + "},\"ceiling_latency\":{\"last_byte_us\":" + times + "}}"), LabFixture.QUIET);
        assertSays(report, "| title of rfc9411-wire | connections at once, each answered | 2,000 |");
        assertSays(report, "| title of rfc9411-wire | the peer's connections at once, each answered | 1,900 |");
        assertSays(report, "| title of rfc9411-wire | us to connect, 99 % | 2 |");
        assertSays(report, "| title of rfc9411-wire | without a device: us to the last byte, the longest | 3 |");
    }

    @Test
    void shouldSayWhatTheLimitWasWhenAResultHasNoRows() throws IOException {
        final String tracking = "{\"connections_per_second\":1000,\"connections_per_second_limit\":\"generator\",\"teardowns_per_second\":500}";
        final String wire = "{\"mpps\":0.5,\"limit\":\"generator\",\"peer_mpps\":0.25,\"peer_limit\":\"device\",\"ratio\":2,"
                + "\"latency_us\":{\"p50\":9}}";
        final String report = markdown(fixture.with("rfc9693-engine", tracking).beside("wire-kernel", Need.KERNEL, true, wire), LabFixture.QUIET);
        assertSays(report, "In these rows not the device was the limit, and its own is higher: `rfc9693-engine` connections begun a second: the "
                + "generator, `wire-kernel` Mpps by the clock: the generator.");
        assertSays(report, "| title of rfc9693-engine | connections begun a second | 1,000 | generator |");
        assertSays(report, "| title of rfc9693-engine | connections ended a second | 500 |  |");
        assertSays(report, "| title of wire-kernel | Mpps by the clock (the generator was the limit) | 0.5 |");
        assertSays(report, "| title of wire-kernel | the peer's Mpps | 0.25 |");
        assertSays(report, "| title of wire-kernel | us, 50 % | 9 |");
        assertSays(report, "| title of wire-kernel (the generator was the limit) | the kernel | 2 |");
        assertSays(report, "| title of wire-kernel | 0.5 |  | 0.25 | 2 | generator; peer: device |");
    }

    @Test
    void shouldSayWhoseLimitTheClientsWereWhenConnectionsWereCounted() throws IOException {
        final String found = "{\"connections_per_second\":990,\"connections_per_second_limit\":\"device\",\"ceiling_connections_per_second\":1000,"
                + "\"peer_connections_per_second\":980,\"peer_connections_per_second_limit\":\"generator\",\"ratio\":1.01}";
        final String report = markdown(fixture.with("rfc9411-wire", found), LabFixture.QUIET);
        assertSays(report, "| title of rfc9411-wire | connections begun a second | 990 |");
        assertSays(report, "| title of rfc9411-wire | the peer's connections begun a second (the generator was the limit) | 980 |");
        assertSays(report, "| title of rfc9411-wire | Penstock over peer (the generator was the limit) | 1.01 |");
    }

    @Test
    void shouldWarnOfTheSessionsInWhichSomethingWasMeasured() throws IOException {
        final MachineLoad busy = new MachineLoad(4, 0.9, 0.03, 2);
        fixture.with("engine-forward", LabFixture.engine(21, 22, 23));
        final Journal journal = Journal.open(folder, LabFixture.identity(), false);
        journal.keep(LabFixture.session(busy, Map.of()));
        journal.keep(LabFixture.session("2030-02-02T00:00:00Z", LabFixture.QUIET, Map.of()));
        assertTrue(caveats(journal).contains("busy with something else when the run began: load average 4.00"), caveats(journal));
        fixture.outcomes().add(new Outcome("engine-forward", "t", 2, List.of("bench"), "2030-02-02T00:00:01Z", 5, 0, 0, 0, List.of(), "{\"mpps\":1}",
                "2030-02-02T00:00:00Z", List.of()));
        assertTrue(caveats(journal).contains("busy with something else when the session of 2030-01-02T03:04:05Z began: load"), caveats(journal));
        // One that measured nothing.
        final Journal other = Journal.open(folder.resolve("other"), LabFixture.identity(), false);
        other.keep(LabFixture.session(LabFixture.QUIET, Map.of()));
        other.keep(LabFixture.session("2030-03-02T00:00:00Z", busy, Map.of()));
        assertFalse(caveats(other).contains("busy with something else"), caveats(other));
    }

    private String caveats(final Journal journal) {
        return String.join("\n", new Caveats(fixture.findings(), journal.sessions()).all());
    }

    @Test
    void shouldSayWhatFailedAndWhy() throws IOException {
        final String report = markdown(fixture.failed("engine-new", "memory is short: free=1", null), LabFixture.QUIET);
        assertSays(report, "### What failed");
        assertSays(report, "- `engine-new`, round 1: memory is short: free=1 (exit code 1)");
        assertSays(report, "| `engine-new` | failed: memory is short: free=1 (exit code 1) |");
        assertSays(report, "A hypervisor took CPU time away in 1 measurements, most in `engine-new`: 20.0 % of all CPUs' time.");
    }

    @Test
    void shouldMarkRowsWhoseLimitWasTheGenerator() throws IOException {
        final String report = markdown(fixture.with("rfc2544", "{\"throughput\":[{\"size\":64,\"mpps\":0.5,\"mpps_runs\":[0.5,0.6],\"limit\":\"device\"},"
                + "{\"size\":1518,\"mpps\":0.4,\"limit\":\"generator\"}],\"generator_mpps\":[{\"size\":64,\"mpps\":1.5},{\"size\":1518,\"mpps\":0.4}]}"),
                LabFixture.QUIET);
        assertSays(report, "In these rows not the device was the limit, and its own is higher: `rfc2544` throughput, size 1518: the generator.");
        assertSays(report, "| Mpps by the clock (the generator was the limit) | 0.4 |");
        assertSays(report, "| Penstock | 1518 | 0.4 |  | generator |");
        assertSays(report, "Throughput by packet size, RFC 2544");
    }

    @Test
    void shouldJudgeBudgetsAndSayWhatStandsInTheWay() throws IOException {
        final String report = markdown(fixture.with("engine-snat-16k", LabFixture.engine(7, 8, 9)).with("profile-snat",
                "{\"stages\":[{\"stage\":\"parse\",\"share\":0.1,\"ns_per_packet\":10},{\"stage\":\"nat\",\"share\":0.6,\"ns_per_packet\":75}]}"),
                LabFixture.QUIET);
        assertSays(report, "+ SNAT, 16,384 flows [Mpps] | 9 | 16 | 8 (7 – 9) |  | ✘ not met |");
        assertSays(report, "| `engine-snat-16k` | the spread reaches across the bound of 9 |");
        assertSays(report, "a packet takes 125.0 ns of CPU time, 13.9 more than the 111.1 that 9 Mpps allow. Most time goes to nat 60 % (75.0 ns), "
                + "parse 10 % (10.0 ns) (`profile-snat`).");
    }

    @Test
    void shouldWarnOfANoisyMachine() throws IOException {
        final String report = markdown(fixture.with("engine-forward", LabFixture.engine(21, 22, 23)), new MachineLoad(4, 0.9, 0.03, 2));
        assertSays(report, "The machine was busy with something else when the run began: load average 4.00 on 2 CPUs, over a second 90.0 % busy, 3.0 % "
                + "stolen by the hypervisor.");
    }

    @Test
    void shouldTellOfAttemptsThatFailedWhenAnotherCounts() throws IOException {
        final String report = markdown(fixture.with("engine-forward", LabFixture.engine(21, 22, 23)).again("update", "{\"lost_in_any_way\":0}",
                "no memory (exit code 1)", "packets were lost while rules changed: packets=7 of 900 (exit code 1)"), LabFixture.QUIET);
        assertSays(report, "Measured again after they had failed, so that only the last attempt is in the figures: `update`, 2 times, the last: "
                + "packets were lost while rules changed: packets=7 of 900 (exit code 1).");
        assertFalse(report.contains("`engine-forward`, "), report);
    }

    @Test
    void shouldNotPromiseThatAnotherRunIsWithinTheSpreadOfOne() throws IOException {
        final String report = markdown(fixture.with("engine-forward", LabFixture.engine(21, 22, 23)), LabFixture.QUIET);
        assertSays(report, "Another run of the same build differs by more than that, as its processes and its time are others: where its median will "
                + "be is what 'another run' says beside the budgets, by how the rounds of this one differ.");
        assertFalse(report.contains("should differ by no more than that"), report);
    }

    @Test
    void shouldSayHowToRepeatIt() throws IOException {
        final String report = markdown(fixture.with("engine-forward", LabFixture.engine(21, 22, 23)), LabFixture.QUIET);
        assertSays(report, "penstock bench all --quick --seed 1");
        assertSays(report, "penstock bench engine --json    # engine-forward, 5 s");
        assertSays(report, "| clock source | tsc |");
    }

    @Test
    void shouldBeTheSameBytesWhenTheResultsAre() throws IOException {
        fixture.with("engine-forward", LabFixture.engine(21, 22, 23)).with("rules-equality-10", LabFixture.engine(21, 22))
                .with("rules-equality-10000", LabFixture.engine(11, 12));
        assertEquals(markdown(fixture, LabFixture.QUIET), markdown(fixture, LabFixture.QUIET));
    }

    private String markdown(final LabFixture with, final MachineLoad load) throws IOException {
        final Journal journal = Journal.open(folder, LabFixture.identity(), false);
        journal.keep(LabFixture.session(load, with.absent()));
        final var document = new LabReport(journal, with.findings()).document();
        HtmlWriter.write(document, folder.resolve("report.html"));
        MarkdownWriter.write(document, folder.resolve("report.md"));
        assertTrue(Files.size(folder.resolve("report.html")) > 0);
        return Files.readString(folder.resolve("report.md"));
    }

    private static void assertSays(final String report, final String words) {
        assertTrue(report.contains(words), () -> words + "\nis not in\n" + report);
    }

    @Test
    void shouldReadWhatItWroteOfItself() {
        final Journal journal = Journal.open(folder, LabFixture.identity(), false);
        journal.keep(LabFixture.session(LabFixture.QUIET, Map.of()));
        assertEquals("Some CPU", Journal.read(folder).identity().get("cpu"));
    }
}
