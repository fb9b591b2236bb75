package io.penstock.perf.bench.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.Shell;
import io.penstock.perf.Main;
import io.penstock.perf.MainRun;
import io.penstock.perf.WholeOnly;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code bench rfc9693} and {@code bench rfc9411} from their command lines to their results: all that they check, no speed. */
final class ConnectionCommandsTest {

    private static final String CONNECTIONS = "5000";

    @Test
    void shouldMeasureTranslatedDatagramsWhenTheEngineIsTheGateway() {
        final Report report = measure("rfc9693", "--connections", CONNECTIONS, "--sizes", "64,1518", "--seconds", "0.05", "--runs", "2");
        assertTracking(report, 5_000);
        assertEquals(2, ((List<?>) report.values().get("two_phase")).size());
        assertEquals(2, report.samples("teardowns_per_second").sorted().length);
        assertEquals(10_000, checked(report, "answers"));
    }

    @Test
    @WholeOnly
    void shouldMeasureSegmentsThroughRulesWhenNothingIsTranslated() {
        final Report report = measure("rfc9693", "--connections", CONNECTIONS, "--sizes", "64", "--seconds", "0.05", "--runs", "1", "--protocol", "tcp",
                "--nat", "none", "--rules-between", "20");
        assertTracking(report, 5_000);
        assertEquals("none", report.values().get("nat"));
        assertEquals(20, report.number("rules_between"));
    }

    @Test
    @WholeOnly
    void shouldLiveWholeLivesWhenTheEngineIsTheFirewall() {
        final Report report = measure("rfc9411", "--concurrent", CONNECTIONS, "--seconds", "1", "--warm-up", "1", "--runs", "2", "--object", "5000",
                "--transactions", "2", "--rules-between", "20");
        assertLives(report, 5_000);
        // SYN and its answer and ACK; twice a request, four segments and an acknowledgment between; FIN, FIN, ACK.
        assertEquals(18, report.number("segments_each"), 0.5);
    }

    @Test
    @WholeOnly
    @Privileged(programs = "ip")
    void shouldMeasureTranslatedDatagramsWhenTheGatewayIsBetweenNamespaces() throws IOException {
        final Report report = measure("rfc9693", "--mode", "wire", "--connections", CONNECTIONS, "--sizes", "64,512", "--seconds", "0.05", "--runs", "1");
        assertTracking(report, 5_000);
        assertEquals(5_000, checked(report, "answers"));
        assertNothingLeft();
    }

    @Test
    @WholeOnly
    @Privileged(programs = {"ip", "iptables-legacy-restore"})
    void shouldLiveWholeLivesAsThroughTheKernelWhenTheFirewallIsBetweenNamespaces() throws IOException {
        final Report report = measure("rfc9411", "--mode", "wire", "--against", "kernel", "--concurrent", "2000", "--seconds", "1", "--warm-up", "1",
                "--runs", "1", "--rules-between", "20");
        assertLives(report, 2_000);
        assertEquals(2_000, report.number("peer_concurrent"));
        assertTrue(report.number("peer_connections_per_second") > 0, report::toString);
        assertTrue(report.number("ceiling_connections_per_second") > 0, report::toString);
        final Map<?, ?> latency = (Map<?, ?>) report.values().get("latency");
        assertTrue(((Number) ((Map<?, ?>) latency.get("last_byte_us")).get("count")).intValue() > 0, latency::toString);
        assertNothingLeft();
    }

    @Test
    void shouldSayWhatIsWrongWithOptions() {
        assertRefused("there is no --mode 'disk'; supported are engine, wire", "rfc9693", "--mode", "disk");
        assertRefused("there is no --nat 'dnat'; supported are none, snat", "rfc9693", "--nat", "dnat");
        assertRefused("there is no --protocol 'sctp'; supported are udp, tcp", "rfc9693", "--protocol", "sctp");
        assertRefused("there is no test 'loss'; supported are rate, teardown, capacity, throughput", "rfc9693", "--tests", "rate,loss");
        assertRefused("--connections=999 is out of range: least=1000 most=16777216", "rfc9693", "--connections", "999");
        assertRefused("--sizes=63 is out of range: least=64 most=1518", "rfc9693", "--sizes", "64,63");
        assertRefused("--mode wire sends datagrams, and --protocol tcp is for --mode engine; leave one of them out, or see 'bench rfc9411'", "rfc9693",
                "--mode", "wire", "--protocol", "tcp");
        assertRefused("--cpu is the engine's, and there is none with --mode wire; leave one of them out", "rfc9693", "--mode", "wire", "--cpu", "1");
        assertRefused("--against kernel is about --mode wire: the kernel has no ports in memory; add that or leave --against out", "rfc9411", "--against",
                "kernel");
        assertRefused("there is no peer 'ovs'; supported are none, kernel", "rfc9411", "--against", "ovs");
        assertRefused("--object=65537 is out of range: least=1 most=65536", "rfc9411", "--object", "65537");
        assertRefused("--concurrent=511 is out of range: least=512 most=8388608", "rfc9411", "--concurrent", "511");
    }

    private static void assertTracking(final Report report, final int connections) {
        assertEquals("rfc9693", report.values().get("procedure"));
        assertTrue(report.number("connections_per_second") > 0, report::toString);
        assertEquals(connections, report.number("capacity"));
        assertEquals(connections, report.number("capacity_entries_wanted"));
        assertTrue(checked(report, "trials") > 0, report::toString);
    }

    private static void assertLives(final Report report, final int concurrent) {
        assertEquals("rfc9411", report.values().get("procedure"));
        assertTrue(report.number("connections_per_second") > 0, report::toString);
        assertEquals(concurrent, report.number("concurrent"));
        assertEquals(concurrent, report.number("concurrent_answered_again"));
        assertEquals(concurrent, report.number("concurrent_entries"));
        assertEquals(0, checked(report, "strange"));
    }

    private static int checked(final Report report, final String name) {
        return ((Number) ((Map<?, ?>) report.values().get("checked")).get(name)).intValue();
    }

    private static void assertRefused(final String message, final String... arguments) {
        final List<String> all = new ArrayList<>(List.of("bench"));
        all.addAll(List.of(arguments));
        final MainRun run = MainRun.of(all.toArray(String[]::new));
        assertEquals(2, run.exitCode());
        assertEquals(message + "\ntry 'penstock bench " + arguments[0] + " --help'\n", run.err());
    }

    private static void assertNothingLeft() throws IOException {
        // The measuring process was another one: nobody's namespaces of its kind may be without a process.
        for (final String line : Shell.sh("ip netns").lines().toList()) {
            final String name = line.split(" ")[0];
            if (name.matches("pw-\\d+-(nat|penstock|kernel|direct)-(client|gateway|server)")) {
                assertTrue(ProcessHandle.of(Long.parseLong(name.split("-")[1])).isPresent(), "left behind: " + name);
            }
        }
        try (Stream<Path> files = Files.list(Path.of("/run/penstock"))) {
            files.map(file -> file.getFileName().toString()).filter(name -> name.matches("pw-\\d+-.*-gateway"))
                    .forEach(name -> assertTrue(ProcessHandle.of(Long.parseLong(name.split("-")[1])).isPresent(), "left behind: " + name));
        }
    }

    private static Report measure(final String... arguments) {
        final List<String> all = new ArrayList<>(List.of("bench"));
        all.addAll(List.of(arguments));
        all.add("--json");
        final ChildJvm.Output run = ChildJvm.capture(List.of(), Main.class.getName(), all);
        assertEquals(0, run.exitCode(), run::text);
        return Report.parse("", run.text());
    }
}
