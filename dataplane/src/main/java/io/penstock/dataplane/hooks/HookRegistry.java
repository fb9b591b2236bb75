package io.penstock.dataplane.hooks;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookException;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookPoint;
import io.penstock.dataplane.api.HookRegistrar;
import io.penstock.dataplane.api.QueueHandler;
import io.penstock.dataplane.api.StolenPackets;
import io.penstock.dataplane.hot.pipeline.HookList;
import io.penstock.dataplane.program.HookSet;
import io.penstock.dataplane.worker.WorkerThread;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * All hook functions of the process, and the network namespaces that they apply to.
 *
 * <p>Invariants:
 * <ol>
 *   <li>An array of functions is registered whole or not at all: when a namespace cannot take it, those before it are
 *       given their old sets back.</li>
 *   <li>Functions of one priority run in order of registration, whatever came and went between.</li>
 *   <li>When a registration is closed, no packet is inside its functions any more.</li>
 *   <li>A namespace that appears later gets all functions that are for every namespace.</li>
 *   <li>When a namespace has gone, no packet of it is inside a function any more.</li>
 * </ol>
 *
 * <p>Source: net/netfilter/core.c nf_register_net_hooks, nf_hook_entries_grow. Threads: any but workers; one change at a time.
 * A change waits for the workers while it holds the lock, so that a worker may never wait for the lock: it is refused before.
 */
public final class HookRegistry implements HookRegistrar {

    /**
     * Functions at one point, of a device where it is bound to one. Unit: functions; the kernel's MAX_HOOK_COUNT. One that
     * registers more has a leak; a higher bound would only show it later.
     */
    static final int MAX_FUNCTIONS = 1024;

    private final List<HookScope> scopes = new ArrayList<>();
    /** In order of registration. Listed without the lock. */
    private final List<Registered> registered = new CopyOnWriteArrayList<>();
    private final Map<String, RegisteredHandler> handlers = new HashMap<>();
    private final StolenPackets stolenPackets;
    private long sequence;

    /** A registry without namespaces. */
    public HookRegistry(final StolenPackets stolenPackets) {
        this.stolenPackets = stolenPackets;
    }

    /** A namespace appears: all that is for every namespace applies to it at once, or it is not there. */
    public synchronized void addScope(final HookScope scope) {
        if (scopes.stream().anyMatch(s -> s.name().equals(scope.name()))) {
            throw new HookException("network namespace " + shown(scope.name()) + " is served already; remove it first");
        }
        scopes.add(scope);
        try {
            apply(scope);
        } catch (final RuntimeException | Error e) {
            scopes.remove(scope);
            throw e;
        }
    }

    /** A namespace goes; what was registered for it alone goes too. */
    public synchronized void removeScope(final HookScope scope) {
        if (scopes.remove(scope)) {
            registered.removeIf(r -> scope.name().equals(r.ops.namespace()));
            handlers.remove(scope.name());
            scope.apply(HookSet.EMPTY, null);
        }
    }

    /** Devices of a namespace came or went: functions bound to them follow. */
    public synchronized void devicesChanged(final HookScope scope) {
        apply(scope);
    }

    @Override
    public Registration register(final List<HookOps> array) {
        refuseOnWorker();
        return registerLocked(List.copyOf(array));
    }

    private synchronized Registration registerLocked(final List<HookOps> array) {
        refuseInside();
        array.forEach(this::check);
        final List<Registered> added = array.stream().map(ops -> new Registered(ops, sequence++)).toList();
        registered.addAll(added);
        final List<HookScope> done = new ArrayList<>();
        try {
            final Map<HookScope, HookSet> sets = new LinkedHashMap<>();
            scopes.stream().filter(scope -> concerns(added, scope)).forEach(scope -> sets.put(scope, setOf(scope)));
            sets.forEach((scope, set) -> {
                done.add(scope);
                scope.apply(set, handler(scope));
            });
        } catch (final RuntimeException | Error e) {
            registered.removeAll(added);
            applyAll(done, e);
        }
        return () -> unregister(added);
    }

    @Override
    public Registration registerQueueHandler(final String namespace, final QueueHandler handler) {
        refuseOnWorker();
        return registerQueueHandlerLocked(namespace, new RegisteredHandler(Objects.requireNonNull(handler, "handler")));
    }

