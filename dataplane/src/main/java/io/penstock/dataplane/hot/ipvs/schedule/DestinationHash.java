package io.penstock.dataplane.hot.ipvs.schedule;

/**
 * {@code dh}: by the destination address. The kernel's 256 buckets have servers in turn, from the first: which one a bucket has is a remainder.
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_dh.c. Threads: those of {@link Scheduler}.
 */
public final class DestinationHash extends RosterScheduler {

    private static final int BITS = 8;

    /** A scheduler. */
    public DestinationHash(final Roster roster) {
        super(roster);
    }

    @Override
    public int pick(final Flow flow) {
        final Candidate[] servers = servers();
        if (servers.length == 0) {
            return NONE;
        }
        final int index = ScheduleHash.golden(ScheduleHash.fold(flow.destinationHigh, flow.destinationLow), BITS) % servers.length;
        return takes(servers[index]) && servers[index].isAvailable() ? index : NONE;
    }
}
