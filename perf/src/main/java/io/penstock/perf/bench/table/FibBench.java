package io.penstock.perf.bench.table;

import io.penstock.dataplane.hot.fib.Fib;
import io.penstock.os.hot.memory.Memory;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.PinnedRun;
import io.penstock.perf.bench.measure.ScratchFolder;
import io.penstock.perf.fib.LookupLoop;
import io.penstock.perf.fib.PlainLookup;
import io.penstock.perf.fib.RouteSet;
import io.penstock.perf.fib.RouteTable;
import java.util.function.IntSupplier;

/**
 * Look-ups of the forwarding table alone, beside DPDK's if wanted: run by run they take turns on one CPU, with the same routes
 * and the same addresses in the same order.
 *
 * <p>Threads: the caller's, which waits, and one that measures.
 */
final class FibBench {

    private static final long SEED = 4814;
    /** Answers that are compared with those of a plain longest-prefix match. */
    private static final int CHECKED = 100_000;
    /** Unit: ns, for each way of looking up; the last code is compiled before half of it is over. */
    private static final long WARM_NS = 1_500_000_000;

    private final FibOptions options;
    private final double[] batchNs;
    private final double[] singleNs;
    private final DpdkFib.Lookup[] scalar;
    private final DpdkFib.Lookup[] vector;
    private boolean hugePages;
    /** What all look-ups come to: seen from outside, so that none can be left out. */
    private volatile int sum;

    FibBench(final FibOptions options) {
        this.options = options;
        this.batchNs = new double[options.runs()];
        this.singleNs = new double[options.runs()];
        this.scalar = new DpdkFib.Lookup[options.dpdk() ? options.runs() : 0];
        this.vector = new DpdkFib.Lookup[options.dpdk() ? options.runs() : 0];
    }

    /** Measures. */
    FibResult measure() {
        final MachineFacts machine = MachineFacts.ofThis();
        final boolean alone = PinnedRun.of(options.cpu(), this::compare);
        return new FibResult(options, batchNs, singleNs, scalar, vector, hugePages, CHECKED, Memory.CHECKED, alone, machine);
    }

    private void compare() {
        final RouteSet routes = RouteSet.of(options.ipv6(), options.routes());
        final long[] addresses = routes.addresses(options.addresses(), SEED);
        try (RouteTable table = new RouteTable().with(routes); ScratchFolder folder = ScratchFolder.make("fib")) {
            check(routes, table, addresses);
            final DpdkFib peer = options.dpdk() ? new DpdkFib(folder.path(), routes, addresses, options.cpu()) : null;
            hugePages = peer != null && peer.hugePages();
            takeTurns(new LookupLoop(table.fib(), options.ipv6(), addresses), peer);
        }
    }

    private void takeTurns(final LookupLoop loop, final DpdkFib peer) {
        time(loop::batches, WARM_NS);
        time(loop::singles, WARM_NS);
        final long runNs = (long) (options.seconds() * 1e9);
        for (int run = 0; run < options.runs(); run++) {
            batchNs[run] = time(loop::batches, runNs);
            singleNs[run] = time(loop::singles, runNs);
            if (peer != null) {
                scalar[run] = peer.run(false);
                vector[run] = peer.run(true);
            }
        }
    }

    /** Goes over all addresses for so long, and returns the nanoseconds of a look-up. */
    private double time(final IntSupplier pass, final long ns) {
        final long startNs = System.nanoTime();
        long nowNs = startNs;
        long passes = 0;
        while (nowNs - startNs < ns) {
            sum += pass.getAsInt();
            passes++;
            nowNs = System.nanoTime();
        }
        return (double) (nowNs - startNs) / passes / options.addresses();
    }

    private static void check(final RouteSet routes, final RouteTable table, final long[] addresses) {
        final PlainLookup plain = new PlainLookup(routes);
        final Fib fib = table.fib();
        for (int i = 0; i < Math.min(CHECKED, addresses.length); i++) {
            final long address = addresses[i];
            final int expected = table.adjacency(plain.route(address));
            final int got = routes.ipv6() ? fib.lookup6(address, i) : fib.lookup4((int) address);
            if (got != expected) {
                throw new BenchException("a look-up is wrong, a defect: address=" + Long.toHexString(address) + " got=" + got
                        + " expected=" + expected + " routes=" + routes.count());
            }
        }
    }
}
