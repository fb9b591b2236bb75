package io.penstock.dataplane.ipvs.health;

import io.penstock.dataplane.ipvs.health.HealthStatus.Role;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerOfService;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceProblem.Kind;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.dataplane.ipvs.model.ServiceStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Keeps the servers of virtual services healthy: checks them, takes out who fails and puts back who recovers, lets a sorry server
 * stand in when too few are left, and drains servers.
 *
 * <p>Invariants:
 * <ol>
 *   <li>What the operator wants of a server is kept apart from what checks make of it, and put back; what a command says meanwhile counts. So
 *       commands that change servers and remove services come here, and are the store's where nobody looks after what they name.</li>
 *   <li>A service follows the rule that names it, else the rule for all, else none.</li>
 *   <li>A server is checked by one check at a time. What a check throws does not end anything; that this host cannot make a check
 *       says nothing of the server, which stays as it is.</li>
 *   <li>Each change is logged once.</li>
 * </ol>
 *
 * <p>Locks: this, then the store's; nobody who has the store's calls. Whoever listens is told under both.
 *
 * <p>Threads: {@link #start} makes one that looks after the store and begins checks; checks run on the executor's. All methods may be called by
 * any thread.
 */
public final class HealthChecks implements AutoCloseable {

    /** How long a server that is drained, and has no connections, is left alone: packets that chose it before may be on their way yet. */
    static final long QUIET_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Between two looks at the store: what commands change is known after that at the latest. Shorter only costs listings. */
    private static final long LOOK_NS = TimeUnit.SECONDS.toNanos(1);

    /** Looks take a twentieth of the time at the most: one at 100,000 servers takes some 0.1 s. */
    private static final int LOOK_SHARE = 20;

    /**
     * Checks that run at once at the most. Each has a file descriptor and some 10 KiB. Fewer, and many servers that do not answer
     * delay the others' checks: with 4,096 and a timeout of a second as many are found out each second.
     */
    private static final int MAX_RUNNING = 4096;

    /** For servers that are drained in services without a rule. */
    private static final HealthRule NO_RULE = new HealthRule(null, null, 0, Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 1, 0,
            HealthRule.Initial.UP, HealthRule.OnDown.WEIGHT_ZERO, null, 1, null);

    private final ServiceStore store;
    private final Consumer<String> log;
    private final LongSupplier nowNs;
    private final CheckOrigin origin;
    private final Executor executor;
    private final long seed;
    private final HealthRules rules = new HealthRules();
    private final Map<ServiceKey, ServiceHealth> services = new LinkedHashMap<>();
    private final PriorityQueue<Due> due = new PriorityQueue<>((a, b) -> Long.signum(a.atNs - b.atNs));
    private long nextLookNs;
    private int running;
    private boolean closed;
    private volatile Thread thread;

    /** A server's next check. */
    private record Due(ServerHealth server, long atNs) {
    }

    /**
     * Nothing is done before {@link #start}.
     *
     * @param log      told of changes, a line each; it must not wait
     * @param nowNs    a clock that never goes back, in nanoseconds
     * @param origin   where sockets are opened; closed with this
     * @param executor what runs checks, each of which may wait; closed with this where it can be
     * @param seed     of what is random: the same gives the same delays
     */
    public HealthChecks(
            final ServiceStore store, final List<HealthRule> rules, final Consumer<String> log, final LongSupplier nowNs,
            final CheckOrigin origin, final Executor executor, final long seed) {
        this.store = Objects.requireNonNull(store);
        this.log = Objects.requireNonNull(log);
        this.nowNs = Objects.requireNonNull(nowNs);
        this.origin = Objects.requireNonNull(origin);
        this.executor = Objects.requireNonNull(executor);
        this.seed = seed;
        this.nextLookNs = nowNs.getAsLong();
        this.rules.set(rules);
    }

    /** Checks from the calling thread's network namespace, each on a virtual thread. */
    public static HealthChecks of(final ServiceStore store, final List<HealthRule> rules, final Consumer<String> log) {
        return new HealthChecks(store, rules, log, System::nanoTime, CheckOrigin.here(),
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("penstock-health-", 0).factory()), System.nanoTime());
    }

    /** Begins. */
    public synchronized void start() {
        if (thread != null || closed) {
            throw new IllegalStateException("health checks begin once");
        }
        thread = Thread.ofPlatform().name("penstock-health").daemon().start(this::work);
    }

    private void work() {
        while (!isClosed()) {
            long waitNs = LOOK_NS;
            try {
                waitNs = pass();
            } catch (final RuntimeException | Error e) {
                log.accept("health checks: " + e + "; they go on in a second");
            }
            if (waitNs > 0) {
                LockSupport.parkNanos(this, waitNs);
            }
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** Looks at the store when it is time, and begins what checks are due; nanoseconds until there is more to do. */
    long pass() {
        final List<ServerHealth> begun = new ArrayList<>();
        final long waitNs;
        synchronized (this) {
            if (closed) {
                return LOOK_NS;
            }
            final long now = nowNs.getAsLong();
            if (nextLookNs - now <= 0) {
                // Also when the look fails.
                nextLookNs = now + LOOK_NS;
                look(now);
                nextLookNs = Math.max(nextLookNs, now + (nowNs.getAsLong() - now) * LOOK_SHARE);
            }
            takeDue(now, begun);
            waitNs = waitNs(now);
        }
        for (final ServerHealth server : begun) {
            try {
                executor.execute(() -> check(server));
            } catch (final RejectedExecutionException e) {
                // The executor ends, and so do the checks.
                ended(server);
            }
        }
        return waitNs;
    }

    private synchronized void ended(final ServerHealth server) {
        running--;
        server.running = false;
    }

    private void takeDue(final long now, final List<ServerHealth> begun) {
        while (running < MAX_RUNNING && !due.isEmpty() && due.peek().atNs - now <= 0) {
            final Due next = due.poll();
            final ServerHealth server = next.server;
            if (!server.queued || server.queuedForNs != next.atNs) {
                continue;
            }
            server.queued = false;
            if (!server.gone && server.service.rule().check() != null) {
                server.running = true;
                running++;
                begun.add(server);
            }
        }
    }

    private long waitNs(final long now) {
        final long look = nextLookNs - now;
        return due.isEmpty() || running >= MAX_RUNNING ? look : Math.min(look, due.peek().atNs - now);
    }

    private void look(final long now) {
        final Set<ServiceKey> there = new HashSet<>();
        final ClosedConnections closedOnes = new ClosedConnections(store, draining());
        for (final ServiceState state : store.services()) {
            there.add(state.key());
            final HealthRule rule = rules.of(state.key());
            ServiceHealth service = services.get(state.key());
            if (service == null && rule != null) {
                service = manage(state.key(), rule);
            }
            if (service != null) {
                service.look(state, now, closedOnes);
                if (rule == null && service.servers().stream().allMatch(s -> s.role == Role.SERVER)) {
                    service.forget();
                    services.remove(state.key());
                }
            }
        }
        final Iterator<ServiceHealth> all = services.values().iterator();
        while (all.hasNext()) {
            final ServiceHealth service = all.next();
            if (!there.contains(service.key())) {
                service.forget();
                all.remove();
            }
        }
        rules.see(there, log);
    }

    private Set<ServerOfService> draining() {
        final Set<ServerOfService> draining = new HashSet<>();
        for (final ServiceHealth service : services.values()) {
            service.servers().stream().filter(s -> s.role == Role.DRAINING).forEach(s -> draining.add(new ServerOfService(service.key(), s.key)));
        }
        return draining;
    }

    private ServiceHealth manage(final ServiceKey key, final HealthRule rule) {
        final ServiceHealth service = new ServiceHealth(store, key, rule, log, this::toCheck, seed);
        services.put(key, service);
        return service;
    }

    private void toCheck(final ServerHealth server) {
        if (server.service.rule().check() == null || server.running || server.queued && server.queuedForNs == server.dueNs) {
            return;
        }
        server.queued = true;
        server.queuedForNs = server.dueNs;
        due.add(new Due(server, server.dueNs));
    }

    /** On the executor: one check, whose result is noted. */
    private void check(final ServerHealth server) {
        final long beganNs = nowNs.getAsLong();
        final Check check;
        final HealthRule rule;
        synchronized (this) {
            rule = server.service.rule();
            check = rule.check();
        }
        String found = null;
        CheckFailure failure = null;
        if (check != null) {
            try {
                found = CheckOutcome.of(check, rule, server, origin);
            } catch (final CheckFailure e) {
                failure = e;
            }
        }
        synchronized (this) {
            ended(server);
            if (closed || server.gone) {
                return;
            }
            try {
                note(server, check, found, failure);
            } catch (final RuntimeException e) {
                log.accept(server.name() + ": what a check has found could not be followed: " + e);
            }
            server.beDueAfter(beganNs, server.service.rule(), nowNs.getAsLong());
            toCheck(server);
        }
        wake();
    }

    private void note(final ServerHealth server, final Check check, final String found, final CheckFailure failure) {
        if (check == null) {
            return;
        }
        if (failure != null && failure.isUnable()) {
            final String sentence = server.name() + " cannot be checked: " + check.kind() + ' ' + failure.getMessage()
                    + "; it stays as it is";
            if (!sentence.equals(server.unableSaid)) {
                server.unableSaid = sentence;
                log.accept(sentence);
            }
            return;
        }
        server.service.result(server, failure == null, check.kind() + ' ' + (failure == null ? found : failure.getMessage()),
                nowNs.getAsLong());
    }

    /** Wakes the thread that begins checks. */
    private void wake() {
        LockSupport.unpark(thread);
    }

    /** Services have changed: looks at once, not within the second. */
    public void servicesChanged() {
        synchronized (this) {
            nextLookNs = nowNs.getAsLong();
        }
        wake();
    }

    /** Follows other rules from now on. Servers of services without a rule are put back as the operator wants them. */
    public void replace(final List<HealthRule> wanted) {
        synchronized (this) {
            final long now = nowNs.getAsLong();
            rules.set(wanted);
            for (final ServiceHealth service : services.values()) {
                final HealthRule rule = rules.of(service.key());
                if (rule == null) {
                    service.restore();
                }
                final HealthRule next = rule == null ? NO_RULE : rule;
                if (!next.equals(service.rule())) {
                    service.follow(next, now);
                }
            }
            nextLookNs = now;
        }
        wake();
    }

    /**
     * Lets a server take no new connections from now on; when it has none left, or the time is over, its connections end as the
     * service's policy says. The server is then removed, or stays with weight 0. It is checked meanwhile.
     *
     * @throws ServiceProblem NO_SERVICE, NO_ENTRY
     */
    public void drain(final ServiceKey service, final ServerKey server, final Duration deadline, final boolean remove)
            throws ServiceProblem {
        synchronized (this) {
            final long now = nowNs.getAsLong();
            final ServiceHealth health = seen(service, now);
            final ServerHealth drained = server(health, server);
            final long connections = drained.connections;
            health.drain(drained, now + deadline.toNanos(), remove, now);
            log.accept(drained.name() + " is drained for " + Names.of(deadline) + " at the longest: "
                    + Names.count(connections, "connection"));
            nextLookNs = nextLookNs - now > deadline.toNanos() ? now + deadline.toNanos() : nextLookNs;
        }
        wake();
    }

    /**
     * Takes a server back that is being drained, or has been and stays with weight 0.
     *
     * @throws ServiceProblem NO_SERVICE, NO_ENTRY, INVALID when it is not drained
     */
    public synchronized void undrain(final ServiceKey service, final ServerKey server) throws ServiceProblem {
        final long now = nowNs.getAsLong();
        final ServiceHealth health = seen(service, now);
        final ServerHealth drained = server(health, server);
        if (drained.role == Role.SERVER) {
            throw new ServiceProblem(Kind.INVALID, drained.name() + " is not drained; see its weight");
        }
        health.undrain(drained, now);
    }

    /**
     * What the operator's file says of a server that is not in force as it is wanted, being down or drained: what is put back from now on; null
     * when it is not to be there any more. Without effect on servers that are not looked after.
     */
    public synchronized void want(final ServiceKey service, final ServerKey server, final ServerSpec spec) {
        final ServerHealth known = known(service, server);
        if (known != null) {
            known.service.want(known, spec, nowNs.getAsLong());
        }
    }

    private ServerHealth known(final ServiceKey service, final ServerKey server) {
        final ServiceHealth health = services.get(service);
        return health == null ? null : health.server(server);
    }

    /** Does what has to be done while checks change nothing. */
    public synchronized void alone(final Runnable action) {
        action.run();
    }

    /** Looks at the store now: what is known is then what commands have left. */
    public synchronized void look() {
        if (!closed) {
            look(nowNs.getAsLong());
        }
    }

    /** A command's {@link ServiceStore#editServer}: of a server that is not in force as it is wanted it says what is put back. */
    public synchronized void editServer(final ServiceKey service, final ServerKey server, final ServerSpec spec) throws ServiceProblem {
        final ServerHealth known = known(service, server);
        if (known == null || known.isTaken()) {
            store.editServer(service, server, spec);
        } else {
            known.service.edit(known, spec, nowNs.getAsLong());
        }
    }

    /** A command's {@link ServiceStore#deleteServer}, also of a server that checks have removed. */
    public synchronized void deleteServer(final ServiceKey service, final ServerKey server) throws ServiceProblem {
        final ServerHealth known = known(service, server);
        if (known == null) {
            store.deleteServer(service, server);
        } else {
            known.service.delete(known, nowNs.getAsLong());
        }
    }

    /** A command's {@link ServiceStore#deleteService}: if it is added again, it is another. */
    public synchronized void deleteService(final ServiceKey service) throws ServiceProblem {
        store.deleteService(service);
        final ServiceHealth known = services.remove(service);
        if (known != null) {
            known.forget();
        }
    }

    /** A command's {@link ServiceStore#flush}. */
    public synchronized void flush() {
        store.flush();
        services.values().forEach(ServiceHealth::forget);
        services.clear();
        nextLookNs = nowNs.getAsLong();
        wake();
    }

    /** The services as their operator wants them, whatever checks have made of them. */
    public synchronized List<ServiceState> wanted() {
        return OperatorsServices.of(store.services(), status());
    }

    /** Services that have a rule and are not there. */
    public synchronized List<ServiceKey> missing() {
        return rules.missing();
    }

    private ServiceHealth seen(final ServiceKey key, final long now) throws ServiceProblem {
        final ServiceState state = store.service(key).orElseThrow(
                () -> new ServiceProblem(Kind.NO_SERVICE, "there is no service " + Names.of(key)));
        ServiceHealth service = services.get(key);
        if (service == null) {
            service = manage(key, Objects.requireNonNullElse(rules.of(key), NO_RULE));
        }
        service.see(state, now, null);
        return service;
    }

    private static ServerHealth server(final ServiceHealth service, final ServerKey key) throws ServiceProblem {
        final ServerHealth server = service.server(key);
        if (server == null) {
            throw new ServiceProblem(Kind.NO_ENTRY, service.name() + " has no server " + Names.of(key));
        }
        return server;
    }

    /** All servers that are looked after, and sorry servers that are in, service by service. */
    public synchronized List<HealthStatus> status() {
        final long now = nowNs.getAsLong();
        final List<HealthStatus> all = new ArrayList<>();
        for (final ServiceHealth service : services.values()) {
            service.servers().forEach(server -> all.add(server.status(now)));
            if (service.isSorryIn()) {
                all.add(service.sorryStatus());
            }
        }
        return all;
    }

    /** Ends all checks. Services stay as they are: workers may run yet, and servers that are down are to get nothing. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        wake();
        if (executor instanceof ExecutorService service) {
            service.shutdownNow();
        }
        origin.close();
    }
}
