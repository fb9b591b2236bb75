package io.penstock.perf.bench.engine;

import io.penstock.dataplane.fib.FibWriter;
import io.penstock.dataplane.worker.Quiescence;
import io.penstock.perf.fib.RouteSet;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * What a routing daemon does to the table while packets flow: of a random route, first the next hop changes, then the route is
 * withdrawn, which leaves its packets to what covers it, then it comes back.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Updates are due at fixed times: what is overdue is made at once.</li>
 *   <li>At any time at most one route is missing.</li>
 *   <li>After each round, what no worker uses any more is freed.</li>
 * </ol>
 *
 * <p>Threads: one, as the control thread.
 */
final class RouteUpdates {

    private static final long SEED = 9693;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    /** Unit: ns. Between two rounds; a round makes what has become due. */
    private static final long STEP_NS = 100_000;

    private final FibWriter table;
    private final Quiescence quiescence;
    private final RouteSet routes;
    private final int[] adjacencies;
    private final int perSecond;
    private final SplittableRandom random = new SplittableRandom(SEED);
    private int route;
    private long count;
    private long refused;
    private long busyNs;
    private long slowestNs;
    private double seconds;

    /**
     * Nothing yet.
     *
     * @param adjacencies by next hop
     */
    RouteUpdates(
            final FibWriter table, final Quiescence quiescence, final RouteSet routes, final int[] adjacencies,
            final int perSecond) {
        this.table = table;
        this.quiescence = quiescence;
        this.routes = routes;
        this.adjacencies = adjacencies;
        this.perSecond = perSecond;
    }

    /** Makes updates while it is asked to. */
    void run(final BooleanSupplier goesOn) {
        final long startNs = System.nanoTime();
        long nowNs = startNs;
        while (goesOn.getAsBoolean()) {
            final long due = (nowNs - startNs) * perSecond / NANOS_PER_SECOND;
            while (count < due) {
                final long fromNs = System.nanoTime();
                step();
                final long tookNs = System.nanoTime() - fromNs;
                busyNs += tookNs;
                slowestNs = Math.max(slowestNs, tookNs);
            }
            quiescence.poll();
            LockSupport.parkNanos(STEP_NS);
            nowNs = System.nanoTime();
        }
        seconds = (nowNs - startNs) / 1e9;
    }

    /** What was done, once it has ended. */
    Totals totals() {
        return new Totals(perSecond, count, seconds, count == 0 ? 0 : busyNs / count, slowestNs, refused);
    }

    private void step() {
        final boolean done = switch ((int) (count % 3)) {
            case 0 -> {
                route = random.nextInt(routes.count());
                yield routes.put(table, route, adjacencies[RouteSet.nextHop(route + 1)]);
            }
            case 1 -> routes.remove(table, route);
            default -> routes.put(table, route, adjacencies[RouteSet.nextHop(route)]);
        };
        table.bumpVersion();
        refused += done ? 0 : 1;
        count++;
    }

    /**
     * What was done.
     *
     * @param perSecond what was asked for
     * @param meanNs    of an update
     * @param slowestNs of an update; that the thread was off its CPU is in it
     * @param refused   updates that the table had no memory for
     */
    record Totals(int perSecond, long count, double seconds, long meanNs, long slowestNs, long refused) {
    }
}
