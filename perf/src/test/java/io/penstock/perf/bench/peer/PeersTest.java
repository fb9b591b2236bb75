package io.penstock.perf.bench.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.perf.MainRun;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.BenchException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class PeersTest {

    @Test
    void shouldFindTheVersionInWhatEachPeerPrints() {
        assertVersion("DPDK 22.11.11", Peers.TESTPMD, "EAL: Detected CPU lcores: 2\nEAL: RTE Version: 'DPDK 22.11.11'\n\nUsage: dpdk-testpmd\n");
        assertVersion("3.1.0, DPDK 22.11.11", Peers.OVS, "ovs-vswitchd-dpdk (Open vSwitch) 3.1.0\nDPDK 22.11.11\n");
        assertVersion("DPDK 22.11.11", "rte_acl", "EAL: RTE Version: 'DPDK 22.11.11'\n");
        assertVersion("Linux 6.18.44", Peers.KERNEL, "Linux 6.18.44\n");
        assertVersion("iptables v1.8.9 (legacy)", Peers.IPTABLES, "iptables v1.8.9 (legacy)\n");
        assertVersion("nftables v1.0.6 (Lester Gooch #5)", Peers.NFT, "nftables v1.0.6 (Lester Gooch #5)\n");
        assertVersion("ipset v7.17", "ipset", "ipset v7.17, protocol version: 7\n");
    }

    @Test
    void shouldTakeABuildOfOpenVSwitchWithoutDpdkForAbsent() {
        assertNull(Peers.of(Peers.OVS).versionIn("ovs-vswitchd (Open vSwitch) 3.1.0\n"));
    }

    @Test
    void shouldSayWhatToInstallWhenAPeerIsAbsent() {
        final Peer absent = new Peer("other", List.of("penstock-has-no-such-program"), List.of("one", "two"), () -> List.of("true"), Pattern.compile("x"), "", "");
        final BenchException refusal = assertThrows(BenchException.class, absent::require);
        assertEquals(2, refusal.exitCode());
        assertEquals("the peer other is not installed; run 'apt install one two', or 'bench peers --install'", refusal.getMessage());
    }

    @Test
    void shouldTellEveryPeerWithItsPackage() {
        final MainRun run = MainRun.of("bench", "peers", "--json");
        assertEquals(0, run.exitCode(), run.err());
        final Report report = Report.parse("", run.out());
        final List<?> peers = (List<?>) report.values().get("peers");
        assertEquals(Peers.all().stream().map(Peer::name).toList(), peers.stream().map(peer -> ((Map<?, ?>) peer).get("peer")).toList());
        for (final Object each : peers) {
            final Map<?, ?> peer = (Map<?, ?>) each;
            assertEquals(peer.get("present"), peer.get("version") != null, peer::toString);
            assertEquals(peer.get("packaged"), !((List<?>) peer.get("packages")).isEmpty(), peer::toString);
        }
        assertEquals(List.of(), report.values().get("installed"));
        assertNotNull(report.values().get("machine"));
    }

    @Test
    void shouldTellWhatIsAbsentAndWhatDebianLacks() {
        final List<PeersCommand.Found> found = List.of(new PeersCommand.Found(Peers.of(Peers.TESTPMD), "DPDK 22.11.11"),
                new PeersCommand.Found(Peers.of(Peers.OVS), null), new PeersCommand.Found(Peers.of("vpp"), null));
        final String text = PeersCommand.text(found, List.of());
        assertTrue(text.contains("\ntestpmd    yes   DPDK 22.11.11"), text);
        assertTrue(text.contains("\novs        no    -"), text);
        assertTrue(text.contains("\nvpp        no    -                                  none\n            Debian has no package of it"), text);
        assertTrue(text.endsWith("\nabsent: 'apt install openvswitch-switch-dpdk', or 'bench peers --install', brings them\n"), text);
        assertTrue(PeersCommand.text(found, List.of("a", "b")).endsWith("\ninstalled: a b\n"));
    }

    private static void assertVersion(final String version, final String peer, final String printed) {
        assertEquals(version, Peers.of(peer).versionIn(printed));
    }
}
