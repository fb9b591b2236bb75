package io.penstock.perf.bench.latency;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * Batches with a slow packet, and how long each of their packets took.
 *
 * <p>Invariants:
 * <ol>
 *   <li>{@link #begin}, {@link #add} and {@link #end} allocate nothing, and touch no page for the first time.</li>
 *   <li>What finds no room is counted.</li>
 * </ol>
 *
 * <p>Threads: one writes; the rest afterwards.
 */
final class SlowLog {

    private final long[] fromNs;
    private final long[] toNs;
    private final int[] first;
    private final int[] latencies;
    private final long thresholdNs;
    private int count;
    private int used;
    private long missed;

    /** Room for so many batches, and so many packets of them; slow is what takes longer than the threshold. */
    SlowLog(final int batches, final int packets, final long thresholdNs) {
        this.fromNs = new long[batches];
        this.toNs = new long[batches];
        this.first = new int[batches + 1];
        this.latencies = new int[packets];
        this.thresholdNs = thresholdNs;
        Arrays.fill(fromNs, -1);
        Arrays.fill(toNs, -1);
        Arrays.fill(first, -1);
        Arrays.fill(latencies, -1);
        first[0] = 0;
    }

    long thresholdNs() {
        return thresholdNs;
    }

    /** A slow batch of so many packets; false when there is no room for it. */
    boolean begin(final int packets) {
        if (count == fromNs.length || used + packets > latencies.length) {
            missed += packets;
            return false;
        }
        return true;
    }

    /** One of its packets, whichever order they come in. */
    void add(final long latencyNs) {
        latencies[used++] = (int) Math.min(latencyNs, Integer.MAX_VALUE);
    }

    /** That was all of it. */
    void end(final long oldestDueNs, final long doneNs) {
        fromNs[count] = oldestDueNs;
        toNs[count] = doneNs;
        count++;
        first[count] = used;
    }

    /** Packets that there was no room for. */
    long missed() {
        return missed;
    }

    /** What took how long, of an entry; ns. */
    void latencies(final int entry, final LongConsumer to) {
        for (int i = first[entry]; i < first[entry + 1]; i++) {
            to.accept(latencies[i]);
        }
    }

    /** The batches, put together where they overlap; in order. */
    List<Stretch> stretches() {
        final List<Stretch> stretches = new ArrayList<>();
        final List<Integer> open = new ArrayList<>();
        long endNs = 0;
        for (final int i : IntStream.range(0, count).boxed().sorted(Comparator.comparingLong(i -> fromNs[i])).toList()) {
            if (!open.isEmpty() && fromNs[i] - endNs > 0) {
                stretches.add(stretch(open));
                open.clear();
            }
            endNs = open.isEmpty() ? toNs[i] : Math.max(endNs, toNs[i]);
            open.add(i);
        }
        if (!open.isEmpty()) {
            stretches.add(stretch(open));
        }
        return stretches;
    }

    private Stretch stretch(final List<Integer> entries) {
        int worst = entries.getFirst();
        long endNs = toNs[worst];
        final long[] slow = new long[1];
        for (final int i : entries) {
            worst = toNs[i] - fromNs[i] > toNs[worst] - fromNs[worst] ? i : worst;
            endNs = Math.max(endNs, toNs[i]);
            latencies(i, ns -> slow[0] += ns > thresholdNs ? 1 : 0);
        }
        return new Stretch(fromNs[entries.getFirst()], toNs[worst], endNs, toNs[worst] - fromNs[worst], slow[0], List.copyOf(entries));
    }
}
