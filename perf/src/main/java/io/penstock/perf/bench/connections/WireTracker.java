package io.penstock.perf.bench.connections;

import io.penstock.os.netlink.Interfaces;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.PollingThread;
import io.penstock.perf.bench.wire.StealTicks;
import io.penstock.perf.bench.wire.WireCpus;
import io.penstock.perf.connections.PairNetwork;
import io.penstock.perf.connections.PortPairs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A Penstock gateway between namespaces as a {@link TrackingDevice}, with an initiator and a responder that are XDP programs.
 *
 * <p>Threads: one, on the generator's CPU; {@link #close} from any.
 */
final class WireTracker implements TrackingDevice {

    /** So long that no connection ends of itself. Unit: s. */
    private static final int LONG_LIFE = 3_600;
    private static final int BEYOND = 4;
    private static final long SEED = 9693;
    /** A gateway holds frames for microseconds; when nothing has come for this long, nothing will. */
    private static final long QUIET_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long MOST_NS = TimeUnit.MINUTES.toNanos(10);
    /** By how much the last frame may be late before the generator counts as having fallen behind. Unit: share, and ns. */
    private static final double LATE_SHARE = 0.01;
    private static final long LATE_NS = TimeUnit.MILLISECONDS.toNanos(5);
    /** Where connections are only to be established: at first this share of what came through at full speed, then halves. */
    private static final double CAREFUL = 0.5;
    private static final int ESTABLISH_TRIES = 4;
    private static final int FLUSHES = 3;

    private final TrackingOptions options;
    private final GatewayNetwork network = new GatewayNetwork("nat", false);
    private final PenstockGateway gateway;
    private final PortPairs pairs;
    private ResponderProgram responder;
    private InitiatorProgram initiator;
    private PollingThread worker;
    private int initiatorBytes;
    private int established;
    private double atFullSpeed;
    private long wrong;

    /**
     * Nothing yet.
     *
     * @param penstock the command line that stands for {@code penstock}
     */
    WireTracker(final TrackingOptions options, final List<String> penstock) {
        this.options = options;
        pairs = PortPairs.atLeast(options.connections() + options.connections() / BEYOND, SEED);
        gateway = new PenstockGateway(network.gateway(), penstock,
                PairNetwork.rules(options.translates(), GatewayNetwork.PORT_IN, GatewayNetwork.PORT_OUT, options.rules()),
                List.of("net.netfilter.nf_conntrack_max=" + options.connections(), "net.netfilter.nf_conntrack_udp_timeout=" + LONG_LIFE,
                        "net.netfilter.nf_conntrack_udp_timeout_stream=" + LONG_LIFE));
    }

    /** Builds and starts everything. */
    void open() {
        network.build(1);
        gateway.start();
        responder = new ResponderProgram(options.translates());
        GatewayNetwork.within(network.server(), () -> {
            responder.attach(Interfaces.byName(GatewayNetwork.SERVER_DEVICE).ifindex());
            return null;
        });
    }

    @Override
    public Map<String, String> parts() {
        final Map<String, String> parts = new LinkedHashMap<>();
        parts.put("initiator", "an XDP program that makes frames at a rate (live frames, CPU " + WireCpus.GENERATOR + ") and checks every answer");
        parts.put("gateway", gateway.what());
        parts.put("responder", "an XDP program that checks every datagram and, in test phase 2, sends it back (XDP_TX): answers come at the rate of requests");
        return parts;
    }

    @Override
    public int most() {
        return pairs.count();
    }

    @Override
    public Fill fill(final int connections, final long perSecond) {
        tearDown();
        final Sent sent = send(options.leastFrameBytes(), connections, connections, perSecond, MOST_NS, false);
        final Fill fill = new Fill(connections, responder.arrived(), gateway.connections(), sent.seconds, sent.late);
        if (perSecond == 0) {
            atFullSpeed = fill.perSecond();
        }
        return fill;
    }

    @Override
    public double tearDown() {
        final long startNs = System.nanoTime();
        gateway.flush();
        final double seconds = (System.nanoTime() - startNs) / 1e9;
        for (int i = 0; gateway.connections() != 0; i++) {
            // On a busy machine what was sent may still have been under way.
            if (i == FLUSHES) {
                throw new BenchException("connections are left when all are removed, a defect: connections=" + gateway.connections());
            }
            LockSupport.parkNanos(QUIET_NS);
            gateway.flush();
        }
        return seconds;
    }

