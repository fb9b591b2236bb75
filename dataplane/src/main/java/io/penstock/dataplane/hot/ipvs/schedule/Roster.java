package io.penstock.dataplane.hot.ipvs.schedule;

/**
 * The servers of a service as a scheduler was made for them: who they are, in the kernel's order, and what their weights were then.
 *
 * <p>The kernel's order is the reverse of that in which servers were added: each goes to the list's head, and a server whose weight changes keeps its
 * place. A server that has weight 0 by now still has the weight it had before, by which {@code mh} keeps its part of the table.
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_ctl.c __ip_vs_update_dest (list_add_rcu; last_weight). Threads: made by control; any read.
 */
public final class Roster {

    private final Candidate[] servers;
    private final int[] weights;
    private final int[] lastWeights;
    private final int flags;

    /**
     * A roster.
     *
     * @param servers in the kernel's order
     * @param flags   the service's
     * @param before  that of the service's scheduler so far, or null
     */
    public Roster(final Candidate[] servers, final int flags, final Roster before) {
        this.servers = servers.clone();
        this.flags = flags;
        weights = new int[servers.length];
        lastWeights = new int[servers.length];
        for (int i = 0; i < servers.length; i++) {
            weights[i] = Math.max(servers[i].weight(), 0);
            final int old = weights[i] != 0 || before == null ? Scheduler.NONE : before.indexOf(servers[i]);
            lastWeights[i] = old == Scheduler.NONE ? weights[i] : before.lastWeights[old];
        }
    }

    /** The servers; nobody changes the array. */
    public Candidate[] servers() {
        return servers;
    }

    /** The service's flags. */
    public int flags() {
        return flags;
    }

    /** A server's weight when the roster was made. */
    public int weight(final int index) {
        return weights[index];
    }

    /** The last weight above 0 that is known of a server, or 0. */
    public int lastWeight(final int index) {
        return lastWeights[index];
    }

    /** Where a server is, or {@link Scheduler#NONE}. */
    public int indexOf(final Candidate server) {
        for (int i = 0; i < servers.length; i++) {
            if (servers[i] == server) {
                return i;
            }
        }
        return Scheduler.NONE;
    }

    /** Whether these are the same servers in the same order with the same weights: if anything has changed, it is the service. */
    boolean hasSameServers(final Roster other) {
        if (servers.length != other.servers.length) {
            return false;
        }
        for (int i = 0; i < servers.length; i++) {
            if (servers[i] != other.servers[i] || weights[i] != other.weights[i]) {
                return false;
            }
        }
        return true;
    }
}
