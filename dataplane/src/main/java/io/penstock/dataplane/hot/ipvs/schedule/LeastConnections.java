package io.penstock.dataplane.hot.ipvs.schedule;

/** {@code lc}: the server with the least load. Source: net/netfilter/ipvs/ip_vs_lc.c. Threads: those of {@link Scheduler}. */
public final class LeastConnections extends RosterScheduler {

    /** A scheduler. */
    public LeastConnections(final Roster roster) {
        super(roster);
    }

    @Override
    public int pick(final Flow flow) {
        final Candidate[] servers = servers();
        int least = NONE;
        long leastLoad = 0;
        for (int i = 0; i < servers.length; i++) {
            if (takes(servers[i])) {
                final long load = Load.of(servers[i]);
                if (least == NONE || load < leastLoad) {
                    least = i;
                    leastLoad = load;
                }
            }
        }
        return least;
    }
}
