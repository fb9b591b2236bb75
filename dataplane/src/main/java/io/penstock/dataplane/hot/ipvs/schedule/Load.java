package io.penstock.dataplane.hot.ipvs.schedule;

/**
 * How much servers have to do, and who has least to do for its weight. Loads are compared by cross multiplication, without division or fractions.
 *
 * <p>Differs from Linux: 64 bits, where the kernel's load overflows at 8 million connections.
 *
 * <p>Source: include/net/ip_vs.h ip_vs_dest_conn_overhead; net/netfilter/ipvs/ip_vs_wlc.c. Threads: any; stateless.
 */
final class Load {

    /** What an active connection is taken for, beside being a connection. Unit: connections */
    private static final int ACTIVE_SHIFT = 8;

    private Load() {
    }

    /** An active connection is 257, another one 1. */
    static long of(final Candidate server) {
        final long active = server.active();
        return (active << ACTIVE_SHIFT) + active + server.inactive();
    }

    /** The index of the server with the least load for its weight, the first one of several; or {@link Scheduler#NONE}. */
    static int least(final Candidate[] servers) {
        int least = Scheduler.NONE;
        int leastWeight = 0;
        long leastLoad = 0;
        for (int i = 0; i < servers.length; i++) {
            final Candidate server = servers[i];
            final int weight = server.weight();
            if (weight <= 0 || server.isOverloaded()) {
                continue;
            }
            final long load = of(server);
            if (least == Scheduler.NONE || leastLoad * weight > load * leastWeight) {
                least = i;
                leastWeight = weight;
                leastLoad = load;
            }
        }
        return least;
    }

    /** Whether a server has more active connections than its weight, and another one less than half of its weight. */
    static boolean isSpareElsewhere(final Candidate server, final Candidate[] servers) {
        if (server.active() <= server.weight()) {
            return false;
        }
        for (final Candidate other : servers) {
            if (other.active() * 2 < other.weight()) {
                return true;
            }
        }
        return false;
    }
}
