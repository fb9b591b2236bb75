package io.penstock.dataplane.hot.ipvs.schedule;

/**
 * {@code lblcr}: a destination address has a set of servers. The one of them with the least load for its weight is chosen, as long as it is not overburdened while
 * another one has hardly anything to do; else the one with the least load of all, which comes into the set. From a set that has not changed for long, the one
 * with the most load leaves.
 *
 * <p>Differs from Linux: a set has room for 16 servers; of more the one that was first leaves. A server that has left the service leaves its sets before any
 * other. Source: net/netfilter/ipvs/ip_vs_lblcr.c; {@link AddressCache} says what else differs. Threads: those of {@link Scheduler}.
 */
public final class LocalityReplication extends RosterScheduler {

    /** Servers of a destination. Lower sends less of what is wanted by many to all servers; higher takes 128 KiB for each, in each service. */
    private static final int WIDTH = 16;

    private final SchedulerSettings settings;
    private final AddressCache cache;
    private final ServerIds ids;

    /**
     * A scheduler.
     *
     * @param before whose memory it takes over, or null
     */
    public LocalityReplication(final Roster roster, final SchedulerSettings settings, final LocalityReplication before) {
        super(roster);
        this.settings = settings;
        cache = before == null ? new AddressCache(WIDTH) : before.cache;
        ids = new ServerIds(roster, cache, before == null ? null : before.roster(), before == null ? null : before.ids);
    }

    @Override
    public int pick(final Flow flow) {
        final Candidate[] servers = servers();
        final int set = AddressCache.set(flow.destinationHigh, flow.destinationLow);
        final long expirationNs = settings.lblcrExpirationNs();
        final int cached = cached(set, flow, expirationNs);
        if (cached >= 0 && !Load.isSpareElsewhere(servers[cached], servers)) {
            return cached;
        }
        final int chosen = Load.least(servers);
        if (chosen != NONE && cache.beginWrite(set)) {
            remember(set, flow, chosen, expirationNs);
            cache.endWrite(set);
        }
        return chosen;
    }

    private int cached(final int set, final Flow flow, final long expirationNs) {
        for (int i = 0; i < AddressCache.TRIES; i++) {
            final int sequence = cache.beginRead(set);
            if (sequence != AddressCache.BUSY) {
                final int entry = cache.find(set, flow.destinationHigh, flow.destinationLow, flow.nowNs, expirationNs);
                final int least = entry == AddressCache.ABSENT ? NONE : least(entry);
                final boolean isOld = entry != AddressCache.ABSENT && isOld(entry, flow.nowNs, expirationNs);
                if (cache.hasRead(set, sequence)) {
                    if (entry != AddressCache.ABSENT) {
                        cache.touch(entry, flow.nowNs);
                    }
                    if (isOld) {
                        shrink(set, flow, expirationNs);
                    }
                    return least;
                }
            }
            Thread.onSpinWait();
        }
        return NONE;
    }

    private boolean isOld(final int entry, final long nowNs, final long expirationNs) {
        return cache.id(entry, 1) != 0 && nowNs - cache.changedNs(entry) > expirationNs;
    }

    private int least(final int entry) {
        final Candidate[] servers = servers();
        int least = NONE;
        int leastWeight = 0;
        long leastLoad = 0;
        for (int i = 0; cache.id(entry, i) != 0; i++) {
            final int index = ids.index(cache.id(entry, i));
            if (index == NONE || !takes(servers[index]) || !servers[index].isAvailable()) {
                continue;
            }
            final int weight = servers[index].weight();
            final long load = Load.of(servers[index]);
            if (least == NONE || leastLoad * weight > load * leastWeight) {
                least = index;
                leastWeight = weight;
                leastLoad = load;
            }
        }
        return least;
    }

    private void remember(final int set, final Flow flow, final int chosen, final long expirationNs) {
        final int entry = cache.find(set, flow.destinationHigh, flow.destinationLow, flow.nowNs, expirationNs);
        final int id = ids.id(chosen);
        if (entry == AddressCache.ABSENT) {
            cache.put(set, flow.destinationHigh, flow.destinationLow, id, flow.nowNs);
            return;
        }
        int count = 0;
        while (cache.id(entry, count) != 0) {
            if (cache.id(entry, count) == id) {
                return;
            }
            count++;
        }
        if (count == WIDTH) {
            final int left = firstThatLeft(entry);
            if (left != NONE) {
                cache.remove(entry, left, flow.nowNs);
            }
        }
        cache.add(entry, id, flow.nowNs);
    }

    /** What {@link #cached} saw may have changed since. */
    private void shrink(final int set, final Flow flow, final long expirationNs) {
        if (!cache.beginWrite(set)) {
            return;
        }
        final int entry = cache.find(set, flow.destinationHigh, flow.destinationLow, flow.nowNs, expirationNs);
        if (entry != AddressCache.ABSENT && isOld(entry, flow.nowNs, expirationNs)) {
            final int left = firstThatLeft(entry);
            final int most = left == NONE ? most(entry) : left;
            if (most != NONE) {
                cache.remove(entry, most, flow.nowNs);
            }
        }
        cache.endWrite(set);
    }

    private int firstThatLeft(final int entry) {
        for (int i = 0; cache.id(entry, i) != 0; i++) {
            if (ids.index(cache.id(entry, i)) == NONE) {
                return i;
            }
        }
        return NONE;
    }

    private int most(final int entry) {
        int most = NONE;
        int mostWeight = 0;
        long mostLoad = 0;
        for (int i = 0; cache.id(entry, i) != 0; i++) {
            final Candidate server = servers()[ids.index(cache.id(entry, i))];
            final int weight = server.weight();
            if (weight <= 0) {
                continue;
            }
            final long load = Load.of(server);
            if (most == NONE || mostLoad * weight < load * mostWeight) {
                most = i;
                mostWeight = weight;
                mostLoad = load;
            }
        }
        return most;
    }
}
