package io.penstock.perf.bench.connections;

import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.connections.PairNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The order of things in {@code bench rfc9411 --mode wire}: all devices are built and warmed, then they take turns, run by run.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Nothing is left when {@link #run} returns, or when the process is told to end meanwhile.</li>
 *   <li>Only the device whose turn it is runs.</li>
 * </ol>
 *
 * <p>Threads: {@link WireSession}'s.
 */
final class Rfc9411Wire {

    /** Room in the table beside the connections that there are to be: those that have ended go when their ends are used again. */
    private static final int SPARE = 4_096;

    private final TcpOptions options;
    private final Consumer<String> progress;
    private final WireTcp own;
    private final KernelGateway kernel;
    private final WireTcp peer;
    private final WireTcp direct;

    /**
     * Nothing yet.
     *
     * @param penstock the command line that stands for {@code penstock}
     */
    Rfc9411Wire(final TcpOptions options, final List<String> penstock, final Consumer<String> progress) {
        this.options = options;
        this.progress = progress;
        final String rules = PairNetwork.rules(false, GatewayNetwork.PORT_IN, GatewayNetwork.PORT_OUT, options.rules());
        final GatewayNetwork ownNetwork = new GatewayNetwork("penstock", false);
        own = new WireTcp(ownNetwork, new PenstockGateway(ownNetwork.gateway(), penstock, rules,
                List.of("net.netfilter.nf_conntrack_max=" + (options.concurrent() + SPARE))));
        final GatewayNetwork peerNetwork = new GatewayNetwork("kernel", false);
        kernel = new KernelGateway(peerNetwork.gateway(), rules);
        peer = options.against() ? new WireTcp(peerNetwork, kernel) : null;
        direct = new WireTcp(new GatewayNetwork("direct", true), null);
    }

    /** Measures. */
    Rfc9411Result run() {
        // While this thread still has every CPU.
        final Rfc9411Result result = new Rfc9411Result(options, MachineFacts.ofThis());
        WireSession.run(() -> measure(result), this::close);
        return result;
    }

    private void measure(final Rfc9411Result result) {
        final List<WireTcp> devices = new ArrayList<>(List.of(own));
        if (peer != null) {
            devices.add(peer);
            result.peerConfiguration(kernel.configuration());
        }
        devices.add(direct);
        final List<Rfc9411> procedures = new ArrayList<>();
        try {
            for (final WireTcp device : devices) {
                device.open(options);
                final Rfc9411 procedure = new Rfc9411(options, device.name(), device, progress);
                procedures.add(procedure);
                result.parts(device.parts());
                procedure.warmUp();
                device.pause();
            }
            for (int run = 0; run < options.runs(); run++) {
                for (int i = 0; i < devices.size(); i++) {
                    // Who goes first changes, so that a machine that gets slower or faster favours nobody.
                    final int turn = run % 2 == 0 ? i : devices.size() - 1 - i;
                    devices.get(turn).resume();
                    runs(result, devices.get(turn)).add(procedures.get(turn).rate());
                    devices.get(turn).pause();
                }
            }
            for (int i = 0; i < devices.size(); i++) {
                devices.get(i).resume();
                rest(result, devices.get(i), procedures.get(i));
                devices.get(i).pause();
            }
            result.checked(procedures.getFirst().checked());
        } finally {
            devices.forEach(WireTcp::closeEnds);
        }
    }

    private void rest(final Rfc9411Result result, final WireTcp device, final Rfc9411 procedure) {
        if (device == direct) {
            result.directLatency = procedure.latency(result.median(result.own));
        } else if (device == peer) {
            result.peerLatency = procedure.latency(result.median(result.peer));
            result.peerCapacity = procedure.capacity();
        } else {
            result.latency = procedure.latency(result.median(result.own));
            result.capacity = procedure.capacity();
        }
    }

    private List<TcpRun> runs(final Rfc9411Result result, final WireTcp device) {
        return device == direct ? result.direct : device == peer ? result.peer : result.own;
    }

    private void close() {
        try (own; direct) {
            if (peer != null) {
                peer.close();
            }
        }
    }
}
