package io.penstock.perf.fib;

import io.penstock.dataplane.hot.fib.Fib;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.os.hot.memory.Memory;

/**
 * Look-ups of a list of addresses, from its start to its end, in two ways: by batches in two stages as the pipeline does it,
 * where the loads of a batch overlap, and one after another, each waiting for the one before.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Every answer goes into the sum that is returned, so that none can be left out.</li>
 *   <li>One after another, an address depends on the answer before it, by a bit that no adjacency has.</li>
 * </ol>
 *
 * <p>Threads: one.
 */
public final class LookupLoop {

    /** No adjacency's number is as large here, though it could be: the compiler must not know. */
    private static final int NEVER = 1 << 20;

    private final Fib fib;
    private final int[] addresses4;
    private final long[] addresses6;
    private final int[] entries4 = new int[Batch.CAPACITY];
    private final int[] entries6 = new int[Batch.CAPACITY];
    private final long[] next = new long[Batch.CAPACITY];
    /** As {@link Batch#loaded}. */
    private long loaded;

    /** Over addresses as {@link RouteSet} has them, a multiple of {@link Batch#CAPACITY}. */
    public LookupLoop(final Fib fib, final boolean ipv6, final long... addresses) {
        if (addresses.length % Batch.CAPACITY != 0) {
            throw new IllegalArgumentException("addresses=" + addresses.length + " are no multiple of " + Batch.CAPACITY);
        }
        this.fib = fib;
        this.addresses4 = ipv6 ? null : new int[addresses.length];
        this.addresses6 = ipv6 ? addresses.clone() : null;
        for (int i = 0; !ipv6 && i < addresses.length; i++) {
            addresses4[i] = (int) addresses[i];
        }
    }

    /** All addresses, batch by batch. */
    public int batches() {
        int sum = 0;
        if (addresses6 == null) {
            for (int from = 0; from < addresses4.length; from += Batch.CAPACITY) {
                sum += batch4(from);
            }
        } else {
            for (int from = 0; from < addresses6.length; from += Batch.CAPACITY) {
                sum += batch6(from);
            }
        }
        return sum;
    }

    /** All addresses, one after another. */
    public int singles() {
        return addresses6 == null ? singles4() : singles6();
    }

    /** The batch that begins at an address. */
    public int batch4(final int from) {
        final int[] addresses = addresses4;
        final int[] entries = entries4;
        for (int i = 0; i < Batch.CAPACITY; i++) {
            entries[i] = fib.rootEntry4(addresses[from + i]);
        }
        long loaded = 0;
        for (int i = 0; i < Batch.CAPACITY; i++) {
            next[i] = fib.next4(entries[i], addresses[from + i]);
        }
        for (int i = 0; i < Batch.CAPACITY; i++) {
            loaded += Memory.getLong(next[i]);
        }
        this.loaded = loaded;
        int sum = 0;
        for (int i = 0; i < Batch.CAPACITY; i++) {
            sum += fib.resolve4(entries[i], addresses[from + i]);
        }
        return sum;
    }

    /** As {@link #batch4}. */
    public int batch6(final int from) {
        final long[] addresses = addresses6;
        final int[] entries = entries6;
        for (int i = 0; i < Batch.CAPACITY; i++) {
            entries[i] = fib.rootEntry6(addresses[from + i]);
        }
        int sum = 0;
        for (int i = 0; i < Batch.CAPACITY; i++) {
            sum += fib.resolve6(entries[i], addresses[from + i], 0);
        }
        return sum;
    }

    private int singles4() {
        int sum = 0;
        int last = 0;
        for (final int address : addresses4) {
            last = fib.lookup4(address ^ last & NEVER);
            sum += last;
        }
        return sum;
    }

    private int singles6() {
        int sum = 0;
        int last = 0;
        for (final long address : addresses6) {
            last = fib.lookup6(address ^ last & NEVER, 0);
            sum += last;
        }
        return sum;
    }
}
