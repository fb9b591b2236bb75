package io.penstock.dataplane.hot.ipvs.schedule;

/** A scheduler with its roster, from which the next one of the service is made. Threads: those of {@link Scheduler}. */
public abstract class RosterScheduler extends Scheduler {

    private final Roster roster;

    /** A scheduler for these servers. */
    RosterScheduler(final Roster roster) {
        this.roster = roster;
    }

    /** What it was made for. */
    public final Roster roster() {
        return roster;
    }

    @Override
    public final Candidate[] servers() {
        return roster.servers();
    }

    /** Whether a new connection may go to a server, as most schedulers see it. */
    static boolean takes(final Candidate server) {
        return !server.isOverloaded() && server.weight() > 0;
    }

    /** Whether any server takes new connections: asked before a table is gone through for one, as long as the whole service is down. */
    final boolean anyTakes() {
        for (final Candidate server : servers()) {
            if (takes(server)) {
                return true;
            }
        }
        return false;
    }
}
