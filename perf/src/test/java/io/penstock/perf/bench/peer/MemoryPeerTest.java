package io.penstock.perf.bench.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.sys.CpuAffinity;
import io.penstock.os.testkit.Privileged;
import io.penstock.perf.WholeOnly;
import io.penstock.perf.bench.engine.BuiltIn;
import io.penstock.perf.bench.engine.CaptureMemory;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.connections.ConnectionMix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Peers in memory: what they are told, what is read from what they print, and short real runs. */
final class MemoryPeerTest {

    private static final int FLOWS = 500;
    private static final String STATISTICS = """
              ######################## NIC statistics for port 0  ########################
              RX-packets: 84739392   RX-missed: 0          RX-bytes:  5084363520
              RX-errors: %s
              RX-nombuf:  0        \s
              TX-packets: 84739456   TX-errors: 0          TX-bytes:  5084367360

              Throughput (since last show)
              Rx-pps:     21102105          Rx-bps:  10129010752
              Tx-pps:     21102127          Tx-bps:  10129020992
              ############################################################################
            """;
    private static final String SUMS = """
              +++++++++++++++ Accumulated forward statistics for all ports+++++++++++++++
              RX-packets: 84741248       RX-dropped: 0             RX-total: 84741248
              TX-packets: %s       TX-dropped: 0             TX-total: 84741248
            """;
    private static final String POLLING = """
            Time: 02:44:40.896
            Measurement duration: 3.017 s
            pmd thread numa_id 0 core_id 1:
              Iterations:               614806  (4.90 us/it)
              Rx packets:             19673824  (6521 Kpps, 398 cycles/pkt)
              - EMC hits:              9586282  ( 48.7 %%)
              Tx packets:             %s  (6521 Kpps)
              Tx batches:               614806  (32.00 pkts/batch)
            """;

    @Test
    void shouldKnowEveryPeerByItsNames() {
        MemoryPeer.names().forEach(name -> assertNotNull(MemoryPeer.of(name), name));
        assertNull(MemoryPeer.of("vpp"));
        assertNull(MemoryPeer.of("none"));
    }

    @Test
    void shouldReadTestpmdsRate() {
        assertEquals(21.102127, TestpmdPeer.mpps(found(TestpmdPeer.RATE.matcher(STATISTICS.formatted("0")))));
        assertEquals("testpmd lost packets of its capture: rx_errors=7 rx_nombuf=0", assertThrows(BenchException.class,
                () -> TestpmdPeer.mpps(found(TestpmdPeer.RATE.matcher(STATISTICS.formatted("7"))))).getMessage());
    }

    @Test
    void shouldRefuseWhatTestpmdHasNotSent() {
        TestpmdPeer.checkForwarded(found(TestpmdPeer.FORWARDED.matcher(SUMS.formatted("84741248"))));
        assertEquals("testpmd did not forward every packet: received=84741248 sent=84741000 dropped=0", assertThrows(BenchException.class,
                () -> TestpmdPeer.checkForwarded(found(TestpmdPeer.FORWARDED.matcher(SUMS.formatted("84741000"))))).getMessage());
    }

    @Test
    void shouldReadTheRateOfOpenVSwitch() {
        assertEquals(19.673824 / 3.017, OvsPeer.mpps(POLLING.formatted("19673792")), 1e-9);
        assertEquals("ovs did not forward every packet: received=19673824 sent=100", assertThrows(BenchException.class,
                () -> OvsPeer.mpps(POLLING.formatted("100"))).getMessage());
        assertTrue(assertThrows(BenchException.class, () -> OvsPeer.mpps("nothing\n")).getMessage()
                .startsWith("ovs does not tell its rate: 'Measurement duration"));
        assertEquals(10769, OvsPeer.connections("Connections Stats:\n    Total: 10769\n  UDP: 10769\n"));
        assertEquals(0, OvsPeer.connections(""));
    }

    @Test
    void shouldTellOpenVSwitchWhatTheRulesSay() {
        final String route = "dec_ttl,mod_dl_src:02:00:00:00:00:01,mod_dl_dst:02:00:00:00:00:03,output:";
        assertEquals(List.of("in_port=1,ip,actions=" + route + "2"), OvsPeer.flows(null));
        assertEquals(List.of("table=0,ip,actions=ct(table=1)",
                "table=1,in_port=1,ip,ct_state=+trk+est,actions=" + route + "2",
                "table=1,in_port=2,ip,ct_state=+trk+est,actions=" + route + "1",
                "table=1,in_port=1,ip,ct_state=+trk+new,actions=ct(commit)," + route + "2"), OvsPeer.flows(ConnectionMix.ESTABLISHED));
        final List<String> snat = OvsPeer.flows(ConnectionMix.SNAT);
        assertEquals("table=0,ip,actions=ct(table=1,nat)", snat.getFirst());
        assertEquals("table=1,in_port=1,ip,ct_state=+trk+new,actions=ct(commit,nat(src=192.0.2.2-192.0.2.253))," + route + "2", snat.getLast());
        assertTrue(OvsPeer.flows(ConnectionMix.DNAT).getLast().contains("ct(commit,nat(dst=198.18.0.1-198.18.0.252))"));
    }

    @Test
    void shouldReadBothListingsOfConnections() {
        final TranslatedFlow flow = new TranslatedFlow(0x0A00_0001, 0xC000_0202, 1000, 0xC612_0001, 2000);
        assertEquals(List.of(flow), TranslatedFlow.parse("icmp,orig=(src=1.1.1.1,dst=2.2.2.2,id=1,type=8,code=0),reply=(src=2.2.2.2,dst=1.1.1.1,"
                + "id=1,type=0,code=0)\nudp,orig=(src=10.0.0.1,dst=198.18.0.1,sport=900,dport=2000),reply=(src=198.18.0.1,dst=192.0.2.2,sport=2000,"
                + "dport=1000)\n"));
        assertEquals(List.of(flow), TranslatedFlow.parse("ipv4     2 udp      17 29 src=10.0.0.1 dst=198.18.0.1 sport=900 dport=2000 [UNREPLIED] "
                + "src=198.18.0.1 dst=192.0.2.2 sport=2000 dport=1000 mark=0 zone=0 use=2\n"));
    }

