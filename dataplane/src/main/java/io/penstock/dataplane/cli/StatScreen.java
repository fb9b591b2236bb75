package io.penstock.dataplane.cli;

import io.penstock.dataplane.hot.metrics.PortCounter;
import io.penstock.dataplane.hot.metrics.WorkerCounter;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.metrics.CounterSnapshot;
import io.penstock.dataplane.metrics.CounterSnapshot.Port;
import io.penstock.dataplane.metrics.CounterSnapshot.Worker;
import io.penstock.os.xdp.RedirectProgramCounter;
import java.util.Locale;
import java.util.Map;

/** Two snapshots as a screen for people: rates between them, totals since the start. */
final class StatScreen {

    private static final double NS_PER_SECOND = 1e9;

    /** Bytes on the wire around each frame: preamble 8, checksum 4, gap 12. */
    private static final int WIRE_OVERHEAD_BYTES = 24;

    private static final WorkerCounter[] FLOWS = {
        WorkerCounter.PACKETS,
        WorkerCounter.FORWARDED,
        WorkerCounter.DELIVERED,
        WorkerCounter.HOST_SENT,
        WorkerCounter.STOLEN,
        WorkerCounter.QUEUED,
        WorkerCounter.ORIGINATED,
        WorkerCounter.RETURNED,
        WorkerCounter.HANDED_OFF
    };

    private final CounterSnapshot now;
    private final CounterSnapshot before;
    private final double seconds;
    private final StringBuilder out = new StringBuilder(2048);

    private StatScreen(final CounterSnapshot now, final CounterSnapshot before) {
        this.now = now;
        this.before = before;
        this.seconds = (now.takenNs() - before.takenNs()) / NS_PER_SECOND;
    }

    static String of(final CounterSnapshot now, final CounterSnapshot before) {
        return new StatScreen(now, before).render();
    }

    private String render() {
        line("penstock pid=%d up=%s connections=%d unaccounted=%d%s", now.pid(), duration(now.uptimeNs()),
                now.connections(), now.unaccounted(), now.unaccounted() == 0 ? "" : "  <- a defect, please report it");
        if (now.setChangesMissed() != 0) {
            line("sets: %d changes by packets left out, because somebody else was changing the set", now.setChangesMissed());
        }
        line("");
        line("%-12s %12s %16s", "packets", "per second", "total");
        for (final WorkerCounter counter : FLOWS) {
            final long total = now.sum(counter);
            if (total != 0 || counter == WorkerCounter.PACKETS || counter == WorkerCounter.FORWARDED) {
                line("%-12s %12s %16d", counter == WorkerCounter.PACKETS ? "in" : counter.metric(),
                        rate(total - before.sum(counter)), total);
            }
        }
        drops();
        line("");
        line("%-12s %12s %7s %6s %8s %12s", "workers", "per second", "batch", "busy", "parked", "frames free");
        for (int i = 0; i < now.workers().size(); i++) {
            worker(now.workers().get(i), before.workers().get(i));
        }
        line("");
        line("%-12s %12s %10s %12s %10s  %s", "ports", "rx/s", "rx bit/s", "tx/s", "tx bit/s", "mode");
        for (int i = 0; i < now.ports().size(); i++) {
            port(now.ports().get(i), before.ports().get(i));
        }
        leftToTheKernel();
        return out.toString();
    }

    private void drops() {
        final Map<DropReason, Long> dropped = now.dropped();
        line("%-12s %12s %16d", "dropped",
                rate(dropped.keySet().stream().mapToLong(r -> now.dropped(r) - before.dropped(r)).sum()),
                dropped.values().stream().mapToLong(Long::longValue).sum());
        dropped.forEach((reason, count) -> line("  %-22s %12s %16d  %s",
                reason.metric(), rate(count - before.dropped(reason)), count, reason.sentence()));
    }

    private void worker(final Worker worker, final Worker earlier) {
        final Worker interval = worker.since(earlier);
        line("%-12s %12s %7.1f %5.1f%% %8d %12d", "cpu " + worker.cpu(), rate(interval.get(WorkerCounter.PACKETS)),
                interval.batchAverage(), interval.busy() * 100, worker.get(WorkerCounter.PARKED),
                worker.get(WorkerCounter.FRAMES_FREE));
    }

    private void port(final Port port, final Port earlier) {
        line("%-12s %12s %10s %12s %10s  %s", port.name(),
                rate(port.get(PortCounter.RX_PACKETS) - earlier.get(PortCounter.RX_PACKETS)),
                bits(port, earlier, PortCounter.RX_BYTES, PortCounter.RX_PACKETS),
                rate(port.get(PortCounter.TX_PACKETS) - earlier.get(PortCounter.TX_PACKETS)),
                bits(port, earlier, PortCounter.TX_BYTES, PortCounter.TX_PACKETS),
                port.device() + " attach=" + port.attachment().text() + " copy=" + port.copy().text() + " queues="
                        + port.queues() + (port.why().isEmpty() ? "" : ": " + port.why()));
        for (final PortCounter counter : PortCounter.values()) {
            final boolean trouble = counter.isXdpStatistic() || counter == PortCounter.TX_FULL;
            if (trouble && port.get(counter) != 0) {
                line("  %-28s %12s %10d  %s", counter.metric(), rate(port.get(counter) - earlier.get(counter)),
                        port.get(counter), counter.sentence());
            }
        }
    }

    private void leftToTheKernel() {
        boolean titled = false;
        for (int i = 0; i < now.ports().size(); i++) {
            final Port port = now.ports().get(i);
            final Port earlier = before.ports().get(i);
            for (final RedirectProgramCounter counter : RedirectProgramCounter.values()) {
                if (counter == RedirectProgramCounter.REDIRECTED || port.get(counter) == 0) {
                    continue;
                }
                if (!titled) {
                    titled = true;
                    line("");
                    line("%-37s %10s %12s", "left to the kernel", "per second", "total");
                }
                line("%-12s %-24s %10s %12d  %s", port.name(), counter.metric(),
                        rate(port.get(counter) - earlier.get(counter)), port.get(counter), counter.sentence());
            }
        }
    }

    private String bits(final Port port, final Port earlier, final PortCounter bytes, final PortCounter packets) {
        final long frames = port.get(packets) - earlier.get(packets);
        return rate((port.get(bytes) - earlier.get(bytes) + frames * WIRE_OVERHEAD_BYTES) * Byte.SIZE);
    }

    private String rate(final long count) {
        return scaled(count / seconds);
    }

    static String scaled(final double value) {
        final String[] units = {"", " k", " M", " G", " T"};
        double rest = value;
        int unit = 0;
        while (Math.abs(rest) >= 999.95 && unit < units.length - 1) {
            rest /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f%s" : "%.2f%s", rest, units[unit]);
    }

    static String duration(final long ns) {
        final long total = ns / (long) NS_PER_SECOND;
        final long days = total / 86_400;
        return (days == 0 ? "" : days + "d")
                + String.format(Locale.ROOT, "%02d:%02d:%02d", total / 3600 % 24, total / 60 % 60, total % 60);
    }

    private void line(final String format, final Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments).stripTrailing()).append('\n');
    }
}
