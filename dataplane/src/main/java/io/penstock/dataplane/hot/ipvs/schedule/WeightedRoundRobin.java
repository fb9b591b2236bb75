package io.penstock.dataplane.hot.ipvs.schedule;

/**
 * {@code wrr}: rounds over all servers at a level that sinks from the largest weight by their greatest common divisor; who weighs at least as much as the
 * level is chosen. Levels are one more than a multiple of the divisor, so that the lowest, 1, also finds a server whose weight has sunk meanwhile.
 *
 * <p>A change of servers or weights begins a round, at the level that was reached.
 *
 * <p>Differs from Linux: levels at which nobody can be chosen are skipped in one step, not gone through. The choice is the same.
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_wrr.c. Threads: those of {@link Scheduler}.
 */
public final class WeightedRoundRobin extends RosterScheduler {

    /** In {@link #next}: nobody can be chosen. */
    private static final long FAILED = Long.MIN_VALUE;

    private final int step;
    private final int top;
    /** The index of the server that was chosen last plus 1, 0 in front of the first; lower half: the level. */
    private final Place place;

    /**
     * A scheduler.
     *
     * @param before whose level it takes over, or null
     */
    public WeightedRoundRobin(final Roster roster, final WeightedRoundRobin before) {
        super(roster);
        int divisor = 0;
        int largest = 0;
        for (int i = 0; i < roster.servers().length; i++) {
            divisor = gcd(divisor, roster.weight(i));
            largest = Math.max(largest, roster.weight(i));
        }
        step = Math.max(divisor, 1);
        top = largest - (step - 1);
        place = new Place(before == null ? pack(-1, top) : before.placeIn(roster));
    }

    private static int gcd(final int a, final int b) {
        int greater = a;
        int less = b;
        while (less != 0) {
            final int rest = greater % less;
            greater = less;
            less = rest;
        }
        return greater;
    }

    /** The kernel changes the level with each server that comes: several that came together do so one after another, the one that is last in the order first. */
    private long placeIn(final Roster next) {
        final long at = place.load();
        if (roster().hasSameServers(next) && roster().flags() != next.flags()) {
            return at;
        }
        final Candidate[] servers = next.servers();
        int divisor = 0;
        int largest = 0;
        int known = 0;
        boolean isChanged = false;
        for (int i = 0; i < servers.length; i++) {
            final int old = roster().indexOf(servers[i]);
            if (old != NONE) {
                known++;
                isChanged |= next.weight(i) != roster().weight(old);
                divisor = gcd(divisor, next.weight(i));
                largest = Math.max(largest, next.weight(i));
            }
        }
        int level = level(at);
        if (isChanged || known < servers().length || known == servers.length) {
            level = levelAt(level, divisor, largest);
        }
        for (int i = servers.length - 1; i >= 0 && known < servers.length; i--) {
            if (roster().indexOf(servers[i]) == NONE) {
                divisor = gcd(divisor, next.weight(i));
                largest = Math.max(largest, next.weight(i));
                level = levelAt(level, divisor, largest);
            }
        }
        return pack(-1, level);
    }

    /** The level when weights have become such that this is their divisor, and this the largest. */
    private static int levelAt(final int level, final int divisor, final int largest) {
        final int step = Math.max(divisor, 1);
        final int top = largest - (step - 1);
        if (level > top || level == 0) {
            return top;
        }
        return step > 1 ? level / step * step + 1 : level;
    }

    @Override
    public int pick(final Flow flow) {
        if (top == 0) {
            return NONE;
        }
        int chosen = NONE;
        for (int i = 0; i < Place.TRIES; i++) {
            final long at = place.load();
            final long next = next(at);
            chosen = next < 0 ? NONE : index(next);
            if (place.move(at, next & ~FAILED)) {
                return chosen;
            }
            Thread.onSpinWait();
        }
        return chosen;
    }

    private long next(final long at) {
        final int level = level(at);
        final int inThisRound = first(index(at) + 1, level);
        return inThisRound == NONE ? nextRound(index(at), level) : pack(inThisRound, level);
    }

    private long nextRound(final int last, final int level) {
        final int largest = largest();
        if (largest > 0) {
            int lower = level > step ? level - step : top;
            if (lower > largest) {
                lower -= Math.ceilDiv(lower - largest, step) * step;
            }
            final int chosen = first(0, lower);
            if (chosen != NONE) {
                return pack(chosen, lower);
            }
        }
        // Where the kernel stands when it gives up: behind the same server if it had gone on from there at the lowest level.
        return FAILED | (last >= 0 && level <= step ? pack(last, (top - 1) % step + 1) : pack(-1, top));
    }

    private int first(final int from, final int level) {
        final Candidate[] servers = servers();
        for (int i = from; i < servers.length; i++) {
            if (!servers[i].isOverloaded() && servers[i].weight() >= level) {
                return i;
            }
        }
        return NONE;
    }

    private int largest() {
        int largest = 0;
        for (final Candidate server : servers()) {
            if (!server.isOverloaded()) {
                largest = Math.max(largest, server.weight());
            }
        }
        return largest;
    }

    private static long pack(final int index, final int level) {
        return (long) (index + 1) << Integer.SIZE | level;
    }

    private static int index(final long at) {
        return (int) (at >>> Integer.SIZE) - 1;
    }

    private static int level(final long at) {
        return (int) at;
    }
}
