package io.penstock.perf.bench.latency;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.measure.MachineFacts;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * How long packets took.
 *
 * @param mode        {@code engine} or {@code wire}
 * @param input       what was sent, for people
 * @param ratePps     that packets were due at
 * @param maximumPps  that could be done, or 0 where that was not asked
 * @param arrivals    when they were due
 * @param offered     that were due
 * @param received    of them
 * @param lost        of them
 * @param startNs     when the measurement began
 * @param latencies   from when they were due
 * @param uncorrected from when they were taken; null where nobody knows when
 * @param connections tracked at the end, or -1 where that is not the matter
 * @param faults      that were injected, for people
 * @param failure     why it counts for nothing, or null
 */
record LatencyResult(
        String mode, String input, long ratePps, double maximumPps, String arrivals, double seconds, long offered, long received, long lost,
        long startNs, Histogram latencies, Histogram uncorrected, Slowness slowness, long connections, List<String> faults, int cpu, boolean alone,
        boolean seesSwitches, double allocatedPerPacket, Map<String, Long> dropped, String failure, MachineFacts machine) {

    /** One object, one line. */
    String json() {
        final Json json = new Json().object().field("mode", mode).field("rate_pps", ratePps);
        if (maximumPps != 0) {
            json.field("maximum_pps", maximumPps).field("load_percent", 100 * ratePps / maximumPps);
        }
        json.field("arrivals", arrivals).field("seconds", seconds).field("offered", offered).field("received", received).field("lost", lost);
        Percentiles.write(json.name("latency_us"), latencies);
        if (uncorrected != null) {
            Percentiles.write(json.name("uncorrected_us"), uncorrected);
        }
        Percentiles.writeDistribution(json.name("percentiles"), latencies);
        slowness.write(json, startNs);
        if (connections >= 0) {
            json.field("connections", connections);
        }
        json.name("injected").array();
        faults.forEach(json::value);
        json.end().name("dropped").object();
        dropped.forEach(json::field);
        json.end().field("input", input).field("cpu", cpu).field("alone", alone).field("sees_context_switches", seesSwitches);
        if (allocatedPerPacket >= 0) {
            json.field("allocated_bytes_per_packet", allocatedPerPacket);
        }
        machine.write(json.name("machine"));
        return json.end().toString();
    }

    /** For people. */
    String text() {
        final StringBuilder out = new StringBuilder();
        line(out, "input", "%s, %s arrivals", input, arrivals);
        line(out, "load", "%,d packets a second%s", ratePps, maximumPps == 0 ? ""
                : String.format(Locale.ROOT, ", %.0f %% of the %,.0f that can be done", 100 * ratePps / maximumPps, maximumPps));
        line(out, "packets", "%,d due in %.1f s, %,d received, %,d lost%s", offered, seconds, received, lost,
                lost == 0 ? "" : ": theirs is no latency, and they are not in the table");
        if (connections >= 0) {
            line(out, "connections", "%,d at the end", connections);
        }
        if (!dropped.isEmpty()) {
            line(out, "dropped", "%s", dropped);
        }
        if (!faults.isEmpty()) {
            line(out, "injected", "%s, once a second", String.join(", ", faults));
        }
        out.append(uncorrected == null ? Percentiles.table(new String[] {"since due"}, latencies)
                : Percentiles.table(new String[] {"since due", "since taken (*)"}, latencies, uncorrected));
        if (uncorrected != null) {
            line(out, "", "(*) what is told where a generator waits for the engine: coordinated omission hides the difference");
        }
        out.append(Percentiles.bars(latencies)).append(slowness.text(startNs));
        line(out, "worker", "cpu %d%s%s%s", cpu, alone ? "" : " shared with the JVM's own threads", seesSwitches ? ""
                : "; the kernel lets nobody see its switches (run as root): from counters, by the millisecond", allocatedPerPacket < 0 ? ""
                : String.format(Locale.ROOT, "; allocated %.4f bytes a packet", allocatedPerPacket));
        line(out, "machine", "%s", machine);
        return out.toString();
    }

    private static void line(final StringBuilder out, final String name, final String format, final Object... values) {
        out.append(String.format(Locale.ROOT, "%-12s", name)).append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
