package io.penstock.dataplane.ipvs;

import io.penstock.dataplane.hot.ipvs.Service;
import io.penstock.dataplane.hot.ipvs.schedule.Candidate;
import io.penstock.dataplane.hot.ipvs.schedule.Scheduler;
import io.penstock.dataplane.hot.ipvs.schedule.SchedulerSettings;
import io.penstock.dataplane.ipvs.model.RemovalPolicy;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.dataplane.ipvs.model.Traffic;
import io.penstock.dataplane.ipvs.schedule.SchedulerKind;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A service, what a command said of it, and its servers, in the order of the schedulers: the one that was added last comes first. Threads: the registry's. */
final class RunningService {

    final ServiceKey key;
    final Service service;
    final RateEstimator rates = new RateEstimator();
    final Map<ServerKey, RunningServer> servers = new LinkedHashMap<>();
    ServiceSpec spec;
    SchedulerKind kind;
    RemovalPolicy removal = RemovalPolicy.KERNEL;
    /** Those that have left with connections. */
    private final Set<RunningServer> away = new HashSet<>();
    /** Who was made last to choose, and the next one is made from. */
    private Scheduler scheduler;
    /** What passed by way of servers that are no more, less what had passed when the service was last set to zero. */
    private Traffic before = Traffic.NONE;

    RunningService(final ServiceKey key, final Service service) {
        this.key = key;
        this.service = service;
    }

    /** What workers go by is what the command said from now on. */
    void tellWorkers() {
        service.settings((spec.flags() & ServiceSpec.ONE_PACKET) != 0, spec.persistenceSeconds() * 1_000_000_000L, spec.maskBits());
        service.removal(removal.ordinal());
    }

    /** It has no server yet: who chooses was there before the first one was, and knows nothing of a service of the same name that was removed. */
    void begin(final SchedulerSettings settings) {
        scheduler = made(settings);
    }

    /** Has workers choose among the servers that there are now. */
    void schedule(final SchedulerSettings settings) {
        scheduler = made(settings);
        service.scheduler(scheduler);
    }

    private Scheduler made(final SchedulerSettings settings) {
        return kind == null ? null : kind.make(servers.values().stream().map(server -> (Candidate) server.server).toList().reversed()
                .toArray(Candidate[]::new), spec.flags(), scheduler, settings);
    }

    Traffic traffic(final ServerNumbers numbers) {
        Traffic sum = before;
        for (final RunningServer server : servers.values()) {
            sum = sum.plus(numbers.traffic(server.server.number));
        }
        for (final RunningServer server : away) {
            sum = sum.plus(numbers.traffic(server.server.number));
        }
        return sum;
    }

    /** It is removed: what passes from now on is not its own any more. */
    Traffic end(final ServerNumbers numbers) {
        Stream.concat(servers.values().stream(), away.stream()).forEach(server -> server.counted = numbers.traffic(server.server.number));
        return traffic(numbers);
    }

    /** A server leaves; what passed by it still counts, and what its connections go on with. */
    void left(final RunningServer server) {
        away.add(server);
    }

    /** A server comes back: to this service, or from one of the same name that is no more, where it has counted. */
    void back(final RunningServer server, final ServerNumbers numbers) {
        if (!away.remove(server)) {
            before = before.minus(numbers.traffic(server.server.number));
        }
    }

    /** The connections of a server that has left are over, and its numbers are to be another's. */
    void forget(final RunningServer server, final ServerNumbers numbers) {
        before = before.plus(numbers.traffic(server.server.number));
        away.remove(server);
    }

    void zero(final ServerNumbers numbers) {
        before = before.minus(traffic(numbers));
        rates.zero(Traffic.NONE);
        servers.values().forEach(server -> server.zero(numbers));
    }

    ServiceState state(final ServerNumbers numbers) {
        return new ServiceState(key, spec, servers.values().stream().map(server -> server.state(numbers)).toList().reversed(),
                traffic(numbers), rates.rates());
    }
}
