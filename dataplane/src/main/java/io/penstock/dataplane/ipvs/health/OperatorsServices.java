package io.penstock.dataplane.ipvs.health;

import io.penstock.dataplane.ipvs.health.HealthStatus.Role;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServerState;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.dataplane.ipvs.model.Traffic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Services as their operator has them, whatever checks have made of them: what is to be there after a restart. */
final class OperatorsServices {

    private OperatorsServices() {
    }

    /**
     * Servers that checks have out are as the operator wants them, also those that were removed; sorry servers are left out. A server that is
     * drained keeps weight 0: the operator wanted that, too.
     */
    static List<ServiceState> of(final List<ServiceState> services, final List<HealthStatus> health) {
        final Map<ServiceKey, Map<ServerKey, HealthStatus>> changed = new HashMap<>();
        for (final HealthStatus status : health) {
            if (status.role() == Role.SORRY || status.role() == Role.SERVER && !status.taken()) {
                changed.computeIfAbsent(status.service(), _ -> new LinkedHashMap<>()).put(status.server(), status);
            }
        }
        return services.stream().map(service -> changed.containsKey(service.key()) ? of(service, changed.get(service.key())) : service).toList();
    }

    private static ServiceState of(final ServiceState service, final Map<ServerKey, HealthStatus> changed) {
        final List<ServerState> servers = new ArrayList<>();
        for (final ServerState server : service.servers()) {
            final HealthStatus status = changed.remove(server.key());
            if (status == null) {
                servers.add(server);
            } else if (status.role() != Role.SORRY) {
                final ServerSpec spec = server.spec().method() == Forwarding.LOCAL
                        ? ServerHealth.withWeight(server.spec(), status.wanted().weight()) : status.wanted();
                servers.add(new ServerState(server.key(), spec, server.active(), server.inactive(), server.persistent(), server.traffic(),
                        server.rate()));
            }
        }
        for (final HealthStatus status : changed.values()) {
            if (status.role() != Role.SORRY) {
                servers.add(new ServerState(status.server(), status.wanted(), 0, 0, 0, Traffic.NONE, Traffic.NONE));
            }
        }
        return new ServiceState(service.key(), service.spec(), servers, service.traffic(), service.rate());
    }
}
