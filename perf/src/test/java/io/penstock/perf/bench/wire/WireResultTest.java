package io.penstock.perf.bench.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.wire.ArrivalPattern;
import io.penstock.perf.wire.Histograms;
import io.penstock.perf.wire.SizeMix;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What follows from runs, and how it is told. */
final class WireResultTest {

    private static final MachineFacts MACHINE = new MachineFacts("a CPU", 2, "a kernel", "a JDK", List.of("-Xint"));

    private static final WireLoad TRAFFIC = WireLoad.of(SizeMix.of(60), 16384);

    @Test
    void shouldTakeMediansOfRunsAndOfRatiosWithinPairs() {
        final Map<?, ?> json = parse(result(settings(WirePeer.TESTPMD, 0, false),
                List.of(run("penstock", 0, 1.0), run("penstock", 0, 3.0), run("penstock", 0, 2.0)),
                List.of(run("testpmd", 0, 1.0), run("testpmd", 0, 2.0), run("testpmd", 0, 4.0)), List.of(), List.of()));
        assertEquals(2.0, number(json, "mpps"));
        assertEquals(500.0, number(json, "ns_per_packet"));
        assertEquals(2.0, number(json, "peer_mpps"));
        assertEquals(1.0, number(json, "ratio"));
        assertEquals("testpmd", json.get("peer"));
        assertEquals(List.of(1.0, 3.0, 2.0), numbers(json, "runs"));
        assertEquals(List.of(1.0, 2.0, 4.0), numbers(json, "peer_mpps_runs"));
        assertEquals(List.of(1.0, 1.5, 0.5), numbers(json, "ratio_runs"));
        assertEquals(6, ((List<?>) json.get("details")).size());
    }

    @Test
    void shouldAskNoConnectionsOfAPeerThatOnlyForwards() {
        final WireResult result = result(new WireSettings(WirePeer.TESTPMD, 7, SizeMix.of(60), ArrivalPattern.constant(), null, 0, 2, 1, 0, 1, false, null,
                WireTracking.SNAT), List.of(run("penstock", 0, 1.0)), List.of(withoutConnections("testpmd")), List.of(), List.of());
        assertEquals(null, result.failure());
        final Map<?, ?> json = parse(result);
        assertEquals("snat", json.get("connection_mix"));
        assertEquals("none", json.get("peer_connection_mix"));
        assertEquals(List.of("penstock run"), json.get("configuration"));
        assertEquals(List.of("peer --fast", "rule \"1\""), json.get("peer_configuration"));
        assertEquals(0.75, number(json, "worker_kernel_share"));
        assertEquals(0.9, number(json, "peer_worker_kernel_share"));
        assertTrue(result.text().contains("at the sink, plain forwarding; 1 runs"), result::text);
        assertTrue(result.text().contains(", 75 % of it in the kernel (testpmd: 90 %)"), result::text);
        assertEquals("not every flow has its connection: device=penstock connections=0 flows=7", result(new WireSettings(WirePeer.TESTPMD, 7, SizeMix.of(60),
                ArrivalPattern.constant(), null, 0, 2, 1, 0, 1, false, null, WireTracking.SNAT), List.of(withoutConnections("penstock")),
                List.of(withoutConnections("testpmd")), List.of(), List.of()).failure());
    }

    private static WireRun withoutConnections(final String device) {
        return new WireRun(device, 0, 2, 1, 5, 100, 80, 0, 0, 0, null, 80, 90, Map.of(), 0, 0, 0.5, 0.9, 4, 6, Histograms.of(1));
    }