    @Override
    public long establish(final int connections) {
        double rate = atFullSpeed * CAREFUL;
        for (int i = 0; i < ESTABLISH_TRIES; i++) {
            tearDown();
            send(options.leastFrameBytes(), connections, connections, (long) Math.max(1, rate), MOST_NS, true);
            if (initiator.answers() == connections && gateway.connections() == connections) {
                established = connections;
                return connections;
            }
            rate /= 2;
        }
        throw new BenchException("not every connection was established and answered: wanted=" + connections + " arrived=" + responder.arrived()
                + " answers=" + initiator.answers() + " wrong=" + (initiator.wrong() + responder.wrong()) + " entries=" + gateway.connections() + ' '
                + gateway.dropped());
    }

    @Override
    public Exchange exchange(final int frameBytes, final long perSecond, final double seconds) {
        final long ns = (long) (seconds * 1e9);
        final long frames = perSecond == 0 ? Long.MAX_VALUE : Math.max(1, (long) (perSecond / 2.0 * seconds));
        final Sent sent = send(frameBytes, established, frames, perSecond == 0 ? 0 : Math.max(1, perSecond / 2), perSecond == 0 ? ns : MOST_NS, true);
        return new Exchange(2 * initiator.sent(), responder.arrived() + initiator.answers(), initiator.wrong() + responder.wrong(), sent.seconds,
                sent.late);
    }

    /** The calling thread is the initiator; who answers has no thread, and takes turns with the gateway's worker. */
    @Override
    public long disturbances() {
        if (worker == null) {
            // It is known by the CPU time that it has had.
            worker = PollingThread.find(gateway.pid(), WireCpus.WORKER);
        }
        return PollingThread.calling().involuntarySwitches() + (worker == null ? 0 : worker.involuntarySwitches())
                + StealTicks.now(WireCpus.GENERATOR, WireCpus.WORKER);
    }

    @Override
    public String complaint() {
        final String complaint = gateway.complaint();
        return wrong == 0 ? complaint : "wrong=" + wrong + ' ' + complaint;
    }

    /** Ends the programs. */
    void closePrograms() {
        if (initiator != null) {
            initiator.close();
        }
        if (responder != null) {
            responder.close();
        }
    }

    @Override
    public void close() {
        try (network) {
            gateway.close();
        }
    }

    private Sent send(final int frameBytes, final int connections, final long frames, final long perSecond, final long mostNs, final boolean answers) {
        responder.reset(answers);
        final long fromNs = GatewayNetwork.within(network.client(), () -> {
            prepare(frameBytes);
            final long nowNs = System.nanoTime();
            initiator.send(connections, frames, perSecond, nowNs + mostNs);
            return nowNs;
        });
        final long arrivedNs = settle();
        wrong += initiator.wrong() + responder.wrong();
        if (perSecond == 0) {
            return new Sent((arrivedNs - fromNs) / 1e9, false);
        }
        final long tookNs = initiator.lastNs() - initiator.startNs();
        return new Sent(tookNs / 1e9, tookNs - (frames - 1) * 1e9 / perSecond > LATE_NS + tookNs * LATE_SHARE);
    }

    /** Waits for the last frame; when it came. */
    private long settle() {
        long last = responder.arrived() + initiator.answers();
        long changedNs = System.nanoTime();
        while (System.nanoTime() - changedNs < QUIET_NS) {
            LockSupport.parkNanos(STEP_NS);
            final long now = responder.arrived() + initiator.answers();
            if (now != last) {
                last = now;
                changedNs = System.nanoTime();
            }
            if (Thread.interrupted()) {
                throw new BenchException("interrupted");
            }
        }
        return changedNs;
    }

    /** The program makes frames of one size. Inside the namespace. */
    private void prepare(final int frameBytes) {
        if (initiatorBytes == frameBytes) {
            return;
        }
        if (initiator != null) {
            initiator.close();
            initiator = null;
        }
        final int ifindex = Interfaces.byName(GatewayNetwork.CLIENT_DEVICE).ifindex();
        initiator = new InitiatorProgram(pairs, frameBytes, GatewayNetwork.PORT_IN_MAC, GatewayNetwork.CLIENT_MAC, ifindex);
        initiator.attach(ifindex);
        initiatorBytes = frameBytes;
    }

    /**
     * What came of sending.
     *
     * @param late whether the last frame left later than it was due
     */
    private record Sent(double seconds, boolean late) {
    }
}
