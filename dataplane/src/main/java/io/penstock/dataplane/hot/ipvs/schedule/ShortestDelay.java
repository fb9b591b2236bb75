package io.penstock.dataplane.hot.ipvs.schedule;

/**
 * {@code sed}: the server that would have the fewest active connections for its weight with this one more; and {@code nq}, which takes the first server
 * that has none before it looks at that.
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_sed.c, ip_vs_nq.c. Threads: those of {@link Scheduler}.
 */
public final class ShortestDelay extends RosterScheduler {

    private final boolean isIdleFirst;

    /**
     * A scheduler.
     *
     * @param isIdleFirst {@code nq}
     */
    public ShortestDelay(final Roster roster, final boolean isIdleFirst) {
        super(roster);
        this.isIdleFirst = isIdleFirst;
    }

    @Override
    public int pick(final Flow flow) {
        final Candidate[] servers = servers();
        int least = NONE;
        int leastWeight = 0;
        long leastActive = 0;
        for (int i = 0; i < servers.length; i++) {
            final int weight = servers[i].weight();
            if (weight <= 0 || servers[i].isOverloaded()) {
                continue;
            }
            final long active = servers[i].active();
            if (isIdleFirst && active == 0) {
                return i;
            }
            if (least == NONE || (leastActive + 1) * weight > (active + 1) * leastWeight) {
                least = i;
                leastWeight = weight;
                leastActive = active;
            }
        }
        return least;
    }
}
