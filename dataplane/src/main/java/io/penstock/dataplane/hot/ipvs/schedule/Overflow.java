package io.penstock.dataplane.hot.ipvs.schedule;

/**
 * {@code ovf}: the server with the largest weight among those that have no more active connections than that.
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_ovf.c. Threads: those of {@link Scheduler}.
 */
public final class Overflow extends RosterScheduler {

    /** A scheduler. */
    public Overflow(final Roster roster) {
        super(roster);
    }

    @Override
    public int pick(final Flow flow) {
        final Candidate[] servers = servers();
        int heaviest = NONE;
        int largest = 0;
        for (int i = 0; i < servers.length; i++) {
            final int weight = servers[i].weight();
            if (weight > largest && !servers[i].isOverloaded() && servers[i].active() <= weight) {
                heaviest = i;
                largest = weight;
            }
        }
        return heaviest;
    }
}
