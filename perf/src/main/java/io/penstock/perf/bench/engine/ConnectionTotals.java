package io.penstock.perf.bench.engine;

import io.penstock.conntrack.hot.table.TableCounter;
import io.penstock.dataplane.cli.Json;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.perf.bench.measure.Samples;
import java.util.Locale;

/**
 * What became of connections.
 *
 * @param options       what they were to be
 * @param count         how many there are in the end
 * @param expected      how many there should be; -1 where they come and go
 * @param begun         packets that FORWARD's rule for new ones took, since the first one
 * @param due           how many it should have taken
 * @param counters      what the table has counted, by {@link TableCounter}
 * @param bytesEach     of a full table, by what it consists of
 * @param residentBytes what the process grew by while they were established
 * @param establishing  of an empty table: millions of connections a second, run by run
 * @param establishingOfCpu the same of the time that the worker had the CPU
 */
record ConnectionTotals(
        ConnectionOptions options, long count, long expected, long begun, long due, long[] counters, double bytesEach,
        long residentBytes, double[] establishing, double[] establishingOfCpu) {

    /** Adds its fields. */
    void write(final Json json) {
        json.field("connection_mix", options.mix().text()).field("protocol", protocol()).field("rules_between", options.rules())
                .field("connections_begun", begun).field("connections_invalid", counters[TableCounter.INVALID])
                .field("connections_dropped_early", counters[TableCounter.EARLY_DROP])
                .field("bytes_per_connection", bytesEach);
        if (expected > 0) {
            json.field("resident_bytes_per_connection", (double) residentBytes / expected);
        }
        if (establishing.length > 0) {
            json.field("establishing_mcps", Samples.of(establishing).median())
                    .field("establishing_mcps_cpu", Samples.of(establishingOfCpu).median());
            runs(json, "establishing_mcps_runs", establishing);
            runs(json, "establishing_mcps_cpu_runs", establishingOfCpu);
        }
    }

    /** For people. */
    String text() {
        final String memory = String.format(Locale.ROOT, "%.0f bytes each in a full table", bytesEach);
        return options.mix().isAnswered()
                ? String.format(Locale.ROOT, "%,d, %s, %s, both directions; %s, memory grew by %.0f", count, protocol(), options.mix().text(),
                        memory, (double) residentBytes / expected)
                : String.format(Locale.ROOT, "every packet begins one, %s, through %,d rules that take none; %,d in the end; %s", protocol(),
                        options.rules(), count, memory);
    }

    /** For people: how fast they were established. */
    String fillingText() {
        final Samples samples = Samples.of(establishing);
        return String.format(Locale.ROOT, "%.2f million connections a second into an empty table (RFC 9693): median of %d, %.2f to %.2f; "
                + "of the CPU %.2f", samples.median(), establishing.length, samples.least(), samples.most(),
                Samples.of(establishingOfCpu).median());
    }

    private static void runs(final Json json, final String name, final double... values) {
        json.name(name).array();
        for (final double value : values) {
            json.value(value);
        }
        json.end();
    }

    String protocol() {
        return options.protocol() == IpProtocol.TCP ? "tcp" : "udp";
    }

    /** Why the measurement counts for nothing, or null. */
    String failure() {
        if (begun != due) {
            return "not every packet was of the state that it should be, a defect or time-outs that are too short for this machine: "
                    + "begun=" + begun + " due=" + due;
        }
        if (expected >= 0 && count != expected) {
            return "connections have come or gone while they were measured: connections=" + count + " expected=" + expected;
        }
        if (counters[TableCounter.INVALID] != 0 || counters[TableCounter.DROP] != 0 || counters[TableCounter.EARLY_DROP] != 0) {
            return "the table had to refuse something: invalid=" + counters[TableCounter.INVALID] + " drop="
                    + counters[TableCounter.DROP] + " early_drop=" + counters[TableCounter.EARLY_DROP]
                    + "; give it more room with --flows N, or the machine more time";
        }
        return null;
    }
}