    @Test
    void shouldRefuseRulesWithoutWordsOfNfTables() {
        assertEquals("add rule\n", NftRules.check("add rule\n"));
        assertEquals("iptables-restore-translate has no words of nf_tables for a rule: -A FORWARD -m time -j DROP",
                assertThrows(BenchException.class, () -> NftRules.check("# Translated\n# -A FORWARD -m time -j DROP\n")).getMessage());
        assertEquals(7, NftRules.lastCounter("counter packets 3 bytes 4 drop\n counter packets 7 bytes 9 accept\n"));
        assertEquals(0, NftRules.lastCounter("chain FORWARD {\n}\n"));
    }

    @Test
    void shouldSayWhatAPeerCannotDo() {
        assertEquals("testpmd tracks no connections; leave --connections out, or compare with ovs, kernel or nft",
                MemoryPeer.of("testpmd").refusal(ConnectionMix.SNAT, 0));
        assertEquals("ovs is given no rules between; leave --rules-between out, or compare with kernel or nft",
                MemoryPeer.of("ovs").refusal(ConnectionMix.SNAT, 1));
        assertEquals("nft is about rules, and without --connections or --rules there are none; compare with kernel",
                MemoryPeer.of("nft").refusal(null, 0));
        assertNull(MemoryPeer.of("kernel").refusal(ConnectionMix.SNAT, 1000));
    }

    @Test
    void shouldRefuseAFlowThatHasBecomeSomethingElse() {
        try (PeerTraffic traffic = PeerTraffic.tracked(ConnectionMix.ESTABLISHED, 0, 1, 60)) {
            final TranslatedFlow wrong = new TranslatedFlow(0x0A00_0000, 0x0A00_0000, 1, 2, 3);
            assertTrue(assertThrows(BenchException.class, () -> traffic.replies(List.of(wrong))).getMessage()
                    .startsWith("a flow has become what its rules do not make of it: flow=0 connection=TranslatedFlow["));
            assertEquals("not every flow has its connection: connections=0 flows=1",
                    assertThrows(BenchException.class, () -> traffic.replies(List.of())).getMessage());
        }
    }

    @Test
    @Privileged(programs = TestpmdPeer.PROGRAM)
    void shouldMeasureTestpmd() throws IOException {
        for (final String name : List.of("testpmd:mac", "testpmd:csum", "testpmd:5tswap")) {
            final PeerRun run = forward(name);
            assertTrue(run.configuration().getFirst().contains("--forward-mode=" + name.substring(name.indexOf(':') + 1)), run::toString);
        }
        assertNothingLeft();
    }

    @Test
    @WholeOnly
    @Privileged(programs = OvsInstance.PROGRAM)
    void shouldMeasureOpenVSwitch() throws IOException {
        forward("ovs");
        track("ovs", ConnectionMix.ESTABLISHED);
        track("ovs", ConnectionMix.SNAT);
        assertNothingLeft();
    }

    @Test
    @Privileged(programs = "iptables-legacy-restore")
    void shouldMeasureTheKernel() {
        forward("kernel");
        for (final ConnectionMix mix : List.of(ConnectionMix.ESTABLISHED, ConnectionMix.SNAT, ConnectionMix.DNAT)) {
            track("kernel", mix);
        }
    }

    @Test
    @Privileged(programs = {"nft", NftRules.PROGRAM})
    void shouldMeasureTheKernelsNfTables() {
        assertTrue(track("nft", ConnectionMix.SNAT).configuration().stream()
                .anyMatch(line -> line.contains("oifname \"wan\" counter snat to 192.0.2.2-192.0.2.253")));
    }

    private static PeerRun forward(final String name) {
        try (CaptureMemory packets = BuiltIn.packets(FLOWS, BuiltIn.MIN_FRAME_BYTES, false, null);
                PeerTraffic traffic = PeerTraffic.plain(FLOWS, BuiltIn.MIN_FRAME_BYTES, packets::address)) {
            return run(name, traffic);
        }
    }

    private static PeerRun track(final String name, final ConnectionMix mix) {
        try (PeerTraffic traffic = PeerTraffic.tracked(mix, 0, FLOWS, BuiltIn.MIN_FRAME_BYTES)) {
            return run(name, traffic);
        }
    }

    private static PeerRun run(final String name, final PeerTraffic traffic) {
        final PeerRun run = MemoryPeer.of(name).run(traffic, CpuAffinity.current().length() - 1, 0.1, 0.3);
        assertTrue(run.mpps() > 0, run::toString);
        assertTrue(run.mppsOfCpu() > 0, run::toString);
        return run;
    }

    private static void assertNothingLeft() throws IOException {
        final String own = "pw-" + ProcessHandle.current().pid();
        for (final Path folder : List.of(Path.of("/var/run/dpdk"), Path.of("/run/penstock"))) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> left = Files.list(folder)) {
                    assertEquals(List.of(), left.filter(file -> file.getFileName().toString().startsWith(own)).toList());
                }
            }
        }
        assertEquals(0, ProcessHandle.current().descendants().filter(process -> process.info().command().orElse("").contains("ovs")
                || process.info().command().orElse("").contains("testpmd")).count());
    }

    private static Matcher found(final Matcher matcher) {
        assertTrue(matcher.find());
        return matcher;
    }
}
