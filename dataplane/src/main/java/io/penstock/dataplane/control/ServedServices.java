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
import io.penstock.rules.model.TableRefusal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The virtual services of a namespace for any thread, one call at a time, until they are closed: no command reaches services that are taken
 * down. What {@link #together} runs is one call.
 */
final class ServedServices implements ServiceStore, AutoCloseable {

    private final ServiceStore store;
    private boolean closed;

    ServedServices(final ServiceStore store) {
        this.store = store;
    }

    @Override
    public synchronized void addService(final ServiceKey key, final ServiceSpec spec) throws ServiceProblem {
        check();
        store.addService(key, spec);
    }

    @Override
    public synchronized void editService(final ServiceKey key, final ServiceSpec spec) throws ServiceProblem {
        check();
        store.editService(key, spec);
    }

    @Override
    public synchronized void deleteService(final ServiceKey key) throws ServiceProblem {
        check();
        store.deleteService(key);
    }

    @Override
    public synchronized void flush() {
        check();
        store.flush();
    }

    @Override
    public synchronized void addServer(final ServiceKey key, final ServerKey server, final ServerSpec spec) throws ServiceProblem {
        check();
        store.addServer(key, server, spec);
    }

    @Override
    public synchronized void editServer(final ServiceKey key, final ServerKey server, final ServerSpec spec) throws ServiceProblem {
        check();
        store.editServer(key, server, spec);
    }

    @Override
    public synchronized void deleteServer(final ServiceKey key, final ServerKey server) throws ServiceProblem {
        check();
        store.deleteServer(key, server);
    }

    @Override
    public synchronized void withdraw(final ServiceKey key, final ServerKey server, final boolean is) throws ServiceProblem {
        check();
        store.withdraw(key, server, is);
    }

    @Override
    public synchronized void zero(final ServiceKey key) throws ServiceProblem {
        check();
        store.zero(key);
    }

    @Override
    public synchronized String advice(final ServiceKey key) {
        check();
        return store.advice(key);
    }

    @Override
    public synchronized Timeouts timeouts() {
        check();
        return store.timeouts();
    }

    @Override
    public synchronized void setTimeouts(final Timeouts wanted) throws ServiceProblem {
        check();
        store.setTimeouts(wanted);
    }

    @Override
    public synchronized Optional<ServiceState> service(final ServiceKey key) {
        check();
        return store.service(key);
    }

    @Override
    public synchronized List<ServiceState> services() {
        check();
        return store.services();
    }

    @Override
    public synchronized long connections(final long from, final Consumer<ConnectionState> each) {
        check();
        return store.connections(from, each);
    }

    @Override
    public synchronized long closed(final long from, final Map<ServerOfService, long[]> counts) {
        check();
        return store.closed(from, counts);
    }

    @Override
    public synchronized int tableSize() {
        check();
        return store.tableSize();
    }

    @Override
    public synchronized Traffic total() {
        check();
        return store.total();
    }

    @Override
    public synchronized Traffic totalRate() {
        check();
        return store.totalRate();
    }

    @Override
    public synchronized List<String> schedulers() {
        check();
        return store.schedulers();
    }

    @Override
    public synchronized void together(final Runnable action) {
        check();
        store.together(action);
    }

    @Override
    public synchronized void setRemovalPolicy(final ServiceKey key, final RemovalPolicy policy) throws ServiceProblem {
        check();
        store.setRemovalPolicy(key, policy);
    }

    @Override
    public synchronized void endConnections(final ServiceKey key, final ServerKey server) throws ServiceProblem {
        check();
        store.endConnections(key, server);
    }

    @Override
    public synchronized List<String> settings() {
        check();
        return store.settings();
    }

    @Override
    public synchronized String setting(final String name) {
        check();
        return store.setting(name);
    }

    @Override
    public synchronized void setSetting(final String name, final String value) throws ServiceProblem {
        check();
        store.setSetting(name, value);
    }

    /** Returns when no call is under way; none comes through afterwards. */
    @Override
    public synchronized void close() {
        closed = true;
    }

    private void check() {
        if (closed) {
            throw new TableRefusal(TableRefusal.EAGAIN, null, 0, "the data plane ends; start another with 'penstock run'");
        }
    }
}
