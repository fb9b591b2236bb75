package io.penstock.perf.bench.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.perf.bench.report.HtmlWriter;
import io.penstock.perf.bench.report.MarkdownWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
        assertSays(report, "+ SNAT, 16,384 flows [Mpps] | 9 | 16 | 8 (7 – 9) | ✘ not met |");
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
