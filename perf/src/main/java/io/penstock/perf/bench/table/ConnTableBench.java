package io.penstock.perf.bench.table;

import io.penstock.os.hot.memory.Memory;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.PinnedRun;
import io.penstock.perf.connections.TupleLookups;
import java.util.function.LongSupplier;

/**
 * Look-ups of the connection table alone, beside DPDK's hash table if wanted: run by run they take turns on one CPU.
 *
 * <p>Threads: the caller's, which waits, and one that measures.
 */
final class ConnTableBench {

    /** Unit: ns, for each way of looking up; the last code is compiled before half of it is over. */
    private static final long WARM_NS = 1_500_000_000;

    private final ConnTableOptions options;
    private final double[] batchNs;
    private final double[] trackerNs;
    private final double[] singleNs;
    private final DpdkHash.Lookups[] peerRuns;
    private final DpdkHash peer;
    private int tuples;
    private long tableBytes;
    /** What all look-ups come to: seen from outside, so that none can be left out. */
    private volatile long sum;

    ConnTableBench(final ConnTableOptions options) {
        this.options = options;
        this.batchNs = new double[options.runs()];
        this.trackerNs = new double[options.runs()];
        this.singleNs = new double[options.runs()];
        this.peerRuns = new DpdkHash.Lookups[options.dpdk() ? options.runs() : 0];
        this.peer = options.dpdk() ? new DpdkHash(options.cpu(), options.ipv6()) : null;
    }

    /** Measures. */
    ConnTableResult measure() {
        final MachineFacts machine = MachineFacts.ofThis();
        final boolean alone = PinnedRun.of(options.cpu(), this::takeTurns);
        return new ConnTableResult(options, batchNs, trackerNs, singleNs, peerRuns, peer != null && peer.hugePages(), tuples, tableBytes,
                Memory.CHECKED, alone, machine);
    }

    private void takeTurns() {
        try (TupleLookups lookups = new TupleLookups(options.ipv6(), options.connections())) {
            tuples = lookups.tuples();
            tableBytes = lookups.tableBytes();
            final String difference = lookups.difference();
            if (difference != null) {
                throw new BenchException("a look-up is wrong, a defect: connections=" + options.connections() + ' ' + difference);
            }
            time(lookups::batches, WARM_NS);
            time(lookups::batchesWithTracker, WARM_NS);
            time(lookups::singles, WARM_NS);
            final long runNs = (long) (options.seconds() * 1e9);
            for (int run = 0; run < options.runs(); run++) {
                batchNs[run] = time(lookups::batches, runNs);
                trackerNs[run] = time(lookups::batchesWithTracker, runNs);
                singleNs[run] = time(lookups::singles, runNs);
                if (peer != null) {
                    peerRuns[run] = peer.run();
                }
            }
        }
    }

    /** Goes over all tuples for so long, and returns the nanoseconds of a look-up. */
    private double time(final LongSupplier pass, final long ns) {
        final long startNs = System.nanoTime();
        long nowNs = startNs;
        long passes = 0;
        while (nowNs - startNs < ns) {
            sum += pass.getAsLong();
            passes++;
            nowNs = System.nanoTime();
        }
        return (double) (nowNs - startNs) / passes / tuples;
    }
}
