package io.penstock.dataplane.ipvs.schedule;

import io.penstock.dataplane.hot.ipvs.schedule.Roster;
import io.penstock.dataplane.hot.ipvs.schedule.SourceHash;

/**
 * The table of {@code sh}: servers in turn, each as many buckets as its weight, but at least one, even when it takes no new connections.
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_sh.c ip_vs_sh_reassign. Threads: any; stateless.
 */
final class SourceTable {

    private SourceTable() {
    }

    /** Of each bucket the server's index; empty where there is no server. */
    static int[] fill(final Roster roster) {
        final int count = roster.servers().length;
        final int[] table = new int[count == 0 ? 0 : 1 << SourceHash.BITS];
        int server = 0;
        int filled = 0;
        for (int i = 0; i < table.length; i++) {
            table[i] = server;
            if (++filled >= roster.weight(server)) {
                server = (server + 1) % count;
                filled = 0;
            }
        }
        return table;
    }
}
