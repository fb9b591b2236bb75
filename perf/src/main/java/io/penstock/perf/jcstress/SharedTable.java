package io.penstock.perf.jcstress;

import io.penstock.dataplane.fib.AdjacencyFields;
import io.penstock.dataplane.fib.FibWriter;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.Fib;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The forwarding table of all states, of which jcstress makes millions: each has a region of its own in it.
 *
 * <p>Invariants:
 * <ol>
 *   <li>States are made, and prepare their regions, while no actor runs; that is jcstress's order of things. So what was
 *       retired before is free then.</li>
 *   <li>One actor of a test writes, which jcstress runs on one thread at a time: the writer's one thread.</li>
 *   <li>A region is used again after {@value #REGIONS} others; jcstress holds some ten thousand states at a time.</li>
 * </ol>
 *
 * <p>Threads: {@link #prepare} from any, one at a time; {@link #WRITER} as above; {@link #FIB} from any.
 */
final class SharedTable {

    /** Regions, and so states that may be alive. */
    static final int REGIONS = 1 << 14;

    private static final int FIRST_REGION = 1;
    private static final Queue<Runnable> RETIRED = new ArrayDeque<>();
    static final FibWriter WRITER = new FibWriter(RETIRED::add);
    static final Fib FIB = WRITER.fib();

    private static final int[] ADJACENCIES = new int[REGIONS + FIRST_REGION];
    private static int last;

    private SharedTable() {
    }

    /** What a state does to its region before its actors run. */
    interface Preparation {

        /** Prepares a region, 1 to {@link #REGIONS}. */
        void prepare(int region);
    }

    /** Gives a state the next region. */
    static synchronized int prepare(final Preparation preparation) {
        for (Runnable free = RETIRED.poll(); free != null; free = RETIRED.poll()) {
            free.run();
        }
        last = last == REGIONS ? FIRST_REGION : last + 1;
        preparation.prepare(last);
        return last;
    }

    /** In a preparation: the region's adjacency, new, of IPv4 and waiting for its neighbour. */
    static int freshAdjacency(final int region) {
        if (ADJACENCIES[region] != 0) {
            WRITER.adjacencies().release(ADJACENCIES[region]);
        }
        ADJACENCIES[region] =
                WRITER.adjacencies().create(new AdjacencyFields(AdjacencyKind.UNRESOLVED_GATEWAY, 0, 4, 0, 2, 1500, 0, 1));
        return ADJACENCIES[region];
    }

    /** A region's adjacency. */
    static synchronized int adjacency(final int region) {
        return ADJACENCIES[region];
    }
}
