package io.penstock.dataplane.judge;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.hot.fib.Fib;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.Outcome;
import io.penstock.dataplane.hot.pipeline.PortTable;
import io.penstock.dataplane.log.PacketLog;
import io.penstock.dataplane.program.ProgramKind;
import io.penstock.dataplane.replay.OfflineEngine;
import io.penstock.dataplane.rules.RuleTables;
import io.penstock.os.sys.MappedMemory;
import io.penstock.rules.api.IpFamily;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Penstock as a router: the engine of {@code replay}, one packet at a time.
 *
 * <p>Threads: one.
 */
final class PenstockRouter implements AutoCloseable {

    /** Bytes of a frame: the longest packet and what is in front of it. */
    private static final int FRAME_BYTES = 1 << 17;

    /** Frames beyond those that can be parked: as many as the longest packet makes fragments. */
    private static final int FRAMES = Lane.PARKING_PLACES + 2048;

    private final OfflineEngine engine;
    private final TierTables tables;
    private final RouterConnections connections;
    private final MemoryEnd[] ports;
    private final Batch batch = new Batch();
    private final PacketLog log;
    private final List<Logged> logged = new ArrayList<>();
    /** The number of the packet whose lines are being written. */
    private int writing;
    private List<Reaction.Sent> sent = List.of();
    private List<byte[]> delivered = List.of();
    private int outcome;

    /** A router whose packets go through the program that is generated for the configuration. */
    PenstockRouter(final Configuration configuration) {
        this(configuration, ProgramKind.COMPILED);
    }

    /** A router whose packets go through a program of a kind, and rules that run as a user's do. */
    PenstockRouter(final Configuration configuration, final ProgramKind program) {
        this(configuration, program, null);
    }

