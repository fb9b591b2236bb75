package io.penstock.dataplane.hot.ipvs.schedule;

import io.penstock.dataplane.ipvs.model.ServiceSpec;

/**
 * {@code mh}: the kernel's form of {@link Maglev}, with a table of 4,093, by the source address, and with {@code mh-port} the source port. With
 * {@code mh-fallback} who meets a server that takes no new connections hashes again.
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_mh.c. Threads: those of {@link Scheduler}.
 */
public final class MaglevHash extends RosterScheduler {

    /** Entries of the table: the kernel's, as distributions build it (CONFIG_IP_VS_MH_TAB_INDEX 12). */
    public static final int SIZE = 4_093;

    private final int[] table;

    /**
     * A scheduler.
     *
     * @param table of each entry the server's index; empty where there is no server
     */
    public MaglevHash(final Roster roster, final int[] table) {
        super(roster);
        this.table = table;
    }

    @Override
    public int pick(final Flow flow) {
        if (table.length == 0) {
            return NONE;
        }
        final int flags = roster().flags();
        final int client = ScheduleHash.clientPort(flow, flags) + ScheduleHash.client(flow);
        final int hash = entry(client);
        final int index = table[hash];
        if (takes(servers()[index])) {
            return index;
        }
        return (flags & ServiceSpec.SCHEDULER_1) == 0 ? NONE : fallBack(client, hash);
    }

    private int fallBack(final int client, final int hash) {
        final Candidate[] servers = servers();
        if (!anyTakes()) {
            return NONE;
        }
        for (int i = 0; i < SIZE; i++) {
            final int index = table[entry(client + (hash + i) % SIZE)];
            if (takes(servers[index])) {
                return index;
            }
        }
        return NONE;
    }

    private static int entry(final int value) {
        return Integer.remainderUnsigned(ScheduleHash.sip(value, ScheduleHash.MH_KEY_1), SIZE);
    }
}