    private synchronized Registration registerQueueHandlerLocked(
            final String namespace, final RegisteredHandler registration) {
        refuseInside();
        final HookScope scope = scope(namespace, "queue handler: ");
        if (handlers.containsKey(namespace)) {
            throw new HookException("a queue handler is registered already: namespace=" + shown(namespace)
                    + "; close its registration first");
        }
        handlers.put(namespace, registration);
        try {
            apply(scope);
        } catch (final RuntimeException | Error e) {
            handlers.remove(namespace);
            applyAll(List.of(scope), e);
        }
        return () -> unregisterQueueHandler(scope, registration);
    }

    @Override
    public StolenPackets stolenPackets() {
        return stolenPackets;
    }

    /** What is registered, in order of registration: for listings. */
    public List<HookOps> list() {
        return registered.stream().map(Registered::ops).toList();
    }

    private void unregister(final List<Registered> gone) {
        refuseOnWorker();
        unregisterLocked(gone);
    }

    private synchronized void unregisterLocked(final List<Registered> gone) {
        refuseInside();
        if (registered.removeAll(gone)) {
            applyAll(scopes.stream().filter(scope -> concerns(gone, scope)).toList(), null);
        }
    }

    private void unregisterQueueHandler(final HookScope scope, final RegisteredHandler registration) {
        refuseOnWorker();
        unregisterQueueHandlerLocked(scope, registration);
    }

    private synchronized void unregisterQueueHandlerLocked(final HookScope scope, final RegisteredHandler registration) {
        refuseInside();
        if (handlers.get(scope.name()) == registration) {
            handlers.remove(scope.name());
            apply(scope);
        }
    }

    /** Puts what is registered in force in all of the scopes, even when some fail; throws what went wrong first. */
    private void applyAll(final List<HookScope> all, final Throwable before) {
        Throwable first = before;
        for (final HookScope scope : all) {
            try {
                apply(scope);
            } catch (final RuntimeException | Error e) {
                if (first == null) {
                    first = e;
                } else if (first != e) {
                    first.addSuppressed(e);
                }
            }
        }
        switch (first) {
            case null -> { }
            case final RuntimeException e -> throw e;
            case final Error e -> throw e;
            default -> throw new IllegalStateException(first);
        }
    }

    private void apply(final HookScope scope) {
        scope.apply(setOf(scope), handler(scope));
    }

    private QueueHandler handler(final HookScope scope) {
        final RegisteredHandler registration = handlers.get(scope.name());
        return registration == null ? null : registration.handler;
    }

    private void check(final HookOps ops) {
        final String what = "hook " + ops.name() + ": ";
        if (!ops.point().belongsTo(ops.family())) {
            throw new HookException(what + "family " + ops.family() + " has no point " + ops.point()
                    + "; it has " + pointsOf(ops.family()));
        }
        if (ops.point().needsDevice() && ops.device() == null) {
            throw new HookException(what + "point " + ops.point() + " needs a device; name one with on(device)");
        }
        if (!ops.point().needsDevice() && ops.device() != null) {
            throw new HookException(what + "point " + ops.point() + " takes no device: device=" + ops.device()
                    + "; test state.in() or state.out() in the function");
        }
        if (ops.point() == HookPoint.ARP_FORWARD) {
            throw new HookException(what + "point " + ops.point() + " sees no packets: nothing is bridged; supported are "
                    + "ARP_IN and ARP_OUT");
        }
        if (ops.family() == Family.BRIDGE) {
            throw new HookException(what + "family BRIDGE sees no packets: ports are routed, not bridged; supported are "
                    + "INET, IPV4, IPV6, ARP, NETDEV");
        }
        if (ops.namespace() != null) {
            checkIn(scope(ops.namespace(), what), ops, what);
        } else if (!scopes.isEmpty()) {
            checkInEvery(ops, what);
        }
    }

    private void checkInEvery(final HookOps ops, final String what) {
        for (final HookScope scope : scopes) {
            checkFamily(scope, ops, what);
        }
        if (ops.device() != null && scopes.stream().allMatch(scope -> scope.portOf(ops.device()) < 0)) {
            throw noDevice(ops, what, scopes.stream().flatMap(scope -> scope.devices().stream()).toList());
        }
    }

