package io.penstock.dataplane.ipvs.health;

import io.penstock.dataplane.ipvs.health.HealthRule.OnDown;
import io.penstock.dataplane.ipvs.health.HealthStatus.Health;
import io.penstock.dataplane.ipvs.health.HealthStatus.Role;
import io.penstock.dataplane.ipvs.model.RemovalPolicy;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServerState;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceProblem.Kind;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.dataplane.ipvs.model.ServiceStore;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A service: what the store has of it, what follows of its servers' health, and its sorry server.
 *
 * <p>Invariants:
 * <ol>
 *   <li>What commands have changed meanwhile is seen ({@link #see}) before anything is written ({@link #settle}).</li>
 *   <li>A weight that is not what was written is a command's: it counts, and the server is judged anew, as one that is new.</li>
 *   <li>The sorry server is nobody's but the checks': it is not checked, and goes when it is not wanted, whoever put it in.</li>
 *   <li>What the store refuses is tried again at the next look.</li>
 * </ol>
 *
 * <p>Threads: whoever has the engine's lock.
 */
final class ServiceHealth {

    /** Of the sorry server, which is alone: any but 0 does. */
    private static final int SORRY_WEIGHT = 1;

    private final ServiceStore store;
    private final ServiceKey key;
    private final Consumer<String> log;
    private final Consumer<ServerHealth> toCheck;
    private final long seed;
    private final Map<ServerKey, ServerHealth> servers = new LinkedHashMap<>();
    /** What the store has refused, and why, as it was said. */
    private final Map<String, String> refused = new HashMap<>();
    private HealthRule rule;
    private boolean sorryIn;
    private boolean enough = true;

    /**
     * Knows of no server yet.
     *
     * @param toCheck told of servers that are to be checked from now on, or at once
     */
    ServiceHealth(
            final ServiceStore store, final ServiceKey key, final HealthRule rule, final Consumer<String> log,
            final Consumer<ServerHealth> toCheck, final long seed) {
        this.store = store;
        this.key = key;
        this.rule = rule;
        this.log = log;
        this.toCheck = toCheck;
        this.seed = seed;
    }

    ServiceKey key() {
        return key;
    }

    HealthRule rule() {
        return rule;
    }

    Collection<ServerHealth> servers() {
        return servers.values();
    }

    ServerHealth server(final ServerKey server) {
        return servers.get(server);
    }

    boolean isSorryIn() {
        return sorryIn;
    }

    String name() {
        return Names.of(key);
    }

    /** The sorry server's name in this service, or null. */
    ServerKey sorryKey() {
        final SorryServer sorry = rule.sorry();
        return sorry == null ? null : new ServerKey(sorry.address(), sorry.port() == 0 ? key.port() : sorry.port());
    }

    /** What is known of the sorry server. */
    HealthStatus sorryStatus() {
        return new HealthStatus(key, sorryKey(), Health.UNKNOWN, Role.SORRY, sorrySpec(), true, 0, 0, 0, 0, null);
    }

    private ServerSpec sorrySpec() {
        return new ServerSpec(rule.sorry().method(), SORRY_WEIGHT, 0, 0, TunnelSpec.IPIP);
    }

    /** Follows another rule from now on; what is known of servers stays. */
    void follow(final HealthRule next, final long nowNs) {
        if (sorryIn && (next.sorry() == null || !next.sorry().equals(rule.sorry()))) {
            removeSorry();
        }
        if (rule.onRemoval() != null && next.onRemoval() == null) {
            attempt(null, "the policy for connections cannot be set", () -> store.setRemovalPolicy(key, RemovalPolicy.KERNEL));
        }
        rule = next;
        for (final ServerHealth server : servers.values()) {
            if (next.check() == null) {
                server.judgeAnew(nowNs);
            } else if (!server.queued && !server.running) {
                server.beFirstDue(next, nowNs);
                toCheck.accept(server);
            } else if (server.queued && server.beDueSooner(next, nowNs)) {
                toCheck.accept(server);
            }
        }
    }

    /** Takes over what the store has; {@code closed} is null where nobody asks which connections are over. */
    void see(final ServiceState state, final long nowNs, final ClosedConnections closed) {
        final Set<ServerKey> there = new HashSet<>();
        final ServerKey sorry = sorryKey();
        boolean sorrySeen = false;
        for (final ServerState server : state.servers()) {
            if (server.key().equals(sorry)) {
                sorrySeen = true;
            } else {
                there.add(server.key());
                see(server, nowNs, closed);
            }
        }
        sorryIn = sorrySeen;
        final Iterator<ServerHealth> all = servers.values().iterator();
        while (all.hasNext()) {
            final ServerHealth server = all.next();
            if (!there.contains(server.key) && !server.removed) {
                server.gone = true;
                all.remove();
            }
        }
    }

    private void see(final ServerState state, final long nowNs, final ClosedConnections closed) {
        final ServerSpec spec = ServerHealth.asWritten(key, state);
        ServerHealth server = servers.get(state.key());
        if (server == null) {
            server = new ServerHealth(this, state.key(), spec, nowNs, seed);
            server.beFirstDue(rule, nowNs);
            servers.put(state.key(), server);
            toCheck.accept(server);
        } else if (server.removed || server.written != null && server.written.weight() != spec.weight()) {
            overrule(server, spec, nowNs);
        } else if (server.written != null) {
            if (!spec.equals(server.written)) {
                server.wanted = ServerHealth.withWeight(spec, server.wanted.weight());
                server.written = spec;
            }
        } else {
            server.wanted = spec;
        }
        // To tell which are over takes a look at all connections there are: only when it decides something.
        final boolean decides = closed != null && server.role == Role.DRAINING && (state.active() == 0 || server.drainUntilNs - nowNs <= 0);
        final long over = decides && state.inactive() > 0 ? Math.min(state.inactive(), closed.count(key, state.key())) : 0;
        server.connections = state.active() + state.inactive() - over;
    }

    /** A command has brought in what was out. */
    private void overrule(final ServerHealth server, final ServerSpec spec, final long nowNs) {
        final String was = server.role != Role.SERVER ? "drained" : server.health == Health.DOWN ? "down" : "out";
        log.accept(server.name() + " has weight " + spec.weight() + " by a command while " + was + ": it is judged anew");
        server.wanted = spec;
        server.written = null;
        server.removed = false;
        server.role = Role.SERVER;
        server.judgeAnew(nowNs);
        server.dueNs = nowNs;
        toCheck.accept(server);
    }

    /** Notes what a check has found. */
    void result(final ServerHealth server, final boolean passed, final String found, final long nowNs) {
        final boolean first = server.health == Health.UNKNOWN;
        if (!server.note(passed, found, rule)) {
            return;
        }
        final boolean expected = first && passed && rule.initial() == HealthRule.Initial.UP;
        server.health = passed ? Health.UP : Health.DOWN;
        server.sinceNs = nowNs;
        if (!expected) {
            final String after = first ? "at the first check"
                    : "after " + server.inRow + (passed ? " success" : " failure") + (server.inRow == 1 ? "" : passed ? "es" : "s");
            log.accept(server.name() + " is " + (passed ? "up" : "down") + ": " + found + "; " + after);
        }
        settle(nowNs);
        final boolean end = rule.onRemoval() == RemovalPolicy.RESET || rule.onRemoval() == RemovalPolicy.REHASH;
        if (!passed && end && !server.removed && !server.gone) {
            endConnections(server);
        }
    }

    /** A look: what has been waited for, what has to be written, and the policy, which a service that was made anew does not have. */
    void look(final ServiceState state, final long nowNs, final ClosedConnections closed) {
        see(state, nowNs, closed);
        if (rule.onRemoval() != null) {
            attempt(null, "the policy for connections cannot be set", () -> store.setRemovalPolicy(key, rule.onRemoval()));
        }
        for (final ServerHealth server : Set.copyOf(servers.values())) {
            if (server.role == Role.DRAINING && isDrained(server, nowNs)) {
                endDrain(server);
            }
        }
        settle(nowNs);
    }

    /** Makes the store what it ought to be. */
    void settle(final long nowNs) {
        if (isSettled()) {
            return;
        }
        store.together(() -> {
            final Optional<ServiceState> state = store.service(key);
            if (state.isPresent()) {
                see(state.get(), nowNs, null);
                write();
            }
        });
    }

    private boolean isSettled() {
        final boolean sorryWanted = isSorryWanted();
        return enough == isEnough() && sorryWanted == sorryIn
                && servers.values().stream().allMatch(s -> isRight(s, mayTake(s, sorryWanted)));
    }

    private void write() {
        final boolean nowEnough = isEnough();
        final boolean sorryWanted = isSorryWanted();
        if (nowEnough != enough) {
            enough = nowEnough;
            tellEnough();
        }
        if (sorryWanted && !sorryIn) {
            addSorry();
        }
        for (final ServerHealth server : servers.values()) {
            final boolean take = mayTake(server, sorryWanted && sorryIn);
            if (isRight(server, take)) {
                continue;
            }
            if (take) {
                putBack(server);
            } else if (server.role == Role.SERVER && rule.onDown() == OnDown.REMOVE) {
                remove(server);
            } else {
                quiesce(server);
            }
        }
        if (!sorryWanted && sorryIn) {
            removeSorry();
        }
    }

    private boolean mayTake(final ServerHealth server, final boolean sorryTakesAll) {
        return server.role == Role.SERVER && server.isHealthy(rule) && !sorryTakesAll;
    }

    private boolean isRight(final ServerHealth server, final boolean take) {
        if (take) {
            return server.written == null && !server.removed;
        }
        return server.role == Role.SERVER && rule.onDown() == OnDown.REMOVE ? server.removed : server.written != null && !server.removed;
    }

    private long usable() {
        return servers.values().stream().filter(s -> mayTake(s, false) && s.wanted.weight() > 0).count();
    }

    private boolean isEnough() {
        return rule.check() == null && rule.sorry() == null || usable() >= rule.quorum();
    }

    private boolean isSorryWanted() {
        return rule.sorry() != null && usable() < rule.quorum();
    }

    private void tellEnough() {
        final long usable = usable();
        final String quorum = rule.quorum() == 1 ? "" : ", quorum=" + rule.quorum();
        if (enough) {
            log.accept(name() + " has " + Names.count(usable, "server") + " again" + quorum
                    + (rule.sorry() == null ? "" : ": the sorry server " + Names.of(sorryKey()) + " goes"));
        } else {
            log.accept(name() + " has " + (usable == 0 ? "no server" : Names.count(usable, "server")) + " that takes connections"
                    + quorum + (rule.sorry() == null ? "" : ": the sorry server " + Names.of(sorryKey()) + " takes them"));
        }
    }

    private void putBack(final ServerHealth server) {
        final boolean done = server.removed
                ? attempt(server, "it cannot be added again", () -> store.addServer(key, server.key, server.wanted))
                : attempt(server, "its weight cannot be put back", () -> {
                    store.editServer(key, server.key, server.wanted);
                    // Said where the weight that is wanted is 0, too.
                    store.withdraw(key, server.key, false);
                });
        if (done) {
            server.removed = false;
            server.written = null;
        }
    }

    private void quiesce(final ServerHealth server) {
        final ServerSpec zero = ServerHealth.withWeight(server.wanted, 0);
        final boolean done = attempt(server, server.removed ? "it cannot be added again" : "its weight cannot be set to 0", () -> {
            if (server.removed) {
                store.addServer(key, server.key, zero);
            } else {
                store.editServer(key, server.key, zero);
            }
            store.withdraw(key, server.key, true);
        });
        if (done) {
            server.removed = false;
            server.written = zero;
        }
    }

    private void remove(final ServerHealth server) {
        if (attempt(server, "it cannot be removed", () -> store.deleteServer(key, server.key))) {
            server.removed = true;
            server.written = null;
        }
    }

    private void addSorry() {
        sorryIn = attempt(null, "the sorry server " + Names.of(sorryKey()) + " cannot be added",
                () -> store.addServer(key, sorryKey(), sorrySpec()));
    }

    private void removeSorry() {
        if (attempt(null, "the sorry server " + Names.of(sorryKey()) + " cannot be removed", () -> store.deleteServer(key, sorryKey()))) {
            sorryIn = false;
        }
    }

    private void endConnections(final ServerHealth server) {
        attempt(server, "its connections cannot be ended", () -> store.endConnections(key, server.key));
    }

    /**
     * What a command says of a server that is not in force as it is wanted: put back when it may be. A weight ends a drain.
     *
     * @throws ServiceProblem when the store refuses it; then nothing has changed
     */
    void edit(final ServerHealth server, final ServerSpec spec, final long nowNs) throws ServiceProblem {
        if (!server.removed) {
            final ServerSpec zero = ServerHealth.withWeight(spec, 0);
            store.editServer(key, server.key, zero);
            server.written = zero;
        }
        server.wanted = spec;
        if (server.role != Role.SERVER && spec.weight() > 0) {
            server.role = Role.SERVER;
            log.accept(server.name() + " has weight " + spec.weight() + " by a command while drained: it is no longer drained");
        }
        settle(nowNs);
    }

    /**
     * Deletes a server, whether checks have it out or not.
     *
     * @throws ServiceProblem when the store refuses it; then nothing has changed
     */
    void delete(final ServerHealth server, final long nowNs) throws ServiceProblem {
        if (!server.removed) {
            store.deleteServer(key, server.key);
        }
        servers.remove(server.key);
        server.gone = true;
        settle(nowNs);
    }

    /** Has a server otherwise from now on, or with null not at all. */
    void want(final ServerHealth server, final ServerSpec spec, final long nowNs) {
        if (spec == null) {
            if (server.removed || attempt(server, "it cannot be removed", () -> store.deleteServer(key, server.key))) {
                servers.remove(server.key);
                server.gone = true;
            }
        } else {
            server.wanted = spec;
            if (server.written != null) {
                quiesce(server);
            } else if (!server.removed) {
                putBack(server);
            }
        }
        settle(nowNs);
    }

    /** Begins to drain a server; {@link #settle} does the first step. */
    void drain(final ServerHealth server, final long untilNs, final boolean remove, final long nowNs) {
        server.role = Role.DRAINING;
        server.drainFromNs = nowNs;
        server.drainUntilNs = untilNs;
        server.removeWhenDrained = remove;
        settle(nowNs);
    }

    /** Takes a server back that was drained, or was to be. */
    void undrain(final ServerHealth server, final long nowNs) {
        server.role = Role.SERVER;
        log.accept(server.name() + " is no longer drained: weight " + server.wanted.weight());
        settle(nowNs);
    }

    private static boolean isDrained(final ServerHealth server, final long nowNs) {
        return server.drainUntilNs - nowNs <= 0
                || server.connections == 0 && nowNs - server.drainFromNs >= HealthChecks.QUIET_NS;
    }

    private void endDrain(final ServerHealth server) {
        final long left = server.connections;
        server.role = Role.DRAINED;
        if (left > 0) {
            endConnections(server);
        }
        final String how = left == 0 ? " is drained" : " has had its time to drain, with " + Names.count(left, "connection") + " left";
        if (!server.removeWhenDrained) {
            log.accept(server.name() + how + ": it stays with weight 0");
        } else if (server.removed || attempt(server, "it cannot be removed", () -> store.deleteServer(key, server.key))) {
            servers.remove(server.key);
            server.gone = true;
            log.accept(server.name() + how + ": it is removed");
        } else {
            server.role = Role.DRAINING;
        }
    }

    /** Makes the store what the operator wants, but for servers that are drained, which the operator wanted, too. */
    void restore() {
        store.together(() -> {
            for (final ServerHealth server : servers.values()) {
                if (server.role == Role.SERVER && (server.removed || server.written != null)) {
                    putBack(server);
                }
            }
            if (sorryIn) {
                removeSorry();
            }
        });
    }

    /** The service is gone, or nobody looks after it. */
    void forget() {
        servers.values().forEach(s -> s.gone = true);
        servers.clear();
    }

    /** A change of the store. */
    @FunctionalInterface
    private interface Change {
        void make() throws ServiceProblem;
    }

    /** Makes a change; what is refused is said once, but for what has just gone, which the next look finds out. */
    private boolean attempt(final ServerHealth server, final String failure, final Change change) {
        final String what = (server == null ? name() : server.name()) + ": " + failure;
        try {
            change.make();
            refused.remove(what);
            return true;
        } catch (final ServiceProblem e) {
            if (e.kind() != Kind.NO_SERVICE && e.kind() != Kind.NO_ENTRY && e.kind() != Kind.GONE) {
                final String why = e.getMessage() == null ? e.kind().toString() : e.getMessage();
                if (!why.equals(refused.put(what, why))) {
                    log.accept(what + ": " + why);
                }
            }
            return false;
        }
    }
}
