package io.penstock.dataplane.control;

import io.penstock.dataplane.ipvs.health.HealthStatus;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Services that nobody looks after; for tests: what is asked is told, and what is known is what the test says. */
final class HeldCare implements ServerCare {

    /** What was asked. */
    final List<String> asked = new ArrayList<>();
    /** What is known, call by call; the last goes on. */
    final List<List<HealthStatus>> known = new ArrayList<>(List.of(List.of()));

    /** Services that have a rule and are not there. */
    final List<ServiceKey> missing = new ArrayList<>();
    /** Whether nobody looks after servers any more. */
    boolean isEnding;

    private final ServiceStore store;

    HeldCare(final ServiceStore store) {
        this.store = store;
    }

    @Override
    public ServiceStore store() {
        return store;
    }

    @Override
    public synchronized void drain(final ServiceKey service, final ServerKey server, final Duration deadline, final boolean remove) {
        asked.add("drain " + service.address() + ' ' + service.port() + ' ' + service.mark() + ' ' + server.address() + ' ' + server.port() + ' '
                + deadline + (remove ? " remove" : ""));
    }

    @Override
    public synchronized void undrain(final ServiceKey service, final ServerKey server) {
        asked.add("undrain " + service.protocol() + ' ' + server.address() + ' ' + server.port());
    }

    @Override
    public synchronized List<HealthStatus> status() {
        return known.size() == 1 ? known.getFirst() : known.removeFirst();
    }

    @Override
    public List<ServiceKey> missing() {
        return missing;
    }

    @Override
    public boolean isLooking() {
        return !isEnding;
    }
}