    @Test
    void shouldAddUpWhatPenstockCounted() {
        final Map<?, ?> json = parse(result(settings(WirePeer.NONE, 0, false),
                List.of(run("penstock", 0, 1.0), run("penstock", 0, 1.0)), List.of(), List.of(), List.of()));
        assertEquals(180.0, number(json, "packets"));
        assertEquals(160.0, number(json, "forwarded"));
        assertEquals(4.0, number(json, "seconds"));
        assertEquals(Map.of("no_route", 20), json.get("dropped"));
        assertEquals(0.0, number(json, "unaccounted"));
        assertEquals(7.0, number(json, "connections"));
        assertEquals(16384.0, number(json, "flows"));
        assertEquals(0.5, number(json, "worker_cpu"));
        assertEquals(5.0, number(json, "offered_mpps"));
        assertEquals(2.0, number(json, "allocated_bytes_per_packet"));
        assertEquals(1.0, number(json, "gc_count"));
        assertEquals("none", json.get("peer"));
        assertFalse(json.containsKey("ratio"));
        assertFalse(json.containsKey("latency_us"));
    }

    @Test
    void shouldLeaveOutWhatIsNotKnown() {
        final WireResult result = new WireResult(settings(WirePeer.NONE, 0, false), TRAFFIC.text(WireTracking.NONE), TRAFFIC::write,
                List.of(run("penstock", 0, 1.0)), List.of(),
                List.of(), List.of(), List.of(), List.of(), -1, -1, "0.50", MACHINE);
        assertFalse(parse(result).containsKey("allocated_bytes_per_packet"));
        assertFalse(result.text().contains("allocated"), result::text);
    }

    @Test
    void shouldTellLatenciesOfBothWithLossesAndDisturbances() {
        final WireResult result = result(settings(WirePeer.KERNEL, 0, true), List.of(run("penstock", 0, 1.0)),
                List.of(run("kernel", 0, 2.0)), List.of(run("penstock", 800_000, 0.8)), List.of(run("kernel", 1_600_000, 1.6)));
        final Map<?, ?> json = parse(result);
        for (final String name : List.of("latency_us", "peer_latency_us")) {
            final Map<?, ?> latency = (Map<?, ?>) json.get(name);
            assertEquals(0.127, number(latency, "p50"));
            assertEquals(100.0, number(latency, "p99"));
            assertEquals(100.0, number(latency, "p99_9"));
            assertEquals(100.0, number(latency, "p99_99"));
            assertEquals(100.0, number(latency, "max"));
            assertEquals(3.0, number(latency, "count"));
            assertEquals(20.0, number(latency, "lost"));
            assertEquals(4.0, number(latency, "involuntary_context_switches"));
            assertEquals(6.0, number(latency, "steal_ticks"));
        }
        assertEquals(1_600_000.0, number((Map<?, ?>) json.get("peer_latency_us"), "rate_pps"));
        final String text = result.text();
        assertTrue(text.contains("latency     penstock at 800,000 packets a second: p50 0.1 p99 100.0 p99.9 100.0 p99.99 100.0 "
                + "max 100.0 us; lost 20 of 100"), text);
        assertTrue(text.contains("ratio       0.500, run by run 0.500 to 0.500"), text);
        assertTrue(text.contains("load average before the runs 0.50"), text);
    }

    @Test
    void shouldCountEveryRunOnceWhenTheRunsAtARateAreThoseWithLatencies() {
        final List<WireRun> runs = List.of(run("penstock", 10_000, 0.01));
        final WireResult result = result(settings(WirePeer.NONE, 10_000, false), runs, List.of(), runs, List.of());
        assertEquals(1, ((List<?>) parse(result).get("details")).size());
        assertEquals(180.0 / 90, number(parse(result), "allocated_bytes_per_packet"));
        assertTrue(result.text().contains("frames of 60 bytes, 10,000 a second"), result::text);
    }

    @Test
    void shouldCountForNothingWhenWhatArrivedIsNotWhatWasSent() {
        final WireRun bad = new WireRun("testpmd", 0, 2, 1, 5, 100, 80, 0, 0, 3, "frames were altered on the way: altered=3", 80, 90, Map.of(),
                0, 7, 0.5, 0.75, 4, 6, Histograms.of(1));
        final WireResult result = result(settings(WirePeer.TESTPMD, 0, false), List.of(run("penstock", 0, 1.0)), List.of(bad),
                List.of(), List.of());
        assertEquals("frames were altered on the way: altered=3; device=testpmd rate=0; no figure of it counts", result.failure());
    }

