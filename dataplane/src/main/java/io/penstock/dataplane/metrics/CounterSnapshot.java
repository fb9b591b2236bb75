package io.penstock.dataplane.metrics;

import io.penstock.dataplane.hot.metrics.PortCounter;
import io.penstock.dataplane.hot.metrics.WorkerCounter;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.os.xdp.RedirectProgramCounter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All counters at one moment.
 *
 * @param pid         the data plane's process
 * @param startedNs   when it started, in CLOCK_BOOTTIME
 * @param uptimeNs    how long it had run
 * @param takenNs     when this was taken, in the reader's {@code System.nanoTime}
 * @param connections tracked connections
 * @param setChangesMissed changes of sets by packets that were left out, because somebody else was changing the set for too long
 * @param workers     in their order
 * @param ports       in their order, summed over the workers
 */
public record CounterSnapshot(
        long pid,
        long startedNs,
        long uptimeNs,
        long takenNs,
        long connections,
        long setChangesMissed,
        List<Worker> workers,
        List<Port> ports) {

    /** True when both are of the same run, so that differences are rates. */
    public boolean continues(final CounterSnapshot before) {
        return pid == before.pid
                && startedNs == before.startedNs
                && workers.size() == before.workers.size()
                && ports.size() == before.ports.size();
    }

    /** A counter's sum over all workers. */
    public long sum(final WorkerCounter counter) {
        return workers.stream().mapToLong(w -> w.get(counter)).sum();
    }

    /** Drops of one reason over all workers. */
    public long dropped(final DropReason reason) {
        return workers.stream().mapToLong(w -> w.dropped(reason)).sum();
    }

    /** Drops by reason over all workers, in the order of the reasons, those that never happened left out. */
    public Map<DropReason, Long> dropped() {
        final Map<DropReason, Long> dropped = new LinkedHashMap<>();
        for (final DropReason reason : DropReason.values()) {
            final long count = dropped(reason);
            if (count != 0) {
                dropped.put(reason, count);
            }
        }
        return dropped;
    }

    /** Packets that went in and of which no counter says what became; anything but 0 is a defect of Penstock. */
    public long unaccounted() {
        return workers.stream().mapToLong(Worker::unaccounted).sum();
    }

    /**
     * One worker's counters.
     *
     * @param cpu     where it is pinned
     * @param atRest  true when the block was read between two updates, so that all values belong together
     * @param values  by {@code WorkerCounter.id()}
     * @param drops   by {@code DropReason.id()}
     */
    public record Worker(int cpu, boolean atRest, long[] values, long[] drops) {

        /** A counter's value. */
        public long get(final WorkerCounter counter) {
            return values[counter.id()];
        }

        /** Drops of one reason. */
        public long dropped(final DropReason reason) {
            return drops[reason.id()];
        }

        /**
         * What went in (packets, originated, returned, handed in) less what became of it (forwarded, delivered, stolen, queued,
         * handed off, fragmented, gathered, dropped) less what is still on its way (parked). Of a block that was not at rest the way in was read first, so that packets
         * that passed meanwhile make this too small, never too large: then it is what is certainly missing, at least 0.
         */
        public long unaccounted() {
            long sum = get(WorkerCounter.PACKETS) + get(WorkerCounter.ORIGINATED) + get(WorkerCounter.RETURNED)
                    + get(WorkerCounter.HANDED_IN) - get(WorkerCounter.HANDED_OFF)
                    - get(WorkerCounter.FORWARDED) - get(WorkerCounter.DELIVERED) - get(WorkerCounter.STOLEN)
                    - get(WorkerCounter.QUEUED) - get(WorkerCounter.PARKED) - get(WorkerCounter.FRAGMENTED)
                    - get(WorkerCounter.GATHERED);
            for (final long drop : drops) {
                sum -= drop;
            }
            return atRest ? sum : Math.max(0, sum);
        }

        /** What happened since an earlier snapshot; gauges become differences too. */
        public Worker since(final Worker before) {
            final long[] valuesSince = values.clone();
            Arrays.setAll(valuesSince, i -> values[i] - before.values[i]);
            final long[] dropsSince = drops.clone();
            Arrays.setAll(dropsSince, i -> drops[i] - before.drops[i]);
            return new Worker(cpu, atRest && before.atRest, valuesSince, dropsSince);
        }

        /** Packets for each batch that had any. */
        public double batchAverage() {
            final long batches = get(WorkerCounter.BATCHES);
            return batches == 0 ? 0 : (double) get(WorkerCounter.PACKETS) / batches;
        }

        /** The part of its time, 0 to 1, spent on rounds that found packets. */
        public double busy() {
            final long total = get(WorkerCounter.BUSY_NS) + get(WorkerCounter.IDLE_NS);
            return total == 0 ? 0 : (double) get(WorkerCounter.BUSY_NS) / total;
        }
    }

    /**
     * One port's counters.
     *
     * @param name       its name in the configuration
     * @param device     its interface
     * @param queues     how many are served
     * @param attachment how it is attached
     * @param copy       whether frames are copied
     * @param why        why in this way, one sentence, may be empty
     * @param values     by {@code PortCounter.id()}, summed over the workers
     * @param program    what the XDP program did with frames, by {@code RedirectProgramCounter.ordinal()}
     */
    public record Port(
            String name,
            String device,
            int queues,
            Attachment attachment,
            CopyMode copy,
            String why,
            long[] values,
            long[] program) {

        /** A counter's value. */
        public long get(final PortCounter counter) {
            return values[counter.id()];
        }

        /** How many frames the XDP program treated in this way. */
        public long get(final RedirectProgramCounter counter) {
            return program[counter.ordinal()];
        }
    }
}
