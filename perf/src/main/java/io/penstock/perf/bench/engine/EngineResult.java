package io.penstock.perf.bench.engine;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.Samples;
import io.penstock.perf.bench.measure.WorkerGauge;
import java.util.Locale;

/**
 * One measurement of the engine.
 *
 * @param source      what was fed, for people
 * @param whole       whether each packet is to be forwarded: of those that are made here, through nothing of the user's that may keep them
 * @param burst       packets taken from a port in one go
 * @param checked     whether every memory access was checked
 * @param hooks       functions at FORWARD that accept everything
 * @param cpu         where the worker ran
 * @param alone       whether the JVM's own threads had another CPU to run on
 * @param warmSeconds how long it ran before the measurement
 * @param steady      whether it had become steady by then
 * @param mpps        millions of packets a second, by slice of the measured time
 * @param mppsOfCpu   the same of the time that the worker had the CPU
 * @param routes      the made-up routes that the packets went by
 * @param updates     what changed them meanwhile, or null
 * @param ruleOptions the rules that they were to go through
 * @param rules       what those have done, warm-up included; null without rules in force
 * @param connections what became of connections; null where they are not the matter
 * @param services    what became of virtual services; null where they are not the matter
 */
record EngineResult(
        String source, boolean whole, int flows, int burst, boolean checked, int hooks, int cpu, boolean alone, double warmSeconds,
        boolean steady, double[] mpps, double[] mppsOfCpu, LaneTotals totals, WorkerGauge gauge, RouteOptions routes,
        RouteUpdates.Totals updates, RuleOptions ruleOptions, RuleTotals rules, ConnectionTotals connections,
        ServiceTotals services, MachineFacts machine) {

    private static final double NS_PER_SECOND = 1e9;

    private double rate() {
        return totals.packets() / gauge.seconds() / 1e6;
    }

    private double nsPerPacket() {
        return totals.packets() == 0 ? 0 : gauge.seconds() * NS_PER_SECOND / totals.packets();
    }

    private double bytesPerPacket() {
        return totals.packets() == 0 ? 0 : (double) gauge.allocatedBytes() / totals.packets();
    }

    /** One object, one line. */
    String json() {
        final Json json = new Json().object()
                .field("mpps", rate())
                .field("ns_per_packet", nsPerPacket())
                .field("packets", totals.packets())
                .field("seconds", gauge.seconds())
                .field("forwarded", totals.forwarded())
                .name("dropped").object();
        totals.droppedByReason().forEach(json::field);
        json.end()
                .field("unaccounted", totals.unaccounted())
                .field("allocated_bytes_per_packet", bytesPerPacket())
                .field("gc_count", gauge.collections())
                .field("connections", connections != null ? connections.count() : services != null ? services.count() : 0)
                .field("flows", flows)
                .field("input", source)
                .field("worker_cpu", gauge.busy())
                .field("batch", burst)
                .name("checked").value(checked)
                .field("hooks", hooks)
                .field("involuntary_context_switches", gauge.involuntarySwitches())
                .field("steal_ticks", gauge.stealTicks());
        gauge.jit().write(json);
        json
                .name("steady").value(steady)
                .field("mpps_cpu", Samples.of(mppsOfCpu).median());
        runs(json, "runs", mpps);
        runs(json, "mpps_cpu_runs", mppsOfCpu);
        if (routes.any()) {
            json.field("routes", routes.routes4()).field("routes6", routes.routes6()).name("routes_in_table")
                    .value(routes.inTable());
        }
        if (updates != null) {
            json.field("updates", updates.count()).field("updates_per_second", updates.count() / updates.seconds())
                    .field("update_ns", updates.meanNs()).field("update_slowest_ns", updates.slowestNs())
                    .field("updates_refused", updates.refused());
        }
        if (rules != null) {
            rules.write(json);
        }
        if (connections != null) {
            connections.write(json);
        }
        if (services != null) {
            services.write(json, rate() * 1e6);
        }
        machine.write(json.name("machine"));
        return json.end().toString();
    }

    private static void runs(final Json json, final String name, final double... values) {
        json.name(name).array();
        for (final double value : values) {
            json.value(value);
        }
        json.end();
    }

    /** For people. */
    String text() {
        final Samples samples = Samples.of(mpps);
        final StringBuilder out = new StringBuilder();
        line(out, "input", "%s, %,d flows, bursts of %d%s", source, flows, burst,
                hooks == 0 ? "" : ", " + hooks + " functions at FORWARD");
        if (routes.any()) {
            line(out, "routes", "%,d IPv4, %,d IPv6, %s", routes.routes4(), routes.routes6(), routes.inTable()
                    ? "and the default route; destinations uniform over them"
                    : "not in the table, which has the default route alone; destinations uniform over them");
        }
        if (rules != null) {
            line(out, "rules", "%,d, %s, %s%s; in force after %,.0f ms; left out %,d that cannot run; %,d took packets, the last "
                    + "%.2f %% of them", rules.rules(), rules.source(), rules.tier(), rules.specialized() ? ", a class of their own" : "",
                    rules.loadMs(), rules.leftOut(), rules.taking(), 100 * rules.lastShare());
        }
        if (connections != null) {
            line(out, "connections", "%s", connections.text());
            if (connections.establishing().length > 0) {
                line(out, "filling", "%s", connections.fillingText());
            }
        }
        if (services != null) {
            line(out, "services", "%s", services.text());
        }
        line(out, "memory", checked ? "every access checked (-Dpenstock.checked=true)" : "unchecked, as in production");
        line(out, "rate", "%.2f Mpps, %.1f ns a packet; %d slices: median %.2f, %.2f to %.2f Mpps",
                rate(), nsPerPacket(), mpps.length, samples.median(), samples.least(), samples.most());
        line(out, "of the CPU", "%.2f Mpps of the time that the worker had it: median of the slices",
                Samples.of(mppsOfCpu).median());
        line(out, "packets", "%,d in %.2f s, after %.1f s of warm-up%s", totals.packets(), gauge.seconds(), warmSeconds,
                steady ? "" : " that did not get steady: other load on this CPU?");
        line(out, "forwarded", "%,d, %.2f %% of them", totals.forwarded(),
                totals.packets() == 0 ? 0.0 : 100.0 * totals.forwarded() / totals.packets());
        if (updates != null) {
            line(out, "updates", "%,d of routes meanwhile, %,.0f a second of %,d asked for; %,d ns on average, %,d at the most; "
                    + "refused %d; packets lost %,d", updates.count(), updates.count() / updates.seconds(), updates.perSecond(),
                    updates.meanNs(), updates.slowestNs(), updates.refused(), totals.packets() - totals.forwarded());
        }
        line(out, "dropped", "%s", totals.reasons());
        line(out, "unaccounted", "%d", totals.unaccounted());
        line(out, "allocated", "%.4f bytes a packet, %d collections", bytesPerPacket(), gauge.collections());
        line(out, "worker", "cpu %d%s, on it %.1f %% of the time, %d involuntary context switches, %d ticks (10 ms) stolen",
                cpu, alone ? "" : " shared with the JVM's own threads", 100 * gauge.busy(), gauge.involuntarySwitches(),
                gauge.stealTicks());
        line(out, "compiler", "%s", gauge.jit().text());
        line(out, "machine", "%s", machine);
        return out.toString();
    }

    /** Why it counts for nothing, or null. */
    String failure() {
        if (totals.unaccounted() != 0) {
            return "the engine lost track of packets, a defect: unaccounted=" + totals.unaccounted();
        }
        if (updates != null && !totals.isAllForwarded()) {
            return "packets were lost while routes changed, a defect: packets=" + totals.packets() + " forwarded="
                    + totals.forwarded() + " dropped " + totals.reasons();
        }
        if (updates != null && updates.refused() != 0) {
            return "the forwarding table had no memory left for updates: refused=" + updates.refused() + " of "
                    + updates.count() + "; measure with fewer routes";
        }
        if (rules != null && ruleOptions.mix() != null && rules.last() != rules.received()) {
            return "not every packet reached the last rule, a defect: packets=" + rules.received() + " last_rule=" + rules.last();
        }
        if (whole && !totals.isAllForwarded()) {
            return totals.loss();
        }
        if (connections != null && connections.failure() != null) {
            return connections.failure();
        }
        if (services != null && services.failure() != null) {
            return services.failure();
        }
        if (rules != null && ruleOptions.file() != null && totals.packets() != 0) {
            return null;
        }
        if (totals.forwarded() == 0) {
            return "nothing was forwarded, so this measures no forwarding: packets=" + totals.packets() + " delivered="
                    + totals.delivered() + " dropped " + totals.reasons() + "; compare the capture's destinations with the "
                    + "configuration's addresses and routes";
        }
        return null;
    }

    private static void line(final StringBuilder out, final String name, final String format, final Object... values) {
        out.append(String.format(Locale.ROOT, "%-12s", name)).append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
