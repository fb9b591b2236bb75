package io.penstock.dataplane.ipvs;

import io.penstock.dataplane.hot.ipvs.Service;
import io.penstock.dataplane.hot.ipvs.ServiceTable;
import io.penstock.dataplane.hot.ipvs.schedule.SchedulerSettings;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What has changed and workers have not been told of. Until they are, they go on with what there was, also with services and servers that were
 * removed: those that are back by then have never been away.
 *
 * <p>Threads: the registry's.
 */
final class UntoldChanges {

    private final Set<RunningServer> servers = new LinkedHashSet<>();
    private final Set<RunningService> edited = new LinkedHashSet<>();
    private final Set<RunningService> choosing = new LinkedHashSet<>();
    /** What workers know services by that were removed. */
    private final Set<Service> gone = new LinkedHashSet<>();
    private boolean isTableOld;

    /** A service is added. */
    void come(final RunningService service) {
        gone.remove(service.service);
        edited.add(service);
        choosing.add(service);
        isTableOld = true;
    }

    /** A service is removed. */
    void go(final RunningService service) {
        gone.add(service.service);
        edited.remove(service);
        choosing.remove(service);
        isTableOld = true;
    }

    /** What was said of a service is another. */
    void edit(final RunningService service) {
        edited.add(service);
    }

    /** A service has other servers, or chooses among them otherwise. */
    void choose(final RunningService service) {
        choosing.add(service);
    }

    /** A server has come, left, or is another. */
    void change(final RunningServer server) {
        servers.add(server);
    }

    /**
     * Tells the workers.
     *
     * @param services those that there are now
     * @return whether services have come or gone
     */
    boolean tell(final Collection<RunningService> services, final ServiceLanes lanes, final SchedulerSettings settings) {
        final boolean isOther = isTableOld;
        servers.stream().filter(server -> server.isIn).forEach(RunningServer::tellWorkers);
        edited.forEach(RunningService::tellWorkers);
        choosing.forEach(service -> service.schedule(settings));
        if (isOther) {
            final ServiceTable table = services.isEmpty() ? ServiceTable.EMPTY
                    : new ServiceTable(services.stream().map(service -> service.service).toArray(Service[]::new));
            lanes.each(lane -> lane.services(table));
        }
        // Last: nobody is to choose one of them any more.
        servers.stream().filter(server -> !server.isIn).forEach(RunningServer::tellWorkers);
        gone.forEach(service -> service.scheduler(null));
        servers.clear();
        edited.clear();
        choosing.clear();
        gone.clear();
        isTableOld = false;
        return isOther;
    }
}