    @Test
    void shouldSayWhatTheLimitWasWhenItIsAsFastAsItGoes() {
        final WireRun all = run("penstock", 0, 1.0, 99, 0, 0.5);
        final WireRun sink = run("penstock", 0, 1.0, 80, 11, 0.5);
        final WireRun device = run("penstock", 0, 1.0, 80, 10, 0.5);
        assertEquals("generator", limit(all, all, device));
        assertEquals("sink", limit(sink, sink, device));
        assertEquals("device", limit(all, device, device));
        assertEquals("device", limit(all, sink, device, device, device));
        // Who works on the generator's CPU keeps it from offering more.
        assertEquals("device", limit(run("penstock", 0, 1.0, 100, 0, -1)));
        // None has the majority: that the device's own is higher is possible.
        assertEquals("generator", limit(all, device));
        final WireResult result = result(settings(WirePeer.TESTPMD, 0, false), List.of(device), List.of(all), List.of(), List.of());
        assertEquals("device", parse(result).get("limit"));
        assertEquals("generator", parse(result).get("peer_limit"));
        assertTrue(result.text().contains("offered 5.000; the generator was the limit\n"), result::text);
        assertTrue(result.text().contains("offered 5.000\n"), result::text);
        assertEquals(10.0, number((Map<?, ?>) ((List<?>) parse(result).get("details")).getFirst(), "sink_drops"));
    }

    @Test
    void shouldNameNoLimitWhenARateWasAskedFor() {
        final List<WireRun> runs = List.of(run("penstock", 10_000, 0.01, 100, 0, 0.5));
        final WireResult result = result(settings(WirePeer.NONE, 10_000, false), runs, List.of(), runs, List.of());
        assertFalse(parse(result).containsKey("limit"));
        assertFalse(result.text().contains("limit"), result::text);
    }

    private static String limit(final WireRun... runs) {
        return (String) parse(result(settings(WirePeer.NONE, 0, false), List.of(runs), List.of(), List.of(), List.of())).get("limit");
    }

    private static WireResult result(final WireSettings settings, final List<WireRun> own, final List<WireRun> peer,
            final List<WireRun> ownPaced, final List<WireRun> peerPaced) {
        final int runs = own.size() + (settings.paced() ? 0 : ownPaced.size());
        return new WireResult(settings, TRAFFIC.text(settings.tracking()), TRAFFIC::write, own, peer, ownPaced, peerPaced, List.of("penstock run"),
                peer.isEmpty() ? List.of() : List.of("peer --fast", "rule \"1\""), 180L * runs, 1,
                "0.50", MACHINE);
    }

    private static WireSettings settings(final WirePeer peer, final long rate, final boolean latency) {
        return new WireSettings(peer, 16384, SizeMix.of(60), ArrivalPattern.constant(), null, 0, 2, 1, rate, 1, latency, null,
                WireTracking.NONE);
    }

    private static WireRun run(final String device, final long rate, final double mpps) {
        return run(device, rate, mpps, 80, 0, 0.5);
    }

    /** Of 100 frames so many arrived, and so many were dropped before the sink. */
    private static WireRun run(
            final String device, final long rate, final double mpps, final long received, final long sinkDrops, final double worker) {
        return new WireRun(device, rate, 2, mpps, 5, 100, received, 0, sinkDrops, 0, null, 80, 90, Map.of("no_route", 10L), 0, 7, worker, worker < 0 ? -1 : 0.75, 4, 6,
                Histograms.of(127, 127, 100_000));
    }

    private static Map<?, ?> parse(final WireResult result) {
        return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(result.json());
    }

    private static double number(final Map<?, ?> json, final String name) {
        return ((Number) json.get(name)).doubleValue();
    }

    private static List<Double> numbers(final Map<?, ?> json, final String name) {
        return ((List<?>) json.get(name)).stream().map(value -> ((Number) value).doubleValue()).toList();
    }
}