    private static void checkIn(final HookScope scope, final HookOps ops, final String what) {
        checkFamily(scope, ops, what);
        if (ops.device() != null && scope.portOf(ops.device()) < 0) {
            throw noDevice(ops, what, scope.devices());
        }
    }

    private static void checkFamily(final HookScope scope, final HookOps ops, final String what) {
        final String lack = scope.lacks(ops.family());
        if (lack != null) {
            throw new HookException(what + lack);
        }
    }

    private static HookException noDevice(final HookOps ops, final String what, final List<String> devices) {
        return new HookException(what + "device " + ops.device() + " is no port; "
                + (devices.isEmpty() ? "there are none" : "ports are " + String.join(", ", devices)));
    }

    private static String pointsOf(final Family family) {
        final List<String> points = new ArrayList<>();
        for (final HookPoint point : HookPoint.values()) {
            if (point.belongsTo(family)) {
                points.add(point.name());
            }
        }
        return points.isEmpty() ? "none" : String.join(", ", points);
    }

    private HookScope scope(final String namespace, final String what) {
        return scopes.stream().filter(s -> s.name().equals(namespace)).findFirst().orElseThrow(() ->
                new HookException(what + "network namespace " + shown(namespace) + " is not served; served are "
                        + String.join(", ", scopes.stream().map(s -> shown(s.name())).toList())));
    }

    private static String shown(final String namespace) {
        return namespace.isEmpty() ? "(own)" : namespace;
    }

    /** Without the lock, which the thread that waits for this worker holds. */
    private static void refuseOnWorker() {
        if (WorkerThread.isCurrent()) {
            throw inside();
        }
    }

    private void refuseInside() {
        if (scopes.stream().anyMatch(HookScope::isInside)) {
            throw inside();
        }
    }

    private static HookException inside() {
        return new HookException("hooks cannot be changed from inside a hook function, which the change would wait "
                + "for; hand the change to another thread");
    }

    private static boolean concerns(final List<Registered> functions, final HookScope scope) {
        return functions.stream().anyMatch(r -> r.ops.namespace() == null || r.ops.namespace().equals(scope.name()));
    }

    private HookSet setOf(final HookScope scope) {
        final List<HookSet.Entry> entries = new ArrayList<>();
        final Map<Place, Integer> counts = new HashMap<>();
        for (final Registered r : registered) {
            final HookOps ops = r.ops;
            if (ops.namespace() != null && !ops.namespace().equals(scope.name())) {
                continue;
            }
            final int port = ops.device() == null ? HookSet.EVERY_PORT : scope.portOf(ops.device());
            if (ops.device() != null && port < 0) {
                continue;
            }
            for (final HookList list : HookList.values()) {
                if (isIn(list, ops)) {
                    if (counts.merge(new Place(list, port), 1, Integer::sum) > MAX_FUNCTIONS) {
                        throw tooMany(ops, list);
                    }
                    entries.add(new HookSet.Entry(list, ops.function(), ops.priority(), r.sequence, port));
                }
            }
        }
        return new HookSet(entries);
    }

    private static HookException tooMany(final HookOps ops, final HookList list) {
        return new HookException("hook " + ops.name() + ": too many functions (E2BIG): family=" + list.family() + " point="
                + list.point() + (ops.device() == null ? "" : " device=" + ops.device()) + " limit=" + MAX_FUNCTIONS
                + "; close registrations that are not needed");
    }

    /** INET stands for both IP families; its INGRESS is the device's. */
    private static boolean isIn(final HookList list, final HookOps ops) {
        if (list.point() != ops.point()) {
            return false;
        }
        return list.family() == ops.family() || ops.family() == Family.INET;
    }

    private record Registered(HookOps ops, long sequence) {
    }

    /** Each is another, even for the same handler. */
    private static final class RegisteredHandler {

        private final QueueHandler handler;

        private RegisteredHandler(final QueueHandler handler) {
            this.handler = handler;
        }
    }

    private record Place(HookList list, int port) {
    }
}
