package io.penstock.perf.bench.table;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.Samples;
import java.util.Arrays;
import java.util.Locale;

/**
 * Look-ups in one table.
 *
 * @param batchNs   of a look-up in batches, run by run
 * @param singleNs  of a look-up that waits for the one before, run by run
 * @param scalar    DPDK's without vector instructions; empty without a peer
 * @param vector    DPDK's with them; empty without a peer
 * @param hugePages whether DPDK's table lay in huge pages, as this one does where the kernel has them
 * @param compared  answers that were compared with those of a plain longest-prefix match
 * @param checked   whether every memory access was checked
 * @param alone     whether the JVM's own threads had another CPU to run on
 */
record FibResult(
        FibOptions options, double[] batchNs, double[] singleNs, DpdkFib.Lookup[] scalar, DpdkFib.Lookup[] vector,
        boolean hugePages, int compared, boolean checked, boolean alone, MachineFacts machine) {

    /** One object, one line. */
    String json() {
        final Json json = new Json().object().field("routes", options.routes()).name("ipv6").value(options.ipv6())
                .field("addresses", options.addresses())
                .name("checked").value(checked)
                .field("lookup_ns", Samples.of(batchNs).median())
                .field("single_ns", Samples.of(singleNs).median());
        array(json, "lookup_ns_runs", batchNs);
        array(json, "single_ns_runs", singleNs);
        if (options.dpdk()) {
            final DpdkFib.Lookup[] best = best();
            json.field("peer", "dpdk").field("peer_lookup_ns", Samples.of(ns(best)).median())
                    .field("peer_ticks", Samples.of(ticks(best)).median())
                    .field("peer_scalar_ns", Samples.of(ns(scalar)).median())
                    .field("peer_vector_ns", Samples.of(ns(vector)).median())
                    .name("peer_huge_pages").value(hugePages)
                    .field("ratio", Samples.of(ratios()).median());
            array(json, "peer_lookup_ns_runs", ns(best));
            array(json, "ratio_runs", ratios());
        }
        machine.write(json.name("machine"));
        return json.end().toString();
    }

    /** For people. */
    String text() {
        final Samples batch = Samples.of(batchNs);
        final Samples single = Samples.of(singleNs);
        final StringBuilder out = new StringBuilder();
        line(out, "table", "%,d %s routes; %,d addresses, uniform over them", options.routes(),
                options.ipv6() ? "IPv6" : "IPv4", options.addresses());
        line(out, "penstock", "%.2f ns a look-up in batches of 64; %d runs, %.2f to %.2f%s", batch.median(), batchNs.length,
                batch.least(), batch.most(), checked ? "; every access checked (-Dpenstock.checked=true)" : "");
        line(out, "", "%.2f ns a look-up that waits for the one before; %.2f to %.2f", single.median(), single.least(),
                single.most());
        if (options.dpdk()) {
            peer(out, "dpdk", "with AVX-512", vector);
            peer(out, "", "without", scalar);
            line(out, "", "its table in %s", hugePages ? "huge pages, as ours"
                    : "pages of 4 KiB, ours in huge ones; for huge ones set vm.nr_hugepages aside");
            final Samples ratio = Samples.of(ratios());
            line(out, "ratio", "%.2f (the time of its faster way over ours, in batches), run by run %.2f to %.2f", ratio.median(),
                    ratio.least(), ratio.most());
        }
        line(out, "answers", "%,d compared with those of a plain longest-prefix match: all the same",
                Math.min(compared, options.addresses()));
        line(out, "worker", "cpu %d%s", options.cpu(), alone ? "" : " shared with the JVM's own threads");
        line(out, "machine", "%s", machine);
        return out.toString();
    }

    private static void peer(final StringBuilder out, final String name, final String how, final DpdkFib.Lookup... runs) {
        final Samples ns = Samples.of(ns(runs));
        line(out, name, "%.2f ns, %.1f ticks a look-up in bursts of 64 %s; %d runs, %.2f to %.2f", ns.median(),
                Samples.of(ticks(runs)).median(), how, runs.length, ns.least(), ns.most());
    }

    private DpdkFib.Lookup[] best() {
        return Samples.of(ns(vector)).median() < Samples.of(ns(scalar)).median() ? vector : scalar;
    }

    private double[] ratios() {
        final double[] peer = ns(best());
        final double[] ratios = new double[peer.length];
        Arrays.setAll(ratios, i -> peer[i] / batchNs[i]);
        return ratios;
    }

    private static double[] ns(final DpdkFib.Lookup... runs) {
        return Arrays.stream(runs).mapToDouble(DpdkFib.Lookup::ns).toArray();
    }

    private static double[] ticks(final DpdkFib.Lookup... runs) {
        return Arrays.stream(runs).mapToDouble(DpdkFib.Lookup::ticks).toArray();
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
