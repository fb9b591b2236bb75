package io.penstock.dataplane.cli;

import io.penstock.dataplane.hot.metrics.PortCounter;
import io.penstock.dataplane.hot.metrics.WorkerCounter;
import io.penstock.dataplane.metrics.CounterSnapshot;
import io.penstock.dataplane.metrics.CounterSnapshot.Port;
import io.penstock.dataplane.metrics.CounterSnapshot.Worker;
import io.penstock.os.xdp.RedirectProgramCounter;

/**
 * Counters as JSON: {@code ports} {name: ...}, {@code workers} [...], {@code dropped} {reason: n} of those that happened,
 * {@code unaccounted}, {@code connections}. Counts are since the start; with an earlier snapshot there are rates too.
 */
public final class StatJson {

    private static final double NS_PER_SECOND = 1e9;

    private StatJson() {
    }

    /** One object in one line; {@code before} may be null. */
    public static String write(final CounterSnapshot now, final CounterSnapshot before) {
        final Json json = new Json().object();
        json.field("pid", now.pid());
        json.field("uptime_seconds", now.uptimeNs() / NS_PER_SECOND);
        final double seconds = before == null ? 0 : (now.takenNs() - before.takenNs()) / NS_PER_SECOND;
        if (before != null) {
            json.field("interval_seconds", seconds);
        }
        counts(json, now, before, seconds);
        return json.end().toString();
    }

    /** The counters alone, without whose they are and since when: the same input gives the same text. */
    public static String counts(final CounterSnapshot now) {
        final Json json = new Json().object();
        counts(json, now, null, 0);
        return json.end().toString();
    }

    private static void counts(
            final Json json, final CounterSnapshot now, final CounterSnapshot before, final double seconds) {
        json.name("ports").object();
        for (int i = 0; i < now.ports().size(); i++) {
            port(json, now.ports().get(i), before == null ? null : before.ports().get(i), seconds);
        }
        json.end().name("workers").array();
        for (int i = 0; i < now.workers().size(); i++) {
            worker(json, now.workers().get(i), before == null ? null : before.workers().get(i), seconds);
        }
        json.end().name("dropped").object();
        now.dropped().forEach((reason, count) -> json.field(reason.metric(), count));
        json.end();
        for (final WorkerCounter counter : WorkerCounter.values()) {
            if (counter.unit() == WorkerCounter.Unit.PACKETS || counter == WorkerCounter.HOOK_EXCEPTIONS) {
                json.field(counter.metric(), now.sum(counter));
            }
        }
        json.field("unaccounted", now.unaccounted());
        json.field("connections", now.connections());
        json.field("set_changes_missed", now.setChangesMissed());
    }

    private static void port(final Json json, final Port port, final Port before, final double seconds) {
        json.name(port.name()).object();
        for (final PortCounter counter : PortCounter.values()) {
            if (!counter.isXdpStatistic()) {
                json.field(counter.metric(), port.get(counter));
            }
        }
        if (before != null) {
            for (final PortCounter counter : new PortCounter[] {PortCounter.RX_PACKETS, PortCounter.TX_PACKETS}) {
                json.field(counter.metric() + "_per_second", (port.get(counter) - before.get(counter)) / seconds);
            }
        }
        json.field("device", port.device());
        json.field("attach", port.attachment().text());
        json.field("copy", port.copy().text());
        json.field("queues", port.queues());
        json.field("why", port.why());
        json.name("xdp").object();
        for (final PortCounter counter : PortCounter.values()) {
            if (counter.isXdpStatistic()) {
                json.field(counter.xdpName(), port.get(counter));
            }
        }
        for (final RedirectProgramCounter counter : RedirectProgramCounter.values()) {
            json.field(counter.metric(), port.get(counter));
        }
        json.end().end();
    }

    private static void worker(final Json json, final Worker worker, final Worker before, final double seconds) {
        final Worker interval = before == null ? worker : worker.since(before);
        json.object();
        json.field("cpu", worker.cpu());
        json.field("packets", worker.get(WorkerCounter.PACKETS));
        json.field("batch_average", interval.batchAverage());
        json.field("busy", interval.busy());
        if (before != null) {
            json.field("packets_per_second", interval.get(WorkerCounter.PACKETS) / seconds);
        }
        json.field("frames_free", worker.get(WorkerCounter.FRAMES_FREE));
        json.field("parked", worker.get(WorkerCounter.PARKED));
        json.field("generation", worker.get(WorkerCounter.GENERATION));
        json.end();
    }
}
