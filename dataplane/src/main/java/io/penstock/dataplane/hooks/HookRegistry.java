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
import java.util.List;
import java.util.Map;

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
 * </ol>
 *
 * <p>Source: net/netfilter/core.c nf_register_net_hooks. Threads: any but workers; one change at a time.
 */
public final class HookRegistry implements HookRegistrar {

    private final List<HookScope> scopes = new ArrayList<>();
    private final List<Registered> registered = new ArrayList<>();
    private final Map<String, QueueHandler> handlers = new HashMap<>();
    private final StolenPackets stolenPackets;
    private long sequence;

    /** A registry without namespaces. */
    public HookRegistry(final StolenPackets stolenPackets) {
        this.stolenPackets = stolenPackets;
    }

    /** A namespace appears: all that is for every namespace applies to it at once. */
    public synchronized void addScope(final HookScope scope) {
        scopes.add(scope);
        scope.apply(setOf(scope), handlers.get(scope.name()));
    }

    /** A namespace goes. */
    public synchronized void removeScope(final HookScope scope) {
        scopes.remove(scope);
        registered.removeIf(r -> scope.name().equals(r.ops.namespace()));
        handlers.remove(scope.name());
    }

    /** Devices of a namespace came or went: functions bound to them follow. */
    public synchronized void devicesChanged(final HookScope scope) {
        scope.apply(setOf(scope), handlers.get(scope.name()));
    }

    @Override
    public synchronized Registration register(final List<HookOps> array) {
        refuseOnWorker();
        array.forEach(this::check);
        final List<Registered> added = array.stream().map(ops -> new Registered(ops, sequence++)).toList();
        registered.addAll(added);
        final List<HookScope> done = new ArrayList<>();
        try {
            for (final HookScope scope : scopes) {
                if (concerns(added, scope)) {
                    done.add(scope);
                    scope.apply(setOf(scope), handlers.get(scope.name()));
                }
            }
        } catch (final RuntimeException e) {
            registered.removeAll(added);
            done.forEach(scope -> scope.apply(setOf(scope), handlers.get(scope.name())));
            throw e;
        }
        return () -> unregister(added);
    }

    @Override
    public synchronized Registration registerQueueHandler(final String namespace, final QueueHandler handler) {
        refuseOnWorker();
        final HookScope scope = scope(namespace);
        if (handlers.containsKey(namespace)) {
            throw new HookException("a queue handler is registered already: namespace=" + shown(namespace)
                    + "; close its registration first");
        }
        handlers.put(namespace, handler);
        scope.apply(setOf(scope), handler);
        return () -> unregisterQueueHandler(scope, handler);
    }

    @Override
    public StolenPackets stolenPackets() {
        return stolenPackets;
    }

    /** What is registered, in order of registration: for listings. */
    public synchronized List<HookOps> list() {
        return registered.stream().map(Registered::ops).toList();
    }

    private synchronized void unregister(final List<Registered> gone) {
        refuseOnWorker();
        if (registered.removeAll(gone)) {
            for (final HookScope scope : scopes) {
                if (concerns(gone, scope)) {
                    scope.apply(setOf(scope), handlers.get(scope.name()));
                }
            }
        }
    }

    private synchronized void unregisterQueueHandler(final HookScope scope, final QueueHandler handler) {
        refuseOnWorker();
        if (handlers.remove(scope.name(), handler)) {
            scope.apply(setOf(scope), null);
        }
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
        if (ops.point() == HookPoint.ARP_OUT || ops.point() == HookPoint.ARP_FORWARD) {
            throw new HookException(what + "point " + ops.point() + " sees no packets: the kernel sends ARP, and nothing "
                    + "is bridged; supported is ARP_IN");
        }
        if (ops.family() == Family.BRIDGE) {
            throw new HookException(what + "family BRIDGE sees no packets: ports are routed, not bridged; supported are "
                    + "INET, IPV4, IPV6, ARP, NETDEV");
        }
        if (ops.namespace() != null) {
            checkIn(scope(ops.namespace()), ops, what);
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
        return new HookException(what + "device " + ops.device() + " is no port; ports are " + String.join(", ", devices));
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

    private HookScope scope(final String namespace) {
        return scopes.stream().filter(s -> s.name().equals(namespace)).findFirst().orElseThrow(() ->
                new HookException("network namespace " + shown(namespace) + " is not served; served are "
                        + String.join(", ", scopes.stream().map(s -> shown(s.name())).toList())));
    }

    private static String shown(final String namespace) {
        return namespace.isEmpty() ? "(own)" : namespace;
    }

    private static void refuseOnWorker() {
        if (WorkerThread.isCurrent()) {
            throw new HookException("hooks cannot be changed from inside a hook function, which the change would wait "
                    + "for; hand the change to another thread");
        }
    }

    private static boolean concerns(final List<Registered> functions, final HookScope scope) {
        return functions.stream().anyMatch(r -> r.ops.namespace() == null || r.ops.namespace().equals(scope.name()));
    }

    private HookSet setOf(final HookScope scope) {
        final List<HookSet.Entry> entries = new ArrayList<>();
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
                    entries.add(new HookSet.Entry(list, ops.function(), ops.priority(), r.sequence, port));
                }
            }
        }
        return new HookSet(entries);
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
}
