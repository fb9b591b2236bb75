package io.penstock.perf.bench.procedure;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.Samples;
import io.penstock.perf.bench.procedure.Rfc2544Settings.Test;
import io.penstock.perf.bench.wire.WirePeer;
import io.penstock.perf.bench.wire.WireTracking;
import io.penstock.perf.wire.LatencyHistogram;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * The results of {@code bench rfc2544}, by size.
 *
 * @param settings  what was asked for
 * @param own       Penstock's
 * @param peer      the peer's; empty without one
 * @param generator the generator's ceilings, paced
 * @param sink      the sink's, behind it
 * @param peerConfiguration what the peer was configured by, line by line
 * @param machine   where
 */
record Rfc2544Result(
        Rfc2544Settings settings, List<SizeResult> own, List<SizeResult> peer, List<CeilingRow> generator, List<CeilingRow> sink,
        List<String> peerConfiguration, MachineFacts machine) {

    private static final double PPS_PER_MPPS = 1e6;
    private static final double PERCENT = 100;
    private static final String PENSTOCK = "penstock";

    /** Whether all sizes that were asked for are here: else it was interrupted. */
    boolean isWhole() {
        return own.size() == settings.sizes().size();
    }

    /** One object, one line. */
    String json() {
        final Json json = new Json().object().field("procedure", "rfc2544").name("traffic").object()
                .field("flows", settings.flows()).field("pattern", "constant").field("connections", settings.tracking().text())
                .field("seconds", settings.seconds()).field("resolution_percent", settings.resolution() * PERCENT)
                .field("loss_ppm", settings.lossPpm()).field("runs", settings.runs())
                .field("warm_up_seconds", settings.warmUpSeconds()).end();
        if (!isWhole()) {
            json.name("interrupted").value(true);
        }
        tests(json, "", own);
        json.field("peer", settings.peer().text()).field("peer_connections", peerTracking().text());
        json.name("peer_configuration").array();
        peerConfiguration.forEach(json::value);
        json.end();
        if (settings.peer() != WirePeer.NONE) {
            tests(json, "peer_", peer);
            if (settings.tests().contains(Test.THROUGHPUT)) {
                ratios(json);
            }
        }
        array(json, "generator_mpps", generator, CeilingRow::write);
        array(json, "sink_mpps", sink, CeilingRow::write);
        machine.write(json.name("machine"));
        return json.end().toString();
    }

    private void tests(final Json json, final String prefix, final List<SizeResult> results) {
        if (settings.tests().contains(Test.THROUGHPUT)) {
            array(json, prefix + "throughput", results, SizeResult::writeThroughput);
        }
        if (settings.tests().contains(Test.LATENCY)) {
            array(json, prefix + "latency", results, SizeResult::writeLatencies);
        }
        if (settings.tests().contains(Test.LOSS)) {
            array(json, prefix + "frame_loss", results, SizeResult::writeLosses);
        }
        if (settings.tests().contains(Test.BACK_TO_BACK)) {
            array(json, prefix + "back_to_back", results, SizeResult::writeBursts);
        }
    }

    private WireTracking peerTracking() {
        return settings.peer().tracking(settings.tracking());
    }

    private void ratios(final Json json) {
        json.name("throughput_ratio").array();
        for (int i = 0; i < own.size(); i++) {
            if (peer.get(i).pps() > 0) {
                json.object();
                Sizes.write(json, own.get(i).size());
                json.field("ratio", ratio(i).median()).name("ratio_runs").array();
                for (int run = 0; run < own.get(i).throughputs().size(); run++) {
                    if (peer.get(i).throughputs().get(run) > 0) {
                        json.value(own.get(i).throughputs().get(run) / peer.get(i).throughputs().get(run));
                    }
                }
                json.end().end();
            }
        }
        json.end();
    }

    /** Of the searches for one size, each with the peer's of the same number, which found a rate. */
    private Samples ratio(final int size) {
        final List<Double> mine = own.get(size).throughputs();
        final List<Double> theirs = peer.get(size).throughputs();
        final double[] ratios = new double[mine.size()];
        int count = 0;
        for (int run = 0; run < ratios.length; run++) {
            if (theirs.get(run) > 0) {
                ratios[count++] = mine.get(run) / theirs.get(run);
            }
        }
        return Samples.of(Arrays.copyOf(ratios, count));
    }

    private static <T> void array(final Json json, final String name, final List<T> rows, final BiConsumer<T, Json> writer) {
        json.name(name).array();
        rows.forEach(row -> writer.accept(row, json));
        json.end();
    }

    /** For people. */
    String text() {
        final StringBuilder out = new StringBuilder(isWhole() ? "" : format("interrupted: %d of %d sizes%n", own.size(), settings.sizes().size()));
        out.append(format("RFC 2544, section 26: %,d UDP flows over IPv4 at equal gaps%s; sizes with the "
                + "check sequence; trials of %s s (the RFC: 60 s), %s frames of a million may be lost%n", settings.flows(),
                settings.tracking() == WireTracking.NONE ? "" : ", in one direction, " + settings.tracking().text()
                        + (peerTracking() == settings.tracking() ? "" : " (" + settings.peer().text() + ": plain forwarding)"),
                settings.seconds(), plain(settings.lossPpm())));
        if (settings.tests().contains(Test.THROUGHPUT)) {
            out.append(format("%n26.1 Throughput, Mpps: median, least and most of %d searches, to %s %%%n", settings.runs(),
                    plain(settings.resolution() * PERCENT))).append(throughput());
        }
        if (settings.tests().contains(Test.LATENCY)) {
            out.append(format("%n26.2 Latency one way, us, from when frames were due, at parts of each device's own throughput%n"))
                    .append(latency());
        }
        if (settings.tests().contains(Test.LOSS)) {
            out.append(format("%n26.3 Frame loss rate, from the highest rate that the generator offers%n")).append(loss());
        }
        if (settings.tests().contains(Test.BACK_TO_BACK)) {
            out.append(format("%n26.4 Back-to-back frames: the longest burst without loss, frames; median, least and most of %d "
                    + "searches%n", settings.runs())).append(bursts());
        }
        return out.append(format("%n%s", notes())).append("machine: ").append(machine).append('\n').toString();
    }

    private String throughput() {
        final TextTable table = new TextTable(
                "size", "device", "Mpps", "least", "most", "Mb/s on the line", "limit", "ratio", "generator", "sink");
        for (int i = 0; i < own.size(); i++) {
            final String generates = mpps(generator.get(i).mpps() * PPS_PER_MPPS);
            final String counts = mpps(sink.get(i).mpps() * PPS_PER_MPPS);
            throughput(table, PENSTOCK, own.get(i),
                    peer.isEmpty() || peer.get(i).pps() == 0 ? "-" : format("%.3f", ratio(i).median()), generates, counts);
            if (!peer.isEmpty()) {
                throughput(table, settings.peer().text(), peer.get(i), "-", generates, counts);
            }
        }
        return table.toString();
    }

    private static void throughput(final TextTable table, final String device, final SizeResult result, final String ratio,
            final String generates, final String counts) {
        final Samples samples = result.samples();
        table.row(result.size(), device, mpps(samples.median()), mpps(samples.least()), mpps(samples.most()),
                format("%.1f", result.lineMbps()), result.limit().toString(), ratio, generates, counts);
    }

    private String latency() {
        final TextTable table = new TextTable(
                "size", "device", "of it", "Mpps", "p50", "p99", "p99.9", "p99.99", "p99.999", "max", "lost", "switches", "stolen");
        forEach((device, result) -> {
            for (final SizeResult.Latency row : result.latencies()) {
                final LatencyHistogram latency = row.trial().latency();
                table.row(result.size(), device, format("%.0f %%", PERCENT * row.share()), mpps(row.trial().askedPps()),
                        us(latency.p50()), us(latency.p99()), us(latency.p999()), us(latency.p9999()),
                        us(SizeResult.highest(latency)), us(latency.max()), Long.toString(row.trial().lost()),
                        Long.toString(row.trial().switches() + row.trial().generatorSwitches()),
                        Long.toString(row.trial().stealTicks()));
            }
        });
        return table.toString();
    }

    private String loss() {
        final TextTable table = new TextTable("size", "device", "of the rate", "offered Mpps", "loss %", "by the sink's ring %");
        forEach((device, result) -> {
            for (final LossSteps.Step step : result.losses()) {
                table.row(result.size(), device, format("%.0f %%", PERCENT * step.share()), mpps(step.trial().offeredPps()),
                        format("%.4f", PERCENT * step.loss()),
                        format("%.4f", PERCENT * step.trial().sinkDrops() / step.trial().sent()));
            }
        });
        return table.toString();
    }

    private String bursts() {
        final TextTable table = new TextTable("size", "device", "frames", "least", "most", "");
        forEach((device, result) -> {
            final Samples samples = Samples.of(result.bursts().stream().mapToDouble(Long::doubleValue).toArray());
            table.row(result.size(), device, Long.toString(result.burst()), format("%.0f", samples.least()),
                    format("%.0f", samples.most()), result.burstsReachedMost() ? "or more: a whole trial" : "");
        });
        return table.toString();
    }

    /** What has to be known to believe the tables. */
    private String notes() {
        final StringBuilder out = new StringBuilder();
        forEachDevice((device, results) -> {
            final List<SizeResult.Count> counts = results.stream().flatMap(r -> Stream.of(r.throughputTrials(), r.burstTrials())).toList();
            out.append(format("%s: %d trials; in %d of them frames were lost, or the generator was slow, while the machine took a worker or the "
                    + "generator off its CPU: %d were repeated (each at most %d times, all at most %d and one in %d trials), what was not "
                    + "counts as it is; %,d frames out of order%n", device,
                    counts.stream().mapToInt(SizeResult.Count::trials).sum(), counts.stream().mapToInt(SizeResult.Count::spoilt).sum(),
                    counts.stream().mapToInt(SizeResult.Count::repeated).sum(), Trials.REPEATS, Trials.FREE_REPEATS, Trials.TRIALS_A_REPEAT,
                    results.stream().mapToLong(SizeResult::late).sum()));
        });
        out.append(format("limit: device, it lost frames or, as the kernel on the generator's CPU, left no time to offer more; "
                + "generator, it could offer no more, so the device may be faster; sink, its ring was full%n"));
        out.append(format("generator and sink: their ceilings in Mpps, with nothing between them%n"));
        return out.toString();
    }

    private void forEach(final BiConsumer<String, SizeResult> action) {
        for (int i = 0; i < own.size(); i++) {
            action.accept(PENSTOCK, own.get(i));
            if (!peer.isEmpty()) {
                action.accept(settings.peer().text(), peer.get(i));
            }
        }
    }

    private void forEachDevice(final BiConsumer<String, List<SizeResult>> action) {
        action.accept(PENSTOCK, own);
        if (!peer.isEmpty()) {
            action.accept(settings.peer().text(), peer);
        }
    }

    private static String mpps(final double pps) {
        return format("%.4f", pps / PPS_PER_MPPS);
    }

    private static String us(final long ns) {
        return format("%.1f", SizeResult.us(ns));
    }

    private static String plain(final double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private static String format(final String format, final Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
