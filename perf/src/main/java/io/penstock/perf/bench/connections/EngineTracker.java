package io.penstock.perf.bench.connections;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.PollingThread;
import io.penstock.perf.connections.FlowFrames;
import io.penstock.perf.connections.FlowOrder;
import io.penstock.perf.connections.FlowPort;
import io.penstock.perf.connections.PairFlows;
import io.penstock.perf.connections.PairNetwork;
import io.penstock.perf.connections.PortPairs;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The engine alone as a {@link TrackingDevice}: packets come by the clock to ports in memory, whatever the engine does, and are lost where more than a
 * receive ring of them wait.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Packets are made when the engine takes them: making them is part of the time that is measured.</li>
 *   <li>A packet that is due and finds {@link #ring} others waiting is lost, and with it the trial, which ends there.</li>
 * </ol>
 *
 * <p>Threads: the worker's.
 */
final class EngineTracker implements TrackingDevice {

    /**
     * Packets that may wait. Unit: packets; what a card's receive ring usually holds. With fewer each interrupt on a shared CPU loses some.
     */
    private static final int RING = 4096;
    /**
     * Of a trial's packets, what may wait: a hundredth, but not fewer than the smallest ring of a card. More would let a rate pass that the engine cannot
     * keep up with for longer than the trial.
     */
    private static final int RING_SHARE = 100;
    private static final int LEAST_RING = 256;
    private static final int TENTHS = 10;
    /** More connections than there is room for, so that the table's end can be found: a quarter. */
    private static final int BEYOND = 4;
    private static final long SEED = 9693;
    /** Off its CPU for so long, a worker of some million packets a second finds its ring full. A hypervisor tells of ten milliseconds and more. Unit: ns. */
    private static final long AWAY_NS = 200_000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final TrackingOptions options;
    private final PortPairs pairs;
    private final PairFlows flows;
    private final FlowPort[] ports = new FlowPort[2];
    private final TrackingEngine engine;
    private int established;

    /** Builds the engine. */
    EngineTracker(final TrackingOptions options) {
        this.options = options;
        pairs = PortPairs.atLeast(options.connections() + options.connections() / BEYOND, SEED);
        flows = new PairFlows(options.protocol(), options.translates(), pairs);
        engine = new TrackingEngine(PairNetwork.rules(options.translates(), "lan", "wan", options.rules()), options.connections(), 0,
                frames -> ports[0] = new FlowPort(frames, Batch.CAPACITY), frames -> ports[1] = new FlowPort(frames, Batch.CAPACITY));
        // Neighbours are found: what waits for them would be overtaken.
        for (final FlowFrames packet : flows.establishing()) {
            send(packet, FlowOrder.straight(0, 1), 1);
            engine.settleAll(engine.lane().counters.received);
        }
        engine.flush();
    }

    @Override
    public Map<String, String> parts() {
        final Map<String, String> parts = new LinkedHashMap<>();
        parts.put("initiator", "packets are made as the engine takes them, by the clock; " + ring(options.connections()) + " may wait, a further one is lost");
        parts.put("gateway", "the engine alone, one worker, " + engine.ruleCount() + " rules");
        parts.put("responder", "a port in memory");
        return parts;
    }

    @Override
    public int most() {
        return pairs.count();
    }

    @Override
    public Fill fill(final int connections, final long perSecond) {
        engine.flush();
        final long forwarded = engine.lane().counters.forwarded;
        ports[0].receive(flows.establishing().getFirst(), FlowOrder.straight(0, connections));
        final double[] tenths = new double[TENTHS];
        final int ring = ring(connections);
        final long startNs = System.nanoTime();
        long markNs = startNs;
        int taken = 0;
        for (int tenth = 0; tenth < TENTHS; tenth++) {
            final int end = (int) ((long) connections * (tenth + 1) / TENTHS);
            while (taken < end) {
                final long nowNs = System.nanoTime();
                final long waiting = perSecond == 0 ? end - taken : Math.min(end, due(nowNs - startNs, perSecond)) - taken;
                if (waiting > ring && perSecond != 0) {
                    return result(connections, forwarded, (nowNs - startNs) / 1e9, tenths);
                }
                if (waiting > 0) {
                    taken += engine.forward(TrackingEngine.CLIENT, (int) Math.min(waiting, Batch.CAPACITY), nowNs);
                }
                engine.settle(nowNs);
            }
            final long nowNs = System.nanoTime();
            tenths[tenth] = (nowNs - markNs) / 1e9;
            markNs = nowNs;
        }
        return result(connections, forwarded, (markNs - startNs) / 1e9, tenths);
    }

    @Override
    public double tearDown() {
        return engine.flush();
    }

    @Override
    public long establish(final int connections) {
        engine.flush();
        final long strange = ports[0].strange() + ports[1].strange();
        final long departed = ports[0].departed() + ports[1].departed();
        final List<FlowFrames> packets = flows.establishing();
        for (final FlowFrames packet : packets) {
            checked(packet, connections);
        }
        try (FlowFrames replies = flows.traffic(options.leastFrameBytes(), true)) {
            checked(replies, connections);
        }
        final long wrong = ports[0].strange() + ports[1].strange() - strange;
        final long seen = ports[0].departed() + ports[1].departed() - departed;
        if (wrong != 0 || seen != (packets.size() + 1L) * connections || engine.count() != connections) {
            throw new BenchException("connections are not what they should be: wrong=" + wrong + " seen=" + seen + " sent="
                    + (packets.size() + 1L) * connections + " entries=" + engine.count() + " wanted=" + connections + ' ' + engine.drops());
        }
        established = connections;
        return packets.stream().filter(FlowFrames::isReply).count() * connections + connections;
    }

    @Override
    public Exchange exchange(final int frameBytes, final long perSecond, final double seconds) {
        try (FlowFrames requests = flows.traffic(frameBytes, false); FlowFrames replies = flows.traffic(frameBytes, true)) {
            ports[0].receive(requests, FlowOrder.straight(0, established));
            ports[1].receive(replies, FlowOrder.straight(established / 2, established));
            return exchange(perSecond, (long) (seconds * 1e9));
        }
    }

    private Exchange exchange(final long perSecond, final long ns) {
        final long forwarded = engine.lane().counters.forwarded;
        final long startNs = System.nanoTime();
        final long total = perSecond == 0 ? Long.MAX_VALUE : due(ns, perSecond);
        final int ring = ring(total);
        long taken = 0;
        int side = 0;
        long nowNs = startNs;
        while (taken < total && (perSecond != 0 || nowNs - startNs < ns)) {
            final long waiting = perSecond == 0 ? ring : Math.min(total, due(nowNs - startNs, perSecond)) - taken;
            if (waiting > ring) {
                return new Exchange(taken + waiting, engine.lane().counters.forwarded - forwarded, 0, (nowNs - startNs) / 1e9, false);
            }
            if (waiting > 0) {
                taken += engine.forward(side, (int) Math.min(waiting, Batch.CAPACITY), nowNs);
                side ^= 1;
            }
            engine.settle(nowNs);
            nowNs = System.nanoTime();
        }
        return new Exchange(taken, engine.lane().counters.forwarded - forwarded, engine.count() == established ? 0 : 1, (nowNs - startNs) / 1e9,
                false);
    }

    /** All is done by the calling thread, which never waits: what the clock has gone on more than the thread's own time, it was off its CPU. */
    @Override
    public long disturbances() {
        return PollingThread.calling().involuntarySwitches() + (System.nanoTime() - THREADS.getCurrentThreadCpuTime()) / AWAY_NS;
    }

    @Override
    public String complaint() {
        final long invalid = engine.invalid();
        return invalid == 0 && engine.lane().counters.unaccounted() == 0 ? "" : engine.drops();
    }

    @Override
    public void close() {
        engine.close();
        flows.close();
    }

    private Fill result(final int connections, final long forwarded, final double seconds, final double... tenths) {
        return new Fill(connections, engine.lane().counters.forwarded - forwarded, engine.count(), seconds, false, tenths);
    }

    private void checked(final FlowFrames packets, final int count) {
        final FlowPort other = ports[packets.isReply() ? TrackingEngine.CLIENT : TrackingEngine.SERVER];
        other.expect(packets, FlowOrder.straight(0, count));
        send(packets, FlowOrder.straight(0, count), count);
        other.expect(null, null);
    }

    private void send(final FlowFrames packets, final FlowOrder order, final int count) {
        final int side = packets.isReply() ? TrackingEngine.SERVER : TrackingEngine.CLIENT;
        ports[side].receive(packets, order);
        for (int sent = 0; sent < count;) {
            final long nowNs = System.nanoTime();
            sent += engine.forward(side, Math.min(count - sent, Batch.CAPACITY), nowNs);
            engine.settle(nowNs);
        }
    }

    private static int ring(final long packets) {
        return Math.clamp(packets / RING_SHARE, LEAST_RING, RING);
    }

    private static long due(final long ns, final long perSecond) {
        return (long) (ns * (perSecond / 1e9));
    }
}
