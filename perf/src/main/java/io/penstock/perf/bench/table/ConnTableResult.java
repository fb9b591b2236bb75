package io.penstock.perf.bench.table;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.Samples;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Look-ups in one table of connections.
 *
 * @param batchNs    of a look-up in batches, run by run
 * @param trackerNs  the same with the line that TCP's tracker needs after
 * @param singleNs   of a look-up that waits for the one before, run by run
 * @param peer       DPDK's; empty without a peer
 * @param hugePages  whether DPDK's tables lay in huge pages, as this one does where the kernel has them
 * @param tuples     that were looked up in turn, and whose answers were compared with what was put in
 * @param tableBytes of entries and index
 * @param checked    whether every memory access was checked
 * @param alone      whether the JVM's own threads had another CPU to run on
 */
record ConnTableResult(
        ConnTableOptions options, double[] batchNs, double[] trackerNs, double[] singleNs, DpdkHash.Lookups[] peer, boolean hugePages,
        int tuples, long tableBytes, boolean checked, boolean alone, MachineFacts machine) {

    /** What the two have in common, and what not. */
    static final String COMPARED = """
            compared: 393,216 random keys in shuffled order, all there, one thread, without locks; the time of a key includes its hash.
            not the same: theirs compares %d bytes and returns 8 bytes of data, 16 keys at a time, each key in its first bucket; ours compares
            %d bytes and the zone, sees that the connection is in force and its time not over, returns its entry and the direction, 64 at a
            time, and finds it by either of its two tuples: its index has twice as many keys.
            """;
    private static final int TUPLE_BYTES4 = 13;
    private static final int TUPLE_BYTES6 = 37;

    /** One object, one line. */
    String json() {
        final Json json = new Json().object().field("table_connections", options.connections()).name("ipv6").value(options.ipv6())
                .field("tuples", tuples)
                .field("table_bytes", tableBytes)
                .name("checked").value(checked)
                .field("lookup_ns", Samples.of(batchNs).median())
                .field("lookup_tracker_ns", Samples.of(trackerNs).median())
                .field("single_ns", Samples.of(singleNs).median());
        array(json, "lookup_ns_runs", batchNs);
        array(json, "lookup_tracker_ns_runs", trackerNs);
        array(json, "single_ns_runs", singleNs);
        if (options.dpdk()) {
            json.field("peer", "dpdk").field("peer_key_bytes", DpdkHash.keyBytes(options.ipv6()))
                    .field("peer_lookup_ns", median(DpdkHash.Lookups::ns))
                    .field("peer_ticks", median(DpdkHash.Lookups::ticks))
                    .field("peer_hashed_ns", median(DpdkHash.Lookups::hashedNs))
                    .field("peer_hashed_ticks", median(DpdkHash.Lookups::hashedTicks))
                    .name("peer_huge_pages").value(hugePages)
                    .field("ratio", Samples.of(ratios(DpdkHash.Lookups::ns)).median())
                    .field("ratio_hashed", Samples.of(ratios(DpdkHash.Lookups::hashedNs)).median());
            array(json, "peer_lookup_ns_runs", all(DpdkHash.Lookups::ns));
            array(json, "peer_hashed_ns_runs", all(DpdkHash.Lookups::hashedNs));
            array(json, "ratio_runs", ratios(DpdkHash.Lookups::ns));
            array(json, "ratio_hashed_runs", ratios(DpdkHash.Lookups::hashedNs));
        }
        machine.write(json.name("machine"));
        return json.end().toString();
    }

    /** For people. */
    String text() {
        final StringBuilder out = new StringBuilder();
        line(out, "table", "%,d %s connections, %,d MiB; %,d tuples, of either direction, in random order", options.connections(),
                options.ipv6() ? "IPv6" : "IPv4", tableBytes >> 20, tuples);
        ours(out, "penstock", "a look-up in batches of 64", batchNs);
        ours(out, "", "with the line that TCP's tracker needs after", trackerNs);
        ours(out, "", "a look-up that waits for the one before", singleNs);
        if (checked) {
            line(out, "", "every access checked (-Dpenstock.checked=true)");
        }
        if (options.dpdk()) {
            theirs(out, "dpdk", "a look-up in bursts of 16", DpdkHash.Lookups::ns, DpdkHash.Lookups::ticks);
            theirs(out, "", "with the hash reckoned before", DpdkHash.Lookups::hashedNs, DpdkHash.Lookups::hashedTicks);
            line(out, "", "its tables in %s", hugePages ? "huge pages, as ours"
                    : "pages of 4 KiB, ours in huge ones; for huge ones set vm.nr_hugepages aside");
            final Samples ratio = Samples.of(ratios(DpdkHash.Lookups::ns));
            final Samples hashed = Samples.of(ratios(DpdkHash.Lookups::hashedNs));
            line(out, "ratio", "%.2f (its time over ours, in batches), run by run %.2f to %.2f; with its hash reckoned before %.2f", ratio.median(),
                    ratio.least(), ratio.most(), hashed.median());
            compared(options.ipv6()).lines().forEach(said -> line(out, "", "%s", said));
        }
        line(out, "answers", "%,d compared with the entries that were put in, one by one, in batches and in another zone: all right", tuples);
        line(out, "worker", "cpu %d%s", options.cpu(), alone ? "" : " shared with the JVM's own threads");
        line(out, "machine", "%s", machine);
        return out.toString();
    }

    /** {@link #COMPARED} for a family. */
    static String compared(final boolean ipv6) {
        return String.format(Locale.ROOT, COMPARED, DpdkHash.keyBytes(ipv6), ipv6 ? TUPLE_BYTES6 : TUPLE_BYTES4);
    }

    private static void ours(final StringBuilder out, final String name, final String what, final double... runs) {
        final Samples ns = Samples.of(runs);
        line(out, name, "%.2f ns %s; %d runs, %.2f to %.2f", ns.median(), what, runs.length, ns.least(), ns.most());
    }

    private void theirs(
            final StringBuilder out, final String name, final String what, final ToDoubleFunction<DpdkHash.Lookups> nsOf,
            final ToDoubleFunction<DpdkHash.Lookups> ticksOf) {
        final Samples ns = Samples.of(all(nsOf));
        line(out, name, "%.2f ns, %.1f ticks %s; %d runs, %.2f to %.2f", ns.median(), median(ticksOf), what, peer.length, ns.least(), ns.most());
    }

    private double median(final ToDoubleFunction<DpdkHash.Lookups> figure) {
        return Samples.of(all(figure)).median();
    }

    private double[] all(final ToDoubleFunction<DpdkHash.Lookups> figure) {
        return Arrays.stream(peer).mapToDouble(figure).toArray();
    }

    private double[] ratios(final ToDoubleFunction<DpdkHash.Lookups> figure) {
        final double[] ratios = all(figure);
        Arrays.setAll(ratios, run -> ratios[run] / batchNs[run]);
        return ratios;
    }

    private static void array(final Json json, final String name, final double... values) {
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
