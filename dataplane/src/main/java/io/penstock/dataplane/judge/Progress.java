package io.penstock.dataplane.judge;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Tells how far a long run is. Threads: one. */
final class Progress {

    /** How often. Unit: ns. Often enough to see that it lives, seldom enough for a log. */
    private static final long STEP_NS = TimeUnit.SECONDS.toNanos(5);

    private static final double NS_PER_SECOND = 1e9;

    private final PrintWriter err;
    private final int all;
    private final long startNs = System.nanoTime();
    private long saidNs = startNs;

    Progress(final PrintWriter err, final int all) {
        this.err = err;
        this.all = all;
    }

    /** So many set-ups are done. */
    void done(final int setups, final long packets, final long differences) {
        final long nowNs = System.nanoTime();
        if (nowNs - saidNs >= STEP_NS && setups < all) {
            saidNs = nowNs;
            final double seconds = (nowNs - startNs) / NS_PER_SECOND;
            err.printf(Locale.ROOT, "setups=%d of %d packets=%d differences=%d left=%.0f s%n", setups, all,
                    packets, differences, seconds / setups * (all - setups));
            err.flush();
        }
    }
}
