package io.penstock.dataplane.run;

import io.penstock.dataplane.hot.metrics.CounterLayout;
import io.penstock.dataplane.hot.metrics.PortCounter;
import io.penstock.dataplane.hot.metrics.WorkerCounter;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.LaneCounters;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.PortTally;
import io.penstock.dataplane.worker.Worker;
import io.penstock.os.hot.memory.Memory;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Copies a worker's counters to its blocks of the counter file, in one update, at a batch boundary. Runs on the worker.
 */
final class CounterWriter implements Consumer<Worker> {

    private final Lane lane;
    private final long workerBlock;
    private PortTally[][] ports = {};
    private long[] portBlocks = {};

    CounterWriter(final Lane lane, final long workerBlock) {
        this.lane = lane;
        this.workerBlock = workerBlock;
    }

    /** The ends of a port that the worker has, to be summed up in the port's block. Worker's thread, or before it runs. */
    void port(final int port, final List<PortIo> ends, final long block) {
        if (port >= ports.length) {
            ports = Arrays.copyOf(ports, port + 1);
            portBlocks = Arrays.copyOf(portBlocks, port + 1);
        }
        ports[port] = ends.stream().map(PortIo::tally).toArray(PortTally[]::new);
        portBlocks[port] = block;
    }

    @Override
    public void accept(final Worker worker) {
        final LaneCounters counters = lane.counters;
        CounterLayout.beginUpdate(workerBlock);
        put(WorkerCounter.PACKETS, counters.received + counters.hostSent);
        put(WorkerCounter.FORWARDED, counters.forwarded);
        put(WorkerCounter.BATCHES, counters.batches);
        put(WorkerCounter.POLLS_EMPTY, worker.emptyPolls());
        put(WorkerCounter.BUSY_NS, worker.busyNs());
        put(WorkerCounter.IDLE_NS, worker.idleNs());
        put(WorkerCounter.FRAMES_FREE, lane.frames.count());
        put(WorkerCounter.DELIVERED, counters.delivered);
        put(WorkerCounter.STOLEN, counters.stolen);
        put(WorkerCounter.QUEUED, counters.queued);
        put(WorkerCounter.RETURNED, counters.returned);
        put(WorkerCounter.ORIGINATED, counters.originated - counters.hostSent);
        put(WorkerCounter.PARKED, counters.parked - counters.unparked);
        put(WorkerCounter.HANDED_OFF, counters.handedOff);
        put(WorkerCounter.HANDED_IN, counters.handedIn);
        put(WorkerCounter.HOOK_EXCEPTIONS, counters.hookExceptions);
        put(WorkerCounter.PARTIAL_CHECKSUMS_COMPLETED, counters.partialChecksums);
        put(WorkerCounter.GENERATION, lane.generation());
        put(WorkerCounter.FRAGMENTED, counters.fragmented);
        put(WorkerCounter.GATHERED, counters.gathered);
        put(WorkerCounter.ICMP_LIMITED, counters.icmpLimited);
        put(WorkerCounter.ICMP_NO_FRAME, counters.icmpNoFrame);
        put(WorkerCounter.HOST_SENT, counters.hostSent);
        put(WorkerCounter.LOGS_LOST, counters.logsLost + lane.packetLog.refused());
        final long[] dropped = counters.dropped;
        for (int i = 0; i < dropped.length; i++) {
            Memory.putLongOpaque(workerBlock + CounterLayout.dropOffset(i), dropped[i]);
        }
        CounterLayout.endUpdate(workerBlock);
        for (int i = 0; i < ports.length; i++) {
            writePort(ports[i], portBlocks[i]);
        }
    }

    private static void writePort(final PortTally[] ends, final long block) {
        long rxPackets = 0;
        long rxBytes = 0;
        long txPackets = 0;
        long txBytes = 0;
        long txFull = 0;
        long handedOff = 0;
        for (final PortTally end : ends) {
            rxPackets += end.rxPackets;
            rxBytes += end.rxBytes;
            txPackets += end.txPackets;
            txBytes += end.txBytes;
            txFull += end.txFull;
            handedOff += end.handedOff;
        }
        putPort(block, PortCounter.RX_PACKETS, rxPackets);
        putPort(block, PortCounter.RX_BYTES, rxBytes);
        putPort(block, PortCounter.TX_PACKETS, txPackets);
        putPort(block, PortCounter.TX_BYTES, txBytes);
        putPort(block, PortCounter.TX_FULL, txFull);
        putPort(block, PortCounter.HANDED_OFF, handedOff);
    }

    private void put(final WorkerCounter counter, final long value) {
        Memory.putLongOpaque(workerBlock + counter.offset(), value);
    }

    private static void putPort(final long block, final PortCounter counter, final long value) {
        Memory.putLongOpaque(block + counter.offset(), value);
    }
}
