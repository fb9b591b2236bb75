package io.penstock.dataplane.hot.ipvs.schedule;

/** {@code wlc}: the server with the least load for its weight. Source: net/netfilter/ipvs/ip_vs_wlc.c. Threads: those of {@link Scheduler}. */
public final class WeightedLeastConnections extends RosterScheduler {

    /** A scheduler. */
    public WeightedLeastConnections(final Roster roster) {
        super(roster);
    }

    @Override
    public int pick(final Flow flow) {
        return Load.least(servers());
    }
}
