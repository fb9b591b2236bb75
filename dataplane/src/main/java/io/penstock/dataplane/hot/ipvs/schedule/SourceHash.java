package io.penstock.dataplane.hot.ipvs.schedule;

import io.penstock.dataplane.ipvs.model.ServiceSpec;

/**
 * {@code sh}: by the source address, and with {@code sh-port} the source port. With {@code sh-fallback} who meets a server that takes no new connections looks
 * further on in the table.
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_sh.c. Threads: those of {@link Scheduler}.
 */
public final class SourceHash extends RosterScheduler {

    /** The table's size is 2 to the power of this, as in the kernel. */
    public static final int BITS = 8;

    private static final int MASK = (1 << BITS) - 1;

    private final int[] table;

    /**
     * A scheduler.
     *
     * @param table of each bucket the server's index; empty where there is no server
     */
    public SourceHash(final Roster roster, final int[] table) {
        super(roster);
        this.table = table;
    }

    @Override
    public int pick(final Flow flow) {
        if (table.length == 0) {
            return NONE;
        }
        final int flags = roster().flags();
        final int hash = ScheduleHash.golden(ScheduleHash.clientPort(flow, flags) + ScheduleHash.client(flow), BITS);
        final int index = table[hash];
        if (takes(servers()[index])) {
            return index;
        }
        return (flags & ServiceSpec.SCHEDULER_1) == 0 ? NONE : fallBack(hash);
    }

    private int fallBack(final int hash) {
        final Candidate[] servers = servers();
        for (int i = 0; i <= MASK; i++) {
            // The kernel adds the hash to itself: where it begins is far from where it was.
            final int index = table[hash + hash + i & MASK];
            if (takes(servers[index])) {
                return index;
            }
        }
        return NONE;
    }
}
