package io.penstock.dataplane.control;

import io.penstock.dataplane.ipvs.health.HealthStatus;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.dataplane.ipvs.model.ServiceStore;
import java.time.Duration;
import java.util.List;

/**
 * Virtual services, and who looks after their servers, as commands come to them. Where nobody does, what commands change is the store's alone.
 *
 * <p>Threads: any.
 */
interface ServerCare {

    /** The services. */
    ServiceStore store();

    /** Lets a server take no new connections; see {@link io.penstock.dataplane.ipvs.health.HealthChecks#drain}. */
    void drain(ServiceKey service, ServerKey server, Duration deadline, boolean remove) throws ServiceProblem;

    /** Takes it back; see {@link io.penstock.dataplane.ipvs.health.HealthChecks#undrain}. */
    void undrain(ServiceKey service, ServerKey server) throws ServiceProblem;

    /** What is known of servers that are checked, drained, or stand in for others. */
    List<HealthStatus> status();

    /** Services that are to be looked after and are not there. */
    default List<ServiceKey> missing() {
        return List.of();
    }

    /** Whether servers are looked after yet: not when the data plane ends. */
    default boolean isLooking() {
        return true;
    }

    /** Does what has to be done while nobody else changes servers. */
    default void alone(final Runnable action) {
        action.run();
    }

    /** See {@link io.penstock.dataplane.ipvs.health.HealthChecks#editServer}. */
    default void editServer(final ServiceKey service, final ServerKey server, final ServerSpec spec) throws ServiceProblem {
        store().editServer(service, server, spec);
    }

    /** See {@link io.penstock.dataplane.ipvs.health.HealthChecks#deleteServer}. */
    default void deleteServer(final ServiceKey service, final ServerKey server) throws ServiceProblem {
        store().deleteServer(service, server);
    }

    /** See {@link io.penstock.dataplane.ipvs.health.HealthChecks#deleteService}. */
    default void deleteService(final ServiceKey service) throws ServiceProblem {
        store().deleteService(service);
    }

    /** See {@link io.penstock.dataplane.ipvs.health.HealthChecks#flush}. */
    default void flush() {
        store().flush();
    }

    /** See {@link io.penstock.dataplane.ipvs.health.HealthChecks#wanted}. */
    default List<ServiceState> wanted() {
        return store().services();
    }
}
