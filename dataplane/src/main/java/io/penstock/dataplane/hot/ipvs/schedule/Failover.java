package io.penstock.dataplane.hot.ipvs.schedule;

/** {@code fo}: the server with the largest weight. Source: net/netfilter/ipvs/ip_vs_fo.c. Threads: those of {@link Scheduler}. */
public final class Failover extends RosterScheduler {

    /** A scheduler. */
    public Failover(final Roster roster) {
        super(roster);
    }

    @Override
    public int pick(final Flow flow) {
        final Candidate[] servers = servers();
        int heaviest = NONE;
        int largest = 0;
        for (int i = 0; i < servers.length; i++) {
            final int weight = servers[i].weight();
            if (weight > largest && !servers[i].isOverloaded()) {
                heaviest = i;
                largest = weight;
            }
        }
        return heaviest;
    }
}
