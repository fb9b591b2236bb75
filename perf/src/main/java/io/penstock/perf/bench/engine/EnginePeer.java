package io.penstock.perf.bench.engine;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.ChildBench;
import io.penstock.perf.bench.measure.Samples;
import io.penstock.perf.bench.peer.MemoryPeer;
import io.penstock.perf.bench.peer.PeerRun;
import io.penstock.perf.bench.peer.PeerTraffic;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;

/**
 * The engine beside a peer, both from memory, in turns on the same CPU: each run is one of a process of its own, and who goes first changes.
 *
 * <p>Ratios are of the time that each had the CPU, run by run: what other processes took from either is not theirs.
 *
 * <p>Threads: one.
 */
final class EnginePeer {

    /** A peer's code is compiled; its caches and tables warm up in less. */
    private static final double WARM_SECONDS = 1;
    private static final double NS_PER_MEGA = 1e3;

    private final ChildBench engine;
    private final MemoryPeer peer;
    private final boolean tracked;
    private final PrintWriter progress;
    private final String version;
    private final List<Report> own = new ArrayList<>();
    private final List<PeerRun> theirs = new ArrayList<>();

    /**
     * Refuses a machine without the peer.
     *
     * @param arguments those of this process's command line, from {@code bench} on
     * @param tracked   whether connections are the matter
     * @param progress  is told what is under way
     */
    EnginePeer(final List<String> arguments, final MemoryPeer peer, final boolean tracked, final PrintWriter progress) {
        this.engine = new ChildBench(arguments, progress).without("--runs").with("--against", PeerArguments.NOBODY);
        this.peer = peer;
        this.progress = progress;
        this.tracked = tracked;
        this.version = peer.require(tracked);
    }

    /** What the engine forwards unless told otherwise. */
    static PeerTraffic plain(final int flows, final int frameBytes) {
        try (CaptureMemory packets = BuiltIn.packets(flows, frameBytes, false, null)) {
            return PeerTraffic.plain(flows, frameBytes, packets::address);
        }
    }

    /** Measures both, so often. */
    void measure(final PeerTraffic traffic, final int cpu, final double seconds, final int runs) {
        for (int run = 0; run < runs; run++) {
            // A machine that gets slower or faster favours nobody.
            if (run % 2 == 0) {
                measureEngine();
            }
            progress.println("measuring " + peer.name());
            progress.flush();
            theirs.add(peer.run(traffic, cpu, WARM_SECONDS, seconds));
            if (run % 2 != 0) {
                measureEngine();
            }
        }
    }

    private void measureEngine() {
        own.add(Report.parse("the engine", engine.run("the engine", List.of())));
    }

    /** Adds measurements, for tests. */
    void add(final Report engineRun, final PeerRun peerRun) {
        own.add(engineRun);
        theirs.add(peerRun);
    }

    /** The engine's object of the run in the middle, with the rates of all runs, and the peer's beside them. */
    String json() {
        final Map<String, Object> values = new LinkedHashMap<>(own.get(middle()).values());
        put(values, "mpps", "runs", own("mpps"));
        put(values, "mpps_cpu", "mpps_cpu_runs", own("mpps_cpu"));
        values.put("ns_per_packet", NS_PER_MEGA / Samples.of(own("mpps")).median());
        values.put("peer", peer.name());
        values.put("peer_what", peer.what(tracked));
        values.put("peer_version", version);
        put(values, "peer_mpps", "peer_mpps_runs", theirs(PeerRun::mpps));
        put(values, "peer_mpps_cpu", "peer_mpps_cpu_runs", theirs(PeerRun::mppsOfCpu));
        values.put("ratio_of", "mpps_cpu");
        put(values, "ratio", "ratio_runs", ratios());
        put(values, "ratio_wall", "ratio_wall_runs", pairs((engineRun, peerRun) -> engineRun.number("mpps") / peerRun.mpps()));
        values.put("peer_configuration", theirs.getLast().configuration());
        final Json json = new Json();
        write(json, values);
        return json.toString();
    }

