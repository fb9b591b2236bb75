package io.penstock.dataplane.ipvs;

import io.penstock.dataplane.hot.ipvs.Server;
import io.penstock.dataplane.hot.ipvs.tunnel.Tunnel;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServerState;
import io.penstock.dataplane.ipvs.model.Traffic;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.os.netlink.IpAddress;

/** A server, and what a command said of it. Threads: the registry's. */
final class RunningServer {

    final ServerKey key;
    final Server server;
    final RateEstimator rates = new RateEstimator();
    ServerSpec spec;
    /** What had passed when it was last set to zero. */
    private Traffic zeroed = Traffic.NONE;
    /** What it is in, or was in last. */
    RunningService of;
    /** Whether it is in it. */
    boolean isIn;
    /** Whether clients that stay with it go to others all the same. */
    boolean isWithdrawn;
    /** Where workers stood when they were told that it left its service; then, when it had no connections any more. */
    long[] seen;
    /** What had passed by it when its service was removed. */
    Traffic counted = Traffic.NONE;
    /** Out of service, and without connections when it was last looked at. */
    boolean isDone;

    RunningServer(final ServerKey key, final Server server) {
        this.key = key;
        this.server = server;
    }

    /** What workers go by is what the command said from now on. */
    void tellWorkers() {
        if (!isIn) {
            server.available(false);
            return;
        }
        final TunnelSpec tunnel = spec.tunnel();
        server.way(way(), new Tunnel(tunnel.kind().ordinal(), tunnel.port(), tunnel.checksum().ordinal(),
                key.address().family() == IpAddress.V4, AddressWords.high(key.address()), AddressWords.low(key.address())));
        server.share(spec.weight(), spec.upper(), spec.lower());
        server.withdrawn(isWithdrawn);
        server.available(true);
    }

    private int way() {
        return switch (spec.method()) {
            case MASQUERADE -> Server.NAT;
            case LOCAL -> Server.LOCAL;
            case TUNNEL -> Server.TUNNEL;
            case ROUTE -> Server.ROUTE;
            case FULL -> Server.FULL;
        };
    }

    Traffic traffic(final ServerNumbers numbers) {
        return numbers.traffic(server.number).minus(zeroed);
    }

    void zero(final ServerNumbers numbers) {
        zeroed = numbers.traffic(server.number);
        rates.zero(Traffic.NONE);
    }

    ServerState state(final ServerNumbers numbers) {
        // Of a connection that changes at this moment one number may have changed and not the other.
        return new ServerState(key, spec, Math.max(0, server.active()), Math.max(0, server.inactive()), server.persistent(), traffic(numbers), rates.rates());
    }
}
