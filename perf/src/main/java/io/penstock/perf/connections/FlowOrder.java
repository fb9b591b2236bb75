package io.penstock.perf.connections;

/** In what order flows come: each once, then anew. Threads: one. */
public final class FlowOrder {

    /** The golden section: flows that come one after the other are far apart. */
    private static final double FAR = 0.618_033_988_75;

    private final long flows;
    private final long step;
    private long next;

    private FlowOrder(final long first, final long step, final long flows) {
        this.next = first;
        this.step = step;
        this.flows = flows;
    }

    /** By their numbers. */
    public static FlowOrder straight(final long first, final long flows) {
        return new FlowOrder(first, 1, flows);
    }

    /** All of them, but no two neighbours one after the other: what is made in this order does not lie in the order of {@link #straight}. */
    public static FlowOrder scattered(final long flows) {
        long step = Math.max(1, (long) (flows * FAR));
        while (divisor(step, flows) != 1) {
            step++;
        }
        return new FlowOrder(0, step, flows);
    }

    /** The next flow. */
    public long next() {
        final long flow = next;
        final long after = flow + step;
        next = after >= flows ? after - flows : after;
        return flow;
    }

    private static long divisor(final long a, final long b) {
        return b == 0 ? a : divisor(b, a % b);
    }
}
