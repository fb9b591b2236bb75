package io.penstock.perf.bench.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.testkit.Privileged;
import io.penstock.perf.Main;
import io.penstock.perf.MainRun;
import io.penstock.perf.WholeOnly;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.ChildJvm;
import io.penstock.perf.bench.peer.MemoryPeer;
import io.penstock.perf.bench.peer.PeerRun;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EnginePeerTest {

    private static final List<String> SHORT = List.of("--flows", "512", "--warm-up", "0.1", "--seconds", "0.2", "--json");

    @Test
    @Privileged
    void shouldTellRatiosOfTheTimeThatEachHadTheCpu() {
        final EnginePeer result = new EnginePeer(List.of("engine"), MemoryPeer.of("kernel"), false, new PrintWriter(Writer.nullWriter()));
        result.add(report(20, 22, "a"), new PeerRun(2, 4, List.of("first")));
        result.add(report(30, 33, "b"), new PeerRun(10, 11, List.of("second", "\"quoted\"")));
        result.add(report(10, 44, "c"), new PeerRun(5, 5.5, List.of("third")));
        final Report json = Report.parse("", result.json());
        assertEquals(20, json.number("mpps"));
        assertEquals(List.of(20, 30, 10), json.values().get("runs"));
        assertEquals(33, json.number("mpps_cpu"));
        assertEquals(50, json.number("ns_per_packet"));
        assertEquals("b", json.values().get("input"));
        assertEquals("kernel", json.values().get("peer"));
        assertEquals(5, json.number("peer_mpps"));
        assertEquals(5.5, json.number("peer_mpps_cpu"));
        assertEquals(5.5, json.number("ratio"));
        assertEquals(List.of(5.5, 3, 8), json.values().get("ratio_runs"));
        assertEquals("mpps_cpu", json.values().get("ratio_of"));
        assertEquals(List.of(10, 3, 2), json.values().get("ratio_wall_runs"));
        assertEquals(List.of("third"), json.values().get("peer_configuration"));
        assertEquals(Map.of("cpu", "x"), json.values().get("machine"));
        final String text = result.text();
        assertTrue(text.startsWith("Penstock beside kernel (Linux "), text);
        assertTrue(text.contains("""
                    run  Penstock    kernel   ratio   clock Penstock    kernel
                      1     22.00      4.00    5.50            20.00      2.00
                      2     33.00     11.00    3.00            30.00     10.00
                      3     44.00      5.50    8.00            10.00      5.00
                 median     33.00      5.50    5.50            20.00      5.00

                ratio 5.50, 3.00 to 8.00

                kernel was configured by:
                  third
                """), text);
    }

    @Test
    @WholeOnly
    @Privileged(programs = "iptables-legacy-restore")
    void shouldMeasureTheKernelInTurn() {
        final Report report = run("--connections", "snat", "--against", "kernel", "--runs", "2");
        assertEquals("kernel", report.values().get("peer"));
        assertTrue(report.number("peer_mpps") > 0, report::toString);
        assertTrue(report.number("ratio") > 0, report::toString);
        assertEquals(2, report.samples("ratio").sorted().length);
        assertEquals(2, report.samples("mpps").sorted().length);
        assertEquals(0, report.number("unaccounted"));
        assertEquals(report.number("packets"), report.number("forwarded"));
    }

    @Test
    @Privileged(programs = "dpdk-testpmd")
    void shouldMeasureTestpmdInTurn() {
        assertEquals("testpmd", run("--against", "testpmd:csum", "--runs", "1").values().get("peer"));
    }

    @Test
    void shouldSayWhatIsWrongInOneSentence() {
        assertRefused("there is no peer 'vpp'; supported are none, testpmd, testpmd:mac, testpmd:csum, testpmd:5tswap, ovs, kernel, nft, with "
                + "--rules none, kernel, nft, dpdk", "--against", "vpp");
        assertRefused("--against dpdk is about rules; add --rules MIX, or compare with testpmd", "--against", "dpdk");
        assertRefused("--runs needs --against PEER, or rules, whose runs it is about", "--runs", "2");
        assertRefused("--runs=0 is out of range: least=1 most=100", "--against", "kernel", "--runs", "0");
        assertRefused("--ipv6 and --against ovs do not go together; leave one of them out", "--against", "ovs", "--ipv6");
        assertRefused("--routes and --against kernel do not go together; leave one of them out", "--against", "kernel", "--routes", "10");
        assertRefused("testpmd tracks no connections; leave --connections out, or compare with ovs, kernel or nft", "--against", "testpmd",
                "--connections", "snat");
        assertRefused("--against ovs needs flows that are answered, of UDP: --connections established, snat or dnat", "--against", "ovs",
                "--connections", "new");
        assertRefused("--against kernel needs flows that are answered, of UDP: --connections established, snat or dnat", "--against", "kernel",
                "--connections", "snat", "--protocol", "tcp");
        assertRefused("--flows=65537 is out of range beside ovs: least=1 most=65536", "--against", "ovs", "--flows", "65537");
        assertRefused("--services and --against kernel do not go together; leave one of them out", "--against", "kernel", "--services", "nat");
    }

    private static Report report(final double mpps, final double mppsOfCpu, final String input) {
        return Report.parse("", "{\"mpps\":" + mpps + ",\"runs\":[1,2],\"mpps_cpu\":" + mppsOfCpu + ",\"flows\":512,\"input\":\"" + input
                + "\",\"machine\":{\"cpu\":\"x\"}}");
    }

    private static Report run(final String... what) {
        final List<String> all = new ArrayList<>(List.of("bench", "engine"));
        all.addAll(List.of(what));
        all.addAll(SHORT);
        final ChildJvm.Output run = ChildJvm.capture(List.of(), Main.class.getName(), all);
        assertEquals(0, run.exitCode(), run.text());
        return Report.parse("", run.text());
    }

    private static void assertRefused(final String message, final String... options) {
        final List<String> all = new ArrayList<>(List.of("bench", "engine"));
        all.addAll(List.of(options));
        final MainRun run = MainRun.of(all.toArray(String[]::new));
        assertEquals(2, run.exitCode());
        assertEquals(message + "\ntry 'penstock bench engine --help'\n", run.err());
    }
}