    /** For people. */
    String text() {
        final StringBuilder out = new StringBuilder();
        out.append(String.format(Locale.ROOT, "Penstock beside %s (%s): %s.%n", peer.name(), version, peer.what(tracked)));
        out.append(String.format(Locale.ROOT, "%s, %,.0f flows. Millions of packets a second, of the time that each had the CPU, and by the clock;%n"
                + "runs take turns, each in a process of its own on the same CPU.%n%n", own.getFirst().values().get("input"),
                own.getFirst().number("flows")));
        out.append(String.format(Locale.ROOT, "%7s %9s %9s %7s   %14s %9s%n", "run", "Penstock", peer.name(), "ratio", "clock Penstock",
                peer.name()));
        for (int i = 0; i < own.size(); i++) {
            row(out, Integer.toString(i + 1), own.get(i).number("mpps_cpu"), theirs.get(i).mppsOfCpu(), ratios()[i], own.get(i).number("mpps"),
                    theirs.get(i).mpps());
        }
        row(out, "median", median(own("mpps_cpu")), median(theirs(PeerRun::mppsOfCpu)), median(ratios()), median(own("mpps")),
                median(theirs(PeerRun::mpps)));
        final Samples ratio = Samples.of(ratios());
        out.append(String.format(Locale.ROOT, "%nratio %.2f, %.2f to %.2f%n%n%s was configured by:%n", ratio.median(), ratio.least(), ratio.most(),
                peer.name()));
        theirs.getLast().configuration().forEach(line -> out.append("  ").append(line).append('\n'));
        return out.toString();
    }

    private static void row(
            final StringBuilder out, final String name, final double engineMpps, final double peerMpps, final double ratio,
            final double engineClock, final double peerClock) {
        out.append(String.format(Locale.ROOT, "%7s %9.2f %9.2f %7.2f   %14.2f %9.2f%n", name, engineMpps, peerMpps, ratio, engineClock, peerClock));
    }

    private double[] ratios() {
        return pairs((engineRun, peerRun) -> engineRun.number("mpps_cpu") / peerRun.mppsOfCpu());
    }

    private double[] pairs(final ToDoubleBiFunction<Report, PeerRun> figure) {
        final double[] values = new double[own.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = figure.applyAsDouble(own.get(i), theirs.get(i));
        }
        return values;
    }

    private double[] own(final String name) {
        return own.stream().mapToDouble(report -> report.number(name)).toArray();
    }

    private double[] theirs(final ToDoubleFunction<PeerRun> figure) {
        return theirs.stream().mapToDouble(figure).toArray();
    }

    /** The run whose rate is the median, or the one below it. */
    private int middle() {
        final double[] rates = own("mpps_cpu");
        final double wanted = Samples.of(rates).sorted()[(rates.length - 1) / 2];
        int at = 0;
        while (rates[at] != wanted) {
            at++;
        }
        return at;
    }

    private static void put(final Map<String, Object> values, final String name, final String runs, final double... figures) {
        values.put(name, median(figures));
        final List<Double> all = new ArrayList<>();
        for (final double figure : figures) {
            all.add(figure);
        }
        values.put(runs, all);
    }

    private static double median(final double... values) {
        return Samples.of(values).median();
    }

    private static void write(final Json json, final Object value) {
        switch (value) {
            case null -> json.value((String) null);
            case final Map<?, ?> map -> {
                json.object();
                map.forEach((name, each) -> write(json.name(name.toString()), each));
                json.end();
            }
            case final List<?> list -> {
                json.array();
                list.forEach(each -> write(json, each));
                json.end();
            }
            case final Boolean known -> json.value(known);
            case final Integer number -> json.value(number.longValue());
            case final Long number -> json.value(number);
            case final Number number -> json.value(number.doubleValue());
            default -> json.value(value.toString());
        }
    }
}