    /** A router whose rules run in a way of their own; null for a user's. */
    PenstockRouter(final Configuration configuration, final ProgramKind program, final RuleTier tier) {
        this(configuration, program, tier, TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()));
    }

    /** The same; timeouts of sets count from a time, in nanoseconds since 1970. */
    PenstockRouter(final Configuration configuration, final ProgramKind program, final RuleTier tier, final long startNs) {
        engine = new OfflineEngine(tier == null ? configuration : configuration.withRules(null, null, null), FRAME_BYTES, FRAMES,
                MappedMemory.Pages.NORMAL, program, startNs);
        try {
            tables = tier == null ? null : new TierTables(engine, configuration, tier);
        } catch (final RuntimeException e) {
            engine.close();
            throw e;
        }
        connections = new RouterConnections(tables(), engine.lane());
        engine.resolveAtOnce();
        ports = new MemoryEnd[configuration.ports().size()];
        for (int i = 0; i < ports.length; i++) {
            final int port = i;
            ports[i] = new MemoryEnd(engine.frames(), engine.mac(i), packet -> left(port, packet));
            engine.port(i, ports[i]);
            // Packets are as they come from a wire: a checksum that looks begun is one that is wrong.
            engine.lane().ports.set(i, PortTable.PARTIAL_CHECKSUMS, false);
        }
        log = PacketLog.to(List.of(engine.lane().packetLog), (level, line) -> logged.add(new Logged(writing, level, line)));
        engine.lane().local(new MemoryEnd(engine.frames(), 0, this::reachedHost));
        engine.lane().observeUnparked((b, slot) -> outcome = b.outcome[slot]);
    }

    /** When packets of these times begin. */
    static long startNs(final long... times) {
        return times.length == 0 ? 0 : times[0];
    }

    /** Makes other choices among the ways of multipath routes: the same ones for the same number. */
    void choose(final long seed) {
        engine.settings().multipathSeed = seed;
    }

    /** What a port's Ethernet address would be. */
    long mac(final int port) {
        return engine.mac(port);
    }

    /** True when the way to an IPv4 source leads by a port. */
    boolean isReachedBy(final int port, final int source) {
        return (engine.lane().fib.reverse4(source, port) & Fib.REVERSE_PORT) != 0;
    }

    /**
     * What the engine does with each packet.
     *
     * @param times when each comes, in nanoseconds since 1970
     */
    List<Reaction> run(final List<Arrival> arrivals, final long... times) {
        return run(arrivals, List.of(), times);
    }

    /**
     * The same.
     *
     * @param others what another router did with each, whose ports of translated connections are taken where they are free; empty for none
     */
    List<Reaction> run(final List<Arrival> arrivals, final List<Reaction> others, final long... times) {
        final List<Reaction> reactions = new ArrayList<>(arrivals.size());
        links(arrivals);
        for (final Arrival arrival : arrivals) {
            if (!others.isEmpty()) {
                connections.choose(arrival, others.get(reactions.size()));
            }
            reactions.add(run(arrival, times[reactions.size()]));
            drain(reactions.size());
        }
        return reactions;
    }

    /** What the engine does with packets in batches, as many in one as come by one port in a row, without a pause: by batch. */
    List<Reaction> runInBatches(final List<Arrival> arrivals, final long... times) {
        final List<Reaction> reactions = new ArrayList<>();
        links(arrivals);
        for (int first = 0; first < arrivals.size(); ) {
            final int port = arrivals.get(first).port();
            final int behind = batchEnd(arrivals, first);
            arrivals.subList(first, behind).forEach(ports[port]::offer);
            reactions.add(run(port, behind - first, times[first]));
            drain(behind);
            first = behind;
        }
        return reactions;
    }

    /** When packets come that {@link #runInBatches} is given: each with the first of its batch. */
    static long[] batchTimes(final List<Arrival> arrivals, final long... times) {
        final long[] together = times.clone();
        for (int first = 0; first < arrivals.size(); ) {
            final int behind = batchEnd(arrivals, first);
            Arrays.fill(together, first, behind, times[first]);
            first = behind;
        }
        return together;
    }

    private static int batchEnd(final List<Arrival> arrivals, final int first) {
        int behind = first + 1;
        while (behind < arrivals.size() && behind - first < Batch.CAPACITY && arrivals.get(behind).port() == arrivals.get(first).port()
                && arrivals.get(behind).pauseMs() == 0) {
            behind++;
        }
        return behind;
    }

    /** Connections, in the words of the kernel's tools. */
    RouterConnections connections() {
        return connections;
    }

    /** Its tables of rules, and its sets. */
    RuleTables tables() {
        return tables == null ? engine.tables().rules() : tables.tables();
    }

    /** Time has passed without packets. Unit: ns since 1970. */
    void at(final long nowNs) {
        engine.settle(nowNs);
    }

    /** What rules have logged, in order. */
    List<Logged> logged() {
        return logged;
    }

    /** The engine's counters, without zeros: {@code drop.} before reasons. */
    Map<String, Long> counters() {
        final Map<String, Long> counters = new TreeMap<>();
        final var lane = engine.lane().counters;
        put(counters, "forwarded", lane.forwarded);
        put(counters, "delivered", lane.delivered);
        put(counters, "fragmented", lane.fragmented);
        put(counters, "originated", lane.originated);
        put(counters, "unaccounted", lane.unaccounted());
        for (int i = 0; i < lane.dropped.length; i++) {
            put(counters, "drop." + DropReason.of(i).metric(), lane.dropped[i]);
        }
        return counters;
    }

    /** How many packets of its own were translated so that they go to itself: they would pass loopback. */
    int turnedToItself() {
        return (int) engine.lane().counters.dropped[DropReason.LOCAL_UNDELIVERED.ordinal()];
    }

    /** How many answers to its own answers it has left out: the kernel's pass OUTPUT. */
    int answersToAnswers() {
        return (int) engine.lane().counters.answersToAnswers;
    }

    /** What iptables-save says of a family's tables and their counters. */
    String rules(final IpFamily family) {
        return tables == null ? engine.tables().save(family, Clock.systemUTC()) : tables.save(family);
    }

    @Override
    public void close() {
        if (tables != null) {
            tables.close();
        }
        log.close();
        engine.close();
    }

    private void links(final List<Arrival> arrivals) {
        for (int i = 0; i < ports.length; i++) {
            engine.lane().ports.set(i, PortTable.RAW_IP, !Case.hasLinks(arrivals));
        }
    }

    private void drain(final int packet) {
        writing = packet;
        log.drain();
    }

    private Reaction run(final Arrival arrival, final long nowNs) {
        ports[arrival.port()].offer(arrival);
        return run(arrival.port(), 1, nowNs);
    }

    private Reaction run(final int port, final int packets, final long nowNs) {
        sent = new ArrayList<>();
        delivered = new ArrayList<>();
        batch.count = ports[port].receive(batch, packets);
        batch.nowNs = nowNs;
        Arrays.fill(batch.inPort, 0, packets, port);
        engine.lane().process(batch);
        outcome = batch.outcome[0];
        engine.settle(nowNs);
        return new Reaction(sent, delivered, reason());
    }

    private String reason() {
        return switch (Outcome.kind(outcome)) {
            case Outcome.DROPPED -> DropReason.of(Outcome.payload(outcome)).metric();
            case Outcome.PARKED -> "parked";
            default -> "";
        };
    }

    private void left(final int port, final byte... packet) {
        sent.add(new Reaction.Sent(port, packet));
    }

    private void reachedHost(final byte... packet) {
        delivered.add(packet);
    }

    private static void put(final Map<String, Long> counters, final String name, final long value) {
        if (value != 0) {
            counters.put(name, value);
        }
    }
}
