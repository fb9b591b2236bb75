package io.penstock.dataplane.control;

import io.penstock.dataplane.ipvs.model.ConnectionState;
import io.penstock.dataplane.ipvs.model.RemovalPolicy;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerOfService;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.dataplane.ipvs.model.ServiceStore;
import io.penstock.dataplane.ipvs.model.Timeouts;
import io.penstock.dataplane.ipvs.model.Traffic;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Services that are another store's, but for what a subclass does itself. Threads: the other store's. */
abstract class ForwardedServices implements ServiceStore {

    /** Whose they are. */
    final ServiceStore store;

    ForwardedServices(final ServiceStore store) {
        this.store = store;
    }

    @Override
    public void addService(final ServiceKey key, final ServiceSpec spec) throws ServiceProblem {
        store.addService(key, spec);
    }

    @Override
    public void editService(final ServiceKey key, final ServiceSpec spec) throws ServiceProblem {
        store.editService(key, spec);
    }

    @Override
    public void deleteService(final ServiceKey key) throws ServiceProblem {
        store.deleteService(key);
    }

    @Override
    public void flush() {
        store.flush();
    }

    @Override
    public void addServer(final ServiceKey key, final ServerKey server, final ServerSpec spec) throws ServiceProblem {
        store.addServer(key, server, spec);
    }

    @Override
    public void editServer(final ServiceKey key, final ServerKey server, final ServerSpec spec) throws ServiceProblem {
        store.editServer(key, server, spec);
    }

    @Override
    public void deleteServer(final ServiceKey key, final ServerKey server) throws ServiceProblem {
        store.deleteServer(key, server);
    }

    @Override
    public void withdraw(final ServiceKey key, final ServerKey server, final boolean is) throws ServiceProblem {
        store.withdraw(key, server, is);
    }

    @Override
    public void zero(final ServiceKey key) throws ServiceProblem {
        store.zero(key);
    }

    @Override
    public String advice(final ServiceKey key) {
        return store.advice(key);
    }

    @Override
    public Timeouts timeouts() {
        return store.timeouts();
    }

    @Override
    public void setTimeouts(final Timeouts wanted) throws ServiceProblem {
        store.setTimeouts(wanted);
    }

    @Override
    public Optional<ServiceState> service(final ServiceKey key) {
        return store.service(key);
    }

    @Override
    public List<ServiceState> services() {
        return store.services();
    }

    @Override
    public long connections(final long from, final Consumer<ConnectionState> each) {
        return store.connections(from, each);
    }

    @Override
    public long closed(final long from, final Map<ServerOfService, long[]> counts) {
        return store.closed(from, counts);
    }

    @Override
    public int tableSize() {
        return store.tableSize();
    }

    @Override
    public Traffic total() {
        return store.total();
    }

    @Override
    public Traffic totalRate() {
        return store.totalRate();
    }

    @Override
    public List<String> schedulers() {
        return store.schedulers();
    }

    @Override
    public void together(final Runnable action) {
        store.together(action);
    }

    @Override
    public void setRemovalPolicy(final ServiceKey key, final RemovalPolicy policy) throws ServiceProblem {
        store.setRemovalPolicy(key, policy);
    }

    @Override
    public void endConnections(final ServiceKey key, final ServerKey server) throws ServiceProblem {
        store.endConnections(key, server);
    }

    @Override
    public List<String> settings() {
        return store.settings();
    }

    @Override
    public String setting(final String name) {
        return store.setting(name);
    }

    @Override
    public void setSetting(final String name, final String value) throws ServiceProblem {
        store.setSetting(name, value);
    }
}
