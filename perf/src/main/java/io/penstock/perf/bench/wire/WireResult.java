package io.penstock.perf.bench.wire;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.Samples;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * All runs of {@code bench wire} and what follows from them: medians over the runs, sums over Penstock's.
 *
 * @param settings   what was asked for
 * @param traffic    what was sent, for people
 * @param load       what was sent: writes its fields
 * @param own        Penstock's runs for throughput
 * @param peer       the peer's, one after each of these; empty without a peer
 * @param ownPaced   Penstock's runs with latencies, empty when none were measured
 * @param peerPaced  the peer's
 * @param ownConfiguration what Penstock was configured by, line by line
 * @param peerConfiguration what the peer was
 * @param allocatedBytes on the worker's thread over all of Penstock's runs, or -1 when not known
 * @param collections of Penstock's garbage collector meanwhile, or -1 when not known
 * @param loadAverage of the machine before the first run: what else went on
 * @param machine    where
 */
record WireResult(
        WireSettings settings, String traffic, Consumer<Json> load, List<WireRun> own, List<WireRun> peer, List<WireRun> ownPaced, List<WireRun> peerPaced,
        List<String> ownConfiguration, List<String> peerConfiguration, long allocatedBytes, long collections, String loadAverage, MachineFacts machine) {

    private static final double NS_PER_MICRO_PACKET = 1e3;
    private static final String MPPS = "mpps";

    /** One object, one line. */
    String json() {
        final Json json = new Json().object();
        final double mpps = median(own, WireRun::mpps);
        json.field(MPPS, mpps).field("ns_per_packet", NS_PER_MICRO_PACKET / mpps)
                .field("packets", sum(own, WireRun::packets))
                .field("seconds", own.stream().mapToDouble(WireRun::seconds).sum())
                .field("forwarded", sum(own, WireRun::forwarded))
                .name("dropped").object();
        dropped().forEach(json::field);
        json.end().field("unaccounted", own.getLast().unaccounted());
        if (allocatedBytes >= 0) {
            json.field("allocated_bytes_per_packet", bytesPerPacket()).field("gc_count", collections);
        }
        json.field("connections", own.getLast().connections())
                .field("worker_cpu", median(own, WireRun::workerCpu));
        load.accept(json);
        json.field("altered", sum(own, WireRun::altered))
                .field("rate_pps", settings.ratePps())
                .field("connection_mix", settings.tracking().text())
                .field("offered_mpps", median(own, WireRun::offeredMpps))
                .field("peer", settings.peer().text());
        kernelShare(json, "worker_kernel_share", own);
        kernelShare(json, "peer_worker_kernel_share", peer);
        if (!peer.isEmpty() && peer.stream().allMatch(WireRun::hasWorker)) {
            json.field("peer_worker_cpu", median(peer, WireRun::workerCpu));
        }
        if (!peer.isEmpty()) {
            json.field("peer_connection_mix", settings.peerTracking().text());
            json.field("peer_mpps", median(peer, WireRun::mpps)).field("ratio", Samples.of(ratios()).median());
        }
        limit(json, "limit", own);
        limit(json, "peer_limit", peer);
        latency(json, "latency_us", ownPaced);
        latency(json, "peer_latency_us", peerPaced);
        array(json, "runs", values(own, WireRun::mpps));
        if (!peer.isEmpty()) {
            array(json, "peer_mpps_runs", values(peer, WireRun::mpps));
            array(json, "ratio_runs", ratios());
        }
        json.name("configuration").array();
        ownConfiguration.forEach(json::value);
        json.end().name("peer_configuration").array();
        peerConfiguration.forEach(json::value);
        json.end().name("details").array();
        all().forEach(run -> run.write(json));
        json.end().field("load_average", loadAverage);
        machine.write(json.name("machine"));
        return json.end().toString();
    }

    /** For people. */
    String text() {
        final StringBuilder out = new StringBuilder();
        final Samples samples = Samples.of(values(own, WireRun::mpps));
        line(out, "traffic", "%s%s", traffic, settings.paced() ? String.format(Locale.ROOT, ", %,d a second%s", settings.ratePps(),
                settings.replayFactor() != 0 ? " as recorded" : settings.pattern().isConstant() ? "" : ", " + settings.pattern())
                : ", as many as possible");
        line(out, "penstock", "%.3f Mpps at the sink%s; %d runs, %.3f to %.3f; offered %.3f%s",
                samples.median(), settings.paced() ? "" : String.format(
                        Locale.ROOT, ", %.0f ns a packet", NS_PER_MICRO_PACKET / samples.median()),
                own.size(), samples.least(), samples.most(), median(own, WireRun::offeredMpps), limitWords(own));
        if (!peer.isEmpty()) {
            final Samples other = Samples.of(values(peer, WireRun::mpps));
            line(out, peer.getFirst().device(), "%.3f Mpps at the sink%s; %d runs, %.3f to %.3f; offered %.3f%s",
                    other.median(), settings.peerTracking() == settings.tracking() ? "" : ", plain forwarding",
                    peer.size(), other.least(), other.most(), median(peer, WireRun::offeredMpps), limitWords(peer));
            final Samples ratio = Samples.of(ratios());
            line(out, "ratio", "%.3f, run by run %.3f to %.3f", ratio.median(), ratio.least(), ratio.most());
        }
        line(out, "counted", "taken %,d, forwarded %,d, at the sink %,d, %,d of them out of order, %,d altered, dropped %s, unaccounted %d",
                sum(own, WireRun::packets), sum(own, WireRun::forwarded), sum(own, WireRun::received), sum(own, WireRun::late),
                sum(own, WireRun::altered),
                dropped().isEmpty() ? "none" : dropped().toString(), own.getLast().unaccounted());
        if (allocatedBytes >= 0) {
            line(out, "allocated", "%.4f bytes a packet, %d collections", bytesPerPacket(), collections);
        }
        tails(out, ownPaced);
        tails(out, peerPaced);
        line(out, "worker", "on its CPU %.1f %% of the time%s%s, %d involuntary context switches, %d ticks (10 ms) stolen",
                100 * median(own, WireRun::workerCpu), kernelWords(own, ", %2$.0f %% of it in the kernel"), kernelWords(peer, " (%1$s: %2$.0f %%)"),
                sum(own, WireRun::involuntarySwitches), sum(own, WireRun::stealTicks));
        line(out, "machine", "%s; load average before the runs %s", machine, loadAverage);
        return out.toString();
    }

    /** Why it counts for nothing, or null. */
    String failure() {
        final long unaccounted = Stream.concat(own.stream(), ownPaced.stream()).mapToLong(WireRun::unaccounted).max().orElse(0);
        if (unaccounted != 0) {
            return "the data plane lost track of packets, a defect: unaccounted=" + unaccounted;
        }
        for (final WireRun run : all().toList()) {
            if (run.mismatch() != null) {
                return run.mismatch() + "; device=" + run.device() + " rate=" + run.ratePps() + "; no figure of it counts";
            }
        }
        final String untracked = untracked(own, settings.tracking());
        return untracked != null ? untracked : untracked(peer, settings.peerTracking());
    }

    private String untracked(final List<WireRun> runs, final WireTracking tracking) {
        return runs.stream().filter(run -> tracking != WireTracking.NONE && run.connections() >= 0 && run.connections() != settings.flows()).findFirst()
                .map(run -> "not every flow has its connection: device=" + run.device() + " connections=" + run.connections() + " flows="
                        + settings.flows()).orElse(null);
    }

    /** Of devices that are no part of the kernel. */
    private static void kernelShare(final Json json, final String name, final List<WireRun> runs) {
        if (!runs.isEmpty() && runs.stream().allMatch(run -> run.kernelShare() >= 0)) {
            json.field(name, median(runs, WireRun::kernelShare));
        }
    }

    private static String kernelWords(final List<WireRun> runs, final String format) {
        return runs.isEmpty() || runs.stream().anyMatch(run -> run.kernelShare() < 0) ? ""
                : String.format(Locale.ROOT, format, runs.getFirst().device(), 100 * median(runs, WireRun::kernelShare));
    }

    /** At a rate that was asked for nothing else is the limit. */
    private void limit(final Json json, final String name, final List<WireRun> runs) {
        if (!settings.paced() && !runs.isEmpty()) {
            json.field(name, WireLimit.of(runs).toString());
        }
    }

    private String limitWords(final List<WireRun> runs) {
        return settings.paced() ? "" : WireLimit.of(runs).words();
    }

    private static void tails(final StringBuilder out, final List<WireRun> runs) {
        if (runs.isEmpty()) {
            return;
        }
        line(out, "latency", "%s at %,d packets a second: p50 %.1f p99 %.1f p99.9 %.1f p99.99 %.1f max %.1f us; lost %d of %,d",
                runs.getFirst().device(), runs.getFirst().ratePps(),
                median(runs, r -> WireRun.us(r.latency().p50())), median(runs, r -> WireRun.us(r.latency().p99())),
                median(runs, r -> WireRun.us(r.latency().p999())), median(runs, r -> WireRun.us(r.latency().p9999())),
                max(runs), sum(runs, WireRun::lost), sum(runs, WireRun::sent));
        line(out, "", "meanwhile %d involuntary context switches of its worker, %d ticks (10 ms) stolen",
                sum(runs, WireRun::involuntarySwitches), sum(runs, WireRun::stealTicks));
    }

    private static void latency(final Json json, final String name, final List<WireRun> runs) {
        if (runs.isEmpty()) {
            return;
        }
        json.name(name).object()
                .field("p50", median(runs, r -> WireRun.us(r.latency().p50())))
                .field("p99", median(runs, r -> WireRun.us(r.latency().p99())))
                .field("p99_9", median(runs, r -> WireRun.us(r.latency().p999())))
                .field("p99_99", median(runs, r -> WireRun.us(r.latency().p9999())))
                .field("max", max(runs))
                .field("count", runs.stream().mapToLong(r -> r.latency().count()).sum())
                .field("lost", sum(runs, WireRun::lost))
                .field("rate_pps", runs.getFirst().ratePps())
                .field("involuntary_context_switches", sum(runs, WireRun::involuntarySwitches))
                .field("steal_ticks", sum(runs, WireRun::stealTicks))
                .end();
    }

    private Map<String, Long> dropped() {
        final Map<String, Long> dropped = new LinkedHashMap<>();
        own.forEach(run -> run.dropped().forEach((reason, count) -> dropped.merge(reason, count, Long::sum)));
        return dropped;
    }

    private double bytesPerPacket() {
        final long packets = Stream.concat(own.stream(), distinctPaced()).mapToLong(WireRun::packets).sum();
        return (double) allocatedBytes / packets;
    }

    private Stream<WireRun> all() {
        final List<WireRun> all = new ArrayList<>();
        for (int i = 0; i < own.size(); i++) {
            all.add(own.get(i));
            if (!peer.isEmpty()) {
                all.add(peer.get(i));
            }
        }
        return Stream.concat(all.stream(),
                settings.paced() ? Stream.empty() : Stream.concat(ownPaced.stream(), peerPaced.stream()));
    }

    /** At a given rate the runs for throughput are those with latencies. */
    private Stream<WireRun> distinctPaced() {
        return settings.paced() ? Stream.empty() : ownPaced.stream();
    }

    private double[] ratios() {
        final double[] ratios = new double[peer.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = own.get(i).mpps() / peer.get(i).mpps();
        }
        return ratios;
    }

    private static double max(final List<WireRun> runs) {
        return runs.stream().mapToDouble(r -> WireRun.us(r.latency().max())).max().orElse(0);
    }

    private static double[] values(final List<WireRun> runs, final ToDoubleFunction<WireRun> value) {
        return runs.stream().mapToDouble(value).toArray();
    }

    private static double median(final List<WireRun> runs, final ToDoubleFunction<WireRun> value) {
        return Samples.of(values(runs, value)).median();
    }

    private static long sum(final List<WireRun> runs, final ToLongFunction<WireRun> value) {
        return runs.stream().mapToLong(value).sum();
    }

    private static void array(final Json json, final String name, final double[] values) {
        json.name(name).array();
        for (final double value : values) {
            json.value(value);
        }
        json.end();
    }

    private static void line(final StringBuilder out, final String name, final String format, final Object... values) {
        out.append(String.format(Locale.ROOT, "%-12s", name)).append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
