package io.penstock.dataplane.replay;

import io.penstock.dataplane.config.PortConfig;
import io.penstock.dataplane.hot.metrics.PortCounter;
import io.penstock.dataplane.hot.metrics.WorkerCounter;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.LaneCounters;
import io.penstock.dataplane.hot.pipeline.PortTally;
import io.penstock.dataplane.metrics.Attachment;
import io.penstock.dataplane.metrics.CopyMode;
import io.penstock.dataplane.metrics.CounterSnapshot;
import io.penstock.os.xdp.RedirectProgramCounter;
import java.util.ArrayList;
import java.util.List;

/**
 * A lane's counters as {@code stat} has a running data plane's. There is no process and no time but the packets', and so
 * these are 0; nothing is pinned, and so the CPU is -1.
 */
final class ReplayCounters {

    private static final int NO_CPU = -1;

    private ReplayCounters() {
    }

    static CounterSnapshot of(final Lane lane, final List<PortConfig> configs, final CapturePort[] ends, final long connections) {
        final List<CounterSnapshot.Port> ports = new ArrayList<>();
        for (int i = 0; i < ends.length; i++) {
            ports.add(new CounterSnapshot.Port(configs.get(i).name(), configs.get(i).device(), 1, Attachment.MEMORY,
                    CopyMode.NONE, "", port(ends[i].tally()), new long[RedirectProgramCounter.values().length]));
        }
        return new CounterSnapshot(0, 0, 0, 0, connections, 0,
                List.of(new CounterSnapshot.Worker(NO_CPU, true, worker(lane), lane.counters.dropped.clone())), ports);
    }

    private static long[] worker(final Lane lane) {
        final LaneCounters counters = lane.counters;
        final long[] values = new long[WorkerCounter.count()];
        put(values, WorkerCounter.PACKETS, counters.received + counters.hostSent);
        put(values, WorkerCounter.FORWARDED, counters.forwarded);
        put(values, WorkerCounter.BATCHES, counters.batches);
        put(values, WorkerCounter.FRAMES_FREE, lane.frames.count());
        put(values, WorkerCounter.DELIVERED, counters.delivered);
        put(values, WorkerCounter.STOLEN, counters.stolen);
        put(values, WorkerCounter.QUEUED, counters.queued);
        put(values, WorkerCounter.RETURNED, counters.returned);
        put(values, WorkerCounter.ORIGINATED, counters.originated - counters.hostSent);
        put(values, WorkerCounter.PARKED, counters.parked - counters.unparked);
        put(values, WorkerCounter.HOOK_EXCEPTIONS, counters.hookExceptions);
        put(values, WorkerCounter.PARTIAL_CHECKSUMS_COMPLETED, counters.partialChecksums);
        put(values, WorkerCounter.GENERATION, lane.generation());
        put(values, WorkerCounter.FRAGMENTED, counters.fragmented);
        put(values, WorkerCounter.GATHERED, counters.gathered);
        put(values, WorkerCounter.ICMP_LIMITED, counters.icmpLimited);
        put(values, WorkerCounter.ICMP_NO_FRAME, counters.icmpNoFrame);
        put(values, WorkerCounter.HOST_SENT, counters.hostSent);
        put(values, WorkerCounter.LOGS_LOST, counters.logsLost + lane.packetLog.refused());
        return values;
    }

    private static void put(final long[] values, final WorkerCounter counter, final long value) {
        values[counter.id()] = value;
    }

    private static long[] port(final PortTally tally) {
        final long[] values = new long[PortCounter.count()];
        values[PortCounter.RX_PACKETS.id()] = tally.rxPackets;
        values[PortCounter.RX_BYTES.id()] = tally.rxBytes;
        values[PortCounter.TX_PACKETS.id()] = tally.txPackets;
        values[PortCounter.TX_BYTES.id()] = tally.txBytes;
        values[PortCounter.TX_FULL.id()] = tally.txFull;
        return values;
    }
}
