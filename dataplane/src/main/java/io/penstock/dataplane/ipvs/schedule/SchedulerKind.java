package io.penstock.dataplane.ipvs.schedule;

import io.penstock.dataplane.hot.ipvs.schedule.Candidate;
import io.penstock.dataplane.hot.ipvs.schedule.DestinationHash;
import io.penstock.dataplane.hot.ipvs.schedule.Failover;
import io.penstock.dataplane.hot.ipvs.schedule.LeastConnections;
import io.penstock.dataplane.hot.ipvs.schedule.LocalityCache;
import io.penstock.dataplane.hot.ipvs.schedule.LocalityReplication;
import io.penstock.dataplane.hot.ipvs.schedule.Maglev;
import io.penstock.dataplane.hot.ipvs.schedule.MaglevHash;
import io.penstock.dataplane.hot.ipvs.schedule.Overflow;
import io.penstock.dataplane.hot.ipvs.schedule.Roster;
import io.penstock.dataplane.hot.ipvs.schedule.RosterScheduler;
import io.penstock.dataplane.hot.ipvs.schedule.RoundRobin;
import io.penstock.dataplane.hot.ipvs.schedule.Scheduler;
import io.penstock.dataplane.hot.ipvs.schedule.SchedulerSettings;
import io.penstock.dataplane.hot.ipvs.schedule.ShortestDelay;
import io.penstock.dataplane.hot.ipvs.schedule.SourceHash;
import io.penstock.dataplane.hot.ipvs.schedule.TwoChoices;
import io.penstock.dataplane.hot.ipvs.schedule.WeightedLeastConnections;
import io.penstock.dataplane.hot.ipvs.schedule.WeightedRoundRobin;
import java.util.List;
import java.util.stream.Stream;

/**
 * The schedulers: the kernel's fourteen, and {@code maglev}.
 *
 * <p>A service's scheduler is made anew at each change of its servers, their weights or its flags, from the one before it. What that one has remembered goes on
 * when it was of the same kind: whose turn it is ({@code rr}), the level ({@code wrr}), which servers destinations have had ({@code lblc}, {@code lblcr}).
 * What a server weighed before it was quiesced ({@code mh}) goes on over all kinds.
 *
 * <p>Threads: control.
 */
public enum SchedulerKind {
    /** Each server in turn. */
    ROUND_ROBIN("rr"),
    /** Each server in turn, those of larger weight oftener. */
    WEIGHTED_ROUND_ROBIN("wrr"),
    /** The server with the fewest connections. */
    LEAST_CONNECTIONS("lc"),
    /** The server with the fewest connections for its weight. */
    WEIGHTED_LEAST_CONNECTIONS("wlc"),
    /** The server with the largest weight. */
    FAILOVER("fo"),
    /** The server with the largest weight that has no more active connections than that. */
    OVERFLOW("ovf"),
    /** The server that the destination address has had. */
    LOCALITY_CACHE("lblc"),
    /** One of the servers that the destination address has had. */
    LOCALITY_REPLICATION("lblcr"),
    /** By the destination address. */
    DESTINATION_HASH("dh"),
    /** By the source address. */
    SOURCE_HASH("sh"),
    /** By the source address, from a table that changes little. */
    MAGLEV_HASH("mh"),
    /** The server with the shortest expected delay. */
    SHORTEST_DELAY("sed"),
    /** A server that has nothing to do, or else the one with the shortest expected delay. */
    NEVER_QUEUE("nq"),
    /** Of two at random, the one with fewer connections. */
    TWO_CHOICES("twos"),
    /** By addresses, ports and protocol, from a table that changes little. */
    MAGLEV("maglev");

    private static final List<String> NAMES = Stream.of(values()).map(SchedulerKind::text).toList();

    private final String text;

    SchedulerKind(final String text) {
        this.text = text;
    }

    /** The scheduler of a name, or null. */
    public static SchedulerKind of(final String name) {
        final int index = NAMES.indexOf(name);
        return index < 0 ? null : values()[index];
    }

    /** The names of all. */
    public static List<String> names() {
        return NAMES;
    }

    /** Its name, as ipvsadm has it. */
    public String text() {
        return text;
    }

    /** {@link #make(Candidate[], int, Scheduler, SchedulerSettings)} with settings at their defaults. */
    public Scheduler make(final Candidate[] servers, final int flags, final Scheduler before) {
        return make(servers, flags, before, new SchedulerSettings());
    }

    /**
     * A scheduler.
     *
     * @param servers  in the order in which the kernel goes through them: the one that was added last comes first
     * @param flags    the service's
     * @param before   the service's scheduler so far, of any kind, or null
     * @param settings the namespace's; the scheduler keeps them
     */
    public Scheduler make(final Candidate[] servers, final int flags, final Scheduler before, final SchedulerSettings settings) {
        final Roster roster = new Roster(servers, flags, before instanceof final RosterScheduler old ? old.roster() : null);
        return switch (this) {
            case ROUND_ROBIN -> new RoundRobin(roster, before instanceof final RoundRobin old ? old : null);
            case WEIGHTED_ROUND_ROBIN -> new WeightedRoundRobin(roster, before instanceof final WeightedRoundRobin old ? old : null);
            case LEAST_CONNECTIONS -> new LeastConnections(roster);
            case WEIGHTED_LEAST_CONNECTIONS -> new WeightedLeastConnections(roster);
            case FAILOVER -> new Failover(roster);
            case OVERFLOW -> new Overflow(roster);
            case LOCALITY_CACHE -> new LocalityCache(roster, settings, before instanceof final LocalityCache old ? old : null);
            case LOCALITY_REPLICATION -> new LocalityReplication(roster, settings, before instanceof final LocalityReplication old ? old : null);
            case DESTINATION_HASH -> new DestinationHash(roster);
            case SOURCE_HASH -> new SourceHash(roster, SourceTable.fill(roster));
            case MAGLEV_HASH -> new MaglevHash(roster, MaglevTables.fillAsKernel(roster));
            case SHORTEST_DELAY -> new ShortestDelay(roster, false);
            case NEVER_QUEUE -> new ShortestDelay(roster, true);
            case TWO_CHOICES -> new TwoChoices(roster);
            case MAGLEV -> new Maglev(roster, MaglevTables.fill(roster, settings.maglevTable()));
        };
    }
}
