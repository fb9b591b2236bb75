package io.penstock.perf.bench.engine;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.ipvs.ServiceRegistry;
import io.penstock.dataplane.ipvs.model.RemovalPolicy;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServerState;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.dataplane.ipvs.model.Timeouts;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.dataplane.replay.OfflineEngine;
import io.penstock.os.netlink.IpAddress;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.connections.ServiceMix;
import io.penstock.perf.connections.ServiceNetwork;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * The measured engine's virtual service.
 *
 * <p>Threads: the engine's caller; {@link #keep} beside the worker.
 */
final class VirtualService implements AutoCloseable {

    /** Bits of an address of IPv4, and of IPv6. */
    private static final int BITS4 = 32;
    private static final int BITS6 = 128;
    /** How often it is looked after. Unit: ns; as a data plane does. */
    private static final long KEEP_NS = 1_000_000_000;
    /** How long ended connections may take to go: a sweep takes two seconds. */
    private static final long ENDING_NS = 60_000_000_000L;

    private final ServiceRegistry registry;
    private final ServiceKey key;

    /** Brings it into force before the first packet. */
    VirtualService(final OfflineEngine engine, final ServiceOptions options, final boolean ipv6) {
        registry = new ServiceRegistry(engine.namespace(), engine.hooks(), engine.tables().rules().connections(), System::nanoTime);
        key = ServiceKey.of(options.protocol(), ServiceNetwork.virtual(ipv6), ServiceNetwork.PORT);
        try {
            registry.setSetting(ServiceRegistry.SOURCES,
                    ServiceNetwork.sources(ipv6).stream().map(IpAddress::toString).collect(Collectors.joining(",")));
            registry.addService(key, new ServiceSpec(options.scheduler(), 0, 0, ipv6 ? BITS6 : BITS4, null));
            final ServerSpec spec = new ServerSpec(options.mix().forwarding(), 1, 0, 0, TunnelSpec.IPIP);
            final boolean translates = options.mix() != ServiceMix.DIRECT && options.mix() != ServiceMix.TUNNEL;
            for (int i = 0; i < options.servers(); i++) {
                registry.addServer(key, new ServerKey(ServiceNetwork.server(ipv6, i),
                        translates ? ServiceNetwork.SERVER_PORT : ServiceNetwork.PORT), spec);
            }
        } catch (final ServiceProblem e) {
            registry.close();
            throw new BenchException(ExitCode.CONFIGURATION_REFUSED, "the service is refused: " + e.getMessage());
        } catch (final RuntimeException e) {
            registry.close();
            throw e;
        }
    }

    /** Connections of UDP live so long without a packet from now on. */
    void udpSeconds(final int seconds) {
        try {
            registry.setTimeouts(new Timeouts(0, 0, seconds));
        } catch (final ServiceProblem e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Ends all connections, and lets the worker, whose thread this is, find them. */
    void end(final OfflineEngine engine) {
        try {
            registry.setRemovalPolicy(key, RemovalPolicy.RESET);
            for (final ServerState server : registry.service(key).orElseThrow().servers()) {
                registry.endConnections(key, server.key());
            }
            // Which ends those of all servers.
            registry.maintain();
        } catch (final ServiceProblem e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        final long untilNs = System.nanoTime() + ENDING_NS;
        while (connections() > 0) {
            engine.settle(System.nanoTime());
            if (System.nanoTime() - untilNs > 0) {
                throw new BenchException("connections are left when all are ended, a defect: connections=" + connections());
            }
        }
    }

    /** Looks after it as long as packets flow. */
    void keep(final BooleanSupplier goesOn) {
        long keptNs = System.nanoTime();
        while (goesOn.getAsBoolean()) {
            LockSupport.parkNanos(KEEP_NS / 10);
            if (System.nanoTime() - keptNs >= KEEP_NS) {
                keptNs += KEEP_NS;
                registry.maintain();
            }
        }
    }

    /**
     * What has become of packets.
     *
     * @param expected connections, or -1
     * @param due      connections begun
     * @param sent     packets
     */
    ServiceTotals totals(final ServiceOptions options, final long expected, final long due, final long sent) {
        final ServiceState state = registry.service(key).orElseThrow();
        return new ServiceTotals(options, connections(), expected, state.traffic().connections(), due,
                state.traffic().packetsIn() + state.traffic().packetsOut(), sent,
                state.servers().stream().mapToLong(server -> server.traffic().connections()).min().orElse(0),
                state.servers().stream().mapToLong(server -> server.traffic().connections()).max().orElse(0));
    }

    /** Connections that there are. */
    long connections() {
        return registry.service(key).orElseThrow().servers().stream().mapToLong(VirtualService::connections).sum();
    }

    @Override
    public void close() {
        registry.close();
    }

    private static long connections(final ServerState server) {
        return server.active() + server.inactive();
    }
}
