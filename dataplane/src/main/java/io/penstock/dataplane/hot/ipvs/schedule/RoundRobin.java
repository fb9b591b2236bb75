package io.penstock.dataplane.hot.ipvs.schedule;

/**
 * {@code rr}: each server in turn. Where a server leaves, the turn goes back to the one before it; nothing else that changes moves it.
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_rr.c. Threads: those of {@link Scheduler}.
 */
public final class RoundRobin extends RosterScheduler {

    /** The index of the server that was chosen last; -1 in front of the first. */
    private final Place place;

    /**
     * A scheduler.
     *
     * @param before whose turn it takes over, or null
     */
    public RoundRobin(final Roster roster, final RoundRobin before) {
        super(roster);
        place = new Place(before == null ? -1 : before.placeIn(roster));
    }

    private int placeIn(final Roster next) {
        int old = (int) place.load();
        while (old >= 0 && next.indexOf(servers()[old]) == NONE) {
            old--;
        }
        return old < 0 ? -1 : next.indexOf(servers()[old]);
    }

    @Override
    public int pick(final Flow flow) {
        int chosen = NONE;
        for (int i = 0; i < Place.TRIES; i++) {
            final long last = place.load();
            chosen = after((int) last);
            if (chosen == NONE || place.move(last, chosen)) {
                return chosen;
            }
            Thread.onSpinWait();
        }
        return chosen;
    }

    private int after(final int last) {
        final Candidate[] servers = servers();
        for (int i = last + 1; i < servers.length; i++) {
            if (takes(servers[i])) {
                return i;
            }
        }
        for (int i = 0; i <= last; i++) {
            if (takes(servers[i])) {
                return i;
            }
        }
        return NONE;
    }
}
