package io.penstock.dataplane.hot.ipvs.schedule;

/**
 * {@code twos}: of two servers at random, more probably those of larger weight, the one with the lesser load for its weight.
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_twos.c. As there, both draws are from 0 to the sum of weights, the sum included, so that the first server's part is by one
 * larger than its weight. Threads: those of {@link Scheduler}.
 */
public final class TwoChoices extends RosterScheduler {

    /** A scheduler. */
    public TwoChoices(final Roster roster) {
        super(roster);
    }

    @Override
    public int pick(final Flow flow) {
        final Candidate[] servers = servers();
        long sum = 0;
        int last = NONE;
        for (int i = 0; i < servers.length; i++) {
            if (takes(servers[i])) {
                sum += servers[i].weight();
                last = i;
            }
        }
        if (last == NONE) {
            return NONE;
        }
        final long random = ScheduleHash.mix(flow.random);
        final int first = drawn(servers, below(random, sum + 1), last);
        final int second = drawn(servers, below(random << Integer.SIZE, sum + 1), last);
        return Load.of(servers[first]) * servers[second].weight() > Load.of(servers[second]) * servers[first].weight() ? second : first;
    }

    /** The upper 32 bits of a random number, as a number below a bound. */
    private static long below(final long random, final long bound) {
        return Math.unsignedMultiplyHigh(random & -1L << Integer.SIZE, bound);
    }

    /** The server at which the sum of weights reaches a number. Others may have become unavailable since they were summed up: then the last one. */
    private static int drawn(final Candidate[] servers, final long number, final int last) {
        long left = number;
        for (int i = 0; i < servers.length; i++) {
            if (takes(servers[i])) {
                left -= servers[i].weight();
                if (left <= 0) {
                    return i;
                }
            }
        }
        return last;
    }
}
