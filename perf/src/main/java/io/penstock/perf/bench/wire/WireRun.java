package io.penstock.perf.bench.wire;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.wire.LatencyHistogram;
import java.util.Locale;
import java.util.Map;

/**
 * One run of one device.
 *
 * @param device      its name
 * @param ratePps     what the generator was held to, or 0
 * @param seconds     between the two readings that the rates are from
 * @param mpps        at the sink
 * @param offeredMpps from the generator
 * @param sent        frames, from the first to the last
 * @param received    of them, at the sink
 * @param late        of these, after a later frame of their flow
 * @param sinkDrops   frames that the device had sent and the sink's ring had no room for
 * @param altered     of those that were received, not what a router makes of what was sent
 * @param mismatch    why what arrived cannot be what was sent, or null
 * @param forwarded   of them, by the device's own count, or -1 when it has none
 * @param packets     that the device took, or -1
 * @param dropped     by the device, by reason
 * @param unaccounted by the device
 * @param connections tracked at the end, or -1 when it cannot tell
 * @param workerCpu   the share of its CPU that the worker had, 0 to 1, or -1 without a worker
 * @param kernelShare of that time, what was spent in the kernel, 0 to 1, or -1 when not known
 * @param involuntarySwitches how often the worker was taken off its CPU
 * @param stealTicks  of 10 ms that a hypervisor took from the two CPUs
 * @param latency     one way, from the generator's program to the sink's
 */
record WireRun(
        String device, long ratePps, double seconds, double mpps, double offeredMpps, long sent, long received, long late,
        long sinkDrops, long altered, String mismatch, long forwarded, long packets, Map<String, Long> dropped, long unaccounted,
        long connections, double workerCpu, double kernelShare, long involuntarySwitches, long stealTicks, LatencyHistogram latency) {

    private static final double NS_PER_US = 1e3;

    /** Frames that did not arrive. Without a rate to keep to that is what was offered beyond the throughput. */
    long lost() {
        return sent - received;
    }

    /** Whether the device has a worker, on a CPU of its own. */
    boolean hasWorker() {
        return workerCpu >= 0;
    }

    /** True when frames were sent at a rate, so that their latencies mean something. */
    boolean paced() {
        return ratePps != 0;
    }

    /** One object of the array {@code details}. */
    void write(final Json json) {
        json.object().field("device", device).field("rate_pps", ratePps).field("seconds", seconds).field("mpps", mpps)
                .field("offered_mpps", offeredMpps).field("sent", sent).field("received", received).field("late", late)
                .field("sink_drops", sinkDrops).field("altered", altered);
        if (forwarded >= 0) {
            json.field("forwarded", forwarded);
        }
        if (paced()) {
            json.field("lost", lost()).name("latency_us").object().field("p50", us(latency.p50()))
                    .field("p99", us(latency.p99())).field("p99_9", us(latency.p999())).field("p99_99", us(latency.p9999()))
                    .field("max", us(latency.max())).end();
        }
        if (hasWorker()) {
            json.field("worker_cpu", workerCpu).field("worker_kernel_share", kernelShare).field("involuntary_context_switches", involuntarySwitches);
        }
        json.field("steal_ticks", stealTicks).end();
    }

    /** For the screen while it goes on. */
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT, "%-9s %6.3f Mpps of %6.3f offered", device, mpps, offeredMpps));
        if (paced()) {
            text.append(String.format(Locale.ROOT, ", lost %d, p50 %.1f p99 %.1f p99.9 %.1f p99.99 %.1f max %.1f us", lost(),
                    us(latency.p50()), us(latency.p99()), us(latency.p999()), us(latency.p9999()), us(latency.max())));
        }
        if (hasWorker()) {
            text.append(String.format(Locale.ROOT, ", worker on its CPU %.1f %%, %d involuntary switches",
                    100 * workerCpu, involuntarySwitches));
        }
        if (mismatch != null) {
            text.append(", ").append(mismatch);
        }
        return text.append(String.format(Locale.ROOT, ", %d ticks stolen", stealTicks)).toString();
    }

    static double us(final long ns) {
        return ns / NS_PER_US;
    }
}
