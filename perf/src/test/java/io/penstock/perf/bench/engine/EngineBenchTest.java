package io.penstock.perf.bench.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.LaneCounters;
import io.penstock.dataplane.pcap.LinkType;
import io.penstock.dataplane.pcap.PcapWriter;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.perf.Main;
import io.penstock.perf.MainRun;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.ChildJvm;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.WorkerGauge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EngineBenchTest {

    private static final String NETWORK = """
            ports:
              lan: { device: d0 }
              wan: { device: d1 }
            network:
              addresses: { lan: [10.0.0.254/8], wan: [192.0.2.1/24] }
              routes: [ { to: %s, via: 192.0.2.254, port: wan } ]
            """;

    @TempDir
    private Path folder;

    @Test
    void shouldForwardEveryBuiltInPacket() {
        for (final boolean ipv6 : new boolean[] {false, true}) {
            try (EngineFixture fixture = new EngineFixture(1000, ipv6, 3, true)) {
                for (int i = 0; i < 100; i++) {
                    fixture.round(Batch.CAPACITY);
                }
                assertEquals(100 * Batch.CAPACITY, fixture.lane().counters.forwarded, "ipv6=" + ipv6);
                assertEquals(0, fixture.lane().counters.unaccounted());
            }
        }
    }

    @Test
    void shouldMakeAsManyFlowsAsAskedFor() {
        for (final boolean ipv6 : new boolean[] {false, true}) {
            try (CaptureMemory packets = BuiltIn.packets(100_000, BuiltIn.minFrameBytes(ipv6), ipv6, null)) {
                final FlowCount flows = new FlowCount();
                flows.add(packets);
                assertEquals(100_000, flows.count());
            }
        }
    }

    @Test
    void shouldReceiveThePacketAsItWasWhenItComesRoundAgain() {
        try (EngineFixture fixture = new EngineFixture(1, false, 0, false)) {
            for (int i = 0; i < 300; i++) {
                fixture.round(1);
            }
            assertEquals(300, fixture.lane().counters.forwarded);
            fixture.edit(frame -> {
                Ipv4Layout.setTtl(frame + EthernetLayout.HEADER_BYTES, 1);
                Checksum.writeIpv4(frame + EthernetLayout.HEADER_BYTES, Ipv4Layout.HEADER_BYTES);
            }).round(1);
            assertEquals(1, fixture.lane().counters.dropped[DropReason.TTL_EXPIRED.id()]);
        }
    }

    @Test
    void shouldMeasureACaptureForThePortThatMostOfItIsAddressedTo() throws IOException {
        final Path config = Files.writeString(folder.resolve("c.yaml"), NETWORK.formatted("default"));
        final ChildJvm.Output run = engine(config);
        assertEquals(0, run.exitCode());
        final Report report = Report.parse("", run.text());
        assertEquals(3, report.number("flows"));
        assertEquals(64, report.number("batch"));
        assertEquals(0, report.number("unaccounted"));
        assertEquals(0, report.number("connections"));
        assertTrue(report.number("mpps") > 0, run.text());
        assertTrue(report.number("ns_per_packet") > 0, run.text());
        assertTrue(report.number("worker_cpu") > 0, run.text());
        assertTrue(report.number("allocated_bytes_per_packet") < 1, run.text());
        assertNotNull(report.number("gc_count"));
        assertNotNull(report.number("involuntary_context_switches"));
        assertNotNull(report.number("steal_ticks"));
        assertEquals(EngineBench.SLICES, report.samples("mpps").sorted().length);
        // Every fourth frame is to another host.
        assertEquals(report.number("packets") * 3 / 4, report.number("forwarded"), 4);
        assertEquals(report.number("packets") / 4, report.number("dropped.frame_other_host"), 4);
        assertEquals(Memory.CHECKED, report.values().get("checked"));
    }

    @Test
    void shouldFailWhenNothingIsForwarded() throws IOException {
        final Path config = Files.writeString(folder.resolve("c.yaml"), NETWORK.formatted("203.0.113.0/24"));
        final ChildJvm.Output run = engine(config);
        assertEquals(1, run.exitCode());
        assertEquals(0, Report.parse("", run.text()).number("forwarded"));
    }

    @Test
    void shouldSayWhatBecameOfThePacketsWhenNothingIsForwarded() {
        assertEquals("nothing was forwarded, so this measures no forwarding: packets=12 delivered=2 dropped no_route=10; compare "
                + "the capture's destinations with the configuration's addresses and routes",
                result(false, new LaneTotals(12, 0, 2, dropped(DropReason.NO_ROUTE, 10), 0, 0)).failure());
        assertEquals("the engine lost track of packets, a defect: unaccounted=1",
                result(false, new LaneTotals(12, 11, 0, new long[DropReason.count()], 0, 1)).failure());
    }

    @Test
    void shouldFailWhenAPacketThatIsMadeHereIsNotForwarded() {
        final LaneTotals lost = new LaneTotals(12, 9, 1, dropped(DropReason.NO_ROUTE, 2), 0, 0);
        assertEquals("packets were lost, so this measures less than they would cost: packets=12 forwarded=9 dropped no_route=2",
                result(true, lost).failure());
        assertNull(result(false, lost).failure());
        // Two of them wait at the end, and others had waited at the beginning.
        assertNull(result(true, new LaneTotals(12, 10, 0, new long[DropReason.count()], 2, 0)).failure());
        assertNull(result(true, new LaneTotals(12, 13, 0, new long[DropReason.count()], -1, 0)).failure());
    }

    @Test
    void shouldTellWhatIsHeldFromWhatIsLost() {
        final LaneCounters counters = new LaneCounters();
        counters.received = 5;
        counters.parked = 3;
        counters.unparked = 1;
        counters.stolen = 2;
        counters.returned = 1;
        counters.queued = 1;
        counters.forwarded = 1;
        final LaneTotals before = LaneTotals.of(counters);
        assertEquals(4, before.held());
        assertTrue(before.isAllForwarded());
        counters.received += 2;
        counters.unparked += 2;
        counters.forwarded += 3;
        counters.dropped[DropReason.NO_ROUTE.id()]++;
        final LaneTotals since = LaneTotals.of(counters).minus(before);
        assertEquals(-2, since.held());
        assertFalse(since.isAllForwarded());
    }

    @Test
    void shouldSayWhatIsMissingWhenOnlyHalfIsGiven() {
        assertEquals("--in needs --config, which names its ports and their network\ntry 'penstock bench engine --help'\n",
                MainRun.of("bench", "engine", "--in", "lan=x.pcap").err());
        assertTrue(MainRun.of("bench", "engine", "--config", "x.yaml").err().startsWith("--config needs --in PORT=PCAP"));
    }

    @Test
    void shouldNameThePortsWhenOneDoesNotExist() throws IOException {
        final Path config = Files.writeString(folder.resolve("c.yaml"), NETWORK.formatted("default"));
        final MainRun run = MainRun.of("bench", "engine", "--config", config.toString(), "--in", "wlan=x.pcap");
        assertEquals(2, run.exitCode());
        assertEquals("--in wlan=x.pcap: there is no port wlan; ports are lan, wan\n", run.err());
    }

    @Test
    void shouldRefuseTheConfigurationWhenItIsWrong() throws IOException {
        final Path config = Files.writeString(folder.resolve("c.yaml"), "prots: {}\n");
        final MainRun run = MainRun.of("bench", "engine", "--config", config.toString(), "--in", "lan=x.pcap");
        assertEquals(4, run.exitCode());
    }

    @Test
    void shouldForwardEveryPacketWhileRoutesChange() {
        final Report report = routes("--route-table", "routes", "--updates", "10000", "--flows", "4096");
        assertEquals(1000, report.number("routes"));
        assertEquals(100, report.number("routes6"));
        assertEquals(true, report.values().get("routes_in_table"));
        assertTrue(report.number("updates") > 0, report::toString);
        assertEquals(0, report.number("updates_refused"));
        assertEquals(report.number("packets"), report.number("forwarded"));
    }

    @Test
    void shouldMeasureTheSamePacketsWithTheDefaultRouteAlone() {
        final Report report = routes("--route-table", "default");
        assertEquals(16_384, report.number("flows"));
        assertEquals(false, report.values().get("routes_in_table"));
        assertEquals(report.number("packets"), report.number("forwarded"));
    }

    @Test
    void shouldCountLostPacketsAsAFailureWhenRoutesChange() {
        final EngineResult result = new EngineResult("", true, 1, 64, false, 0, 0, true, 1, true, new double[] {1}, new double[] {1},
                new LaneTotals(12, 11, 0, dropped(DropReason.NO_ROUTE, 1), 0, 0), new WorkerGauge(0),
                new RouteOptions(1, 0, true, 10), new RouteUpdates.Totals(10, 3, 1, 1, 1, 0), RuleOptions.NONE, null, null, null,
                MachineFacts.ofThis());
        assertEquals("packets were lost while routes changed, a defect: packets=12 forwarded=11 dropped no_route=1",
                result.failure());
    }

    @Test
    void shouldSayWhatDoesNotGoTogether() {
        assertRefused("--routes=1000001 is out of range: least=0 most=1000000", "--routes", "1000001");
        assertRefused("--updates needs --routes N, the routes that it is about", "--updates", "1");
        assertRefused("--route-table needs --routes N, the routes that it is about", "--route-table", "routes");
        assertRefused("there is no --route-table 'all'; supported are both, routes, default", "--routes", "1", "--route-table",
                "all");
        assertRefused("--table and --routes do not go together; give --batch N for one row of that table", "--table", "--routes",
                "1");
        assertRefused("--ipv6 flows need --routes6 N: by IPv4 routes they do not go", "--ipv6", "--routes", "1");
        assertRefused("--routes6 needs --routes N, which the IPv4 flows go by, or --ipv6", "--routes6", "1");
        assertRefused("--flows is for the built-in flows, and with --in there are none; leave one of them out", "--config", "c",
                "--in", "lan=x.pcap", "--flows", "1");
    }

    private static void assertRefused(final String message, final String... options) {
        final List<String> all = new ArrayList<>(List.of("bench", "engine"));
        all.addAll(List.of(options));
        final MainRun run = MainRun.of(all.toArray(String[]::new));
        assertEquals(2, run.exitCode());
        assertEquals(message + "\ntry 'penstock bench engine --help'\n", run.err());
    }

    private static Report routes(final String... options) {
        final List<String> all = new ArrayList<>(List.of("bench", "engine", "--routes", "1000", "--routes6", "100", "--warm-up",
                "0.1", "--seconds", "0.2", "--json"));
        all.addAll(List.of(options));
        final ChildJvm.Output run = ChildJvm.capture(List.of(), Main.class.getName(), all);
        assertEquals(0, run.exitCode());
        return Report.parse("", run.text());
    }

    private static long[] dropped(final DropReason reason, final long count) {
        final long[] dropped = new long[DropReason.count()];
        dropped[reason.id()] = count;
        return dropped;
    }

    /** In a JVM of its own: it moves all threads off the worker's CPU, for good. */
    private ChildJvm.Output engine(final Path config) {
        return ChildJvm.capture(List.of(), Main.class.getName(), List.of("bench", "engine", "--config", config.toString(), "--in",
                "lan=" + capture(), "--warm-up", "0.1", "--seconds", "0.2", "--json"));
    }

    private static EngineResult result(final boolean whole, final LaneTotals totals) {
        return new EngineResult("", whole, 1, 64, false, 0, 0, true, 1, true, new double[] {1}, new double[] {1}, totals,
                new WorkerGauge(0), RouteOptions.NONE, null, RuleOptions.NONE, null, null, null, MachineFacts.ofThis());
    }

    /** Three flows to the port's address and one to another. */
    private Path capture() {
        final Path file = folder.resolve("lan.pcap");
        try (CaptureMemory packets = BuiltIn.packets(4, BuiltIn.MIN_FRAME_BYTES, false, null);
                PcapWriter writer = PcapWriter.create(file, LinkType.ETHERNET)) {
            // A second packet of one flow, to somebody else.
            Memory.copy(packets.address(0), packets.address(3), BuiltIn.MIN_FRAME_BYTES);
            EthernetLayout.setDestination(packets.address(3), 0x0200_0000_00AAL);
            for (int i = 0; i < packets.lengths().length; i++) {
                writer.write(i, packets.address(i), packets.lengths()[i], packets.lengths()[i]);
            }
        }
        return file;
    }
}
