package io.penstock.dataplane.hot.ipvs.schedule;

/**
 * {@code lblc}: the server that the destination address has had, as long as it takes new connections and is not overburdened while another one has hardly
 * anything to do; else the one with the least load for its weight, which is remembered.
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_lblc.c; {@link AddressCache} says what differs. Threads: those of {@link Scheduler}.
 */
public final class LocalityCache extends RosterScheduler {

    private final SchedulerSettings settings;
    private final AddressCache cache;
    private final ServerIds ids;

    /**
     * A scheduler.
     *
     * @param before whose memory it takes over, or null
     */
    public LocalityCache(final Roster roster, final SchedulerSettings settings, final LocalityCache before) {
        super(roster);
        this.settings = settings;
        cache = before == null ? new AddressCache(1) : before.cache;
        ids = new ServerIds(roster, cache, before == null ? null : before.roster(), before == null ? null : before.ids);
    }

    @Override
    public int pick(final Flow flow) {
        final Candidate[] servers = servers();
        final int set = AddressCache.set(flow.destinationHigh, flow.destinationLow);
        final int cached = cached(set, flow);
        if (cached != NONE) {
            final Candidate server = servers[cached];
            if (server.isAvailable() && server.weight() > 0 && !Load.isSpareElsewhere(server, servers)) {
                return cached;
            }
        }
        final int chosen = Load.least(servers);
        if (chosen != NONE && chosen != cached && cache.beginWrite(set)) {
            cache.put(set, flow.destinationHigh, flow.destinationLow, ids.id(chosen), flow.nowNs);
            cache.endWrite(set);
        }
        return chosen;
    }

    private int cached(final int set, final Flow flow) {
        for (int i = 0; i < AddressCache.TRIES; i++) {
            final int sequence = cache.beginRead(set);
            if (sequence != AddressCache.BUSY) {
                final int entry = cache.find(set, flow.destinationHigh, flow.destinationLow, flow.nowNs, settings.lblcExpirationNs());
                final int id = entry == AddressCache.ABSENT ? 0 : cache.id(entry, 0);
                if (cache.hasRead(set, sequence)) {
                    if (id == 0) {
                        return NONE;
                    }
                    cache.touch(entry, flow.nowNs);
                    return ids.index(id);
                }
            }
            Thread.onSpinWait();
        }
        return NONE;
    }
}
