package io.penstock.dataplane.namespace;

import java.util.ArrayList;
import java.util.List;

/**
 * The namespaces that are served and the initializers that run for each.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Every namespace has been through every initializer, in order of registration, the ones registered later too.</li>
 *   <li>When one fails for a namespace, those before it are undone in reverse order, and the namespace is not there.</li>
 *   <li>When a new initializer fails for a namespace that exists, it is undone for the others and is not registered.</li>
 *   <li>At a namespace's death the initializers run in reverse.</li>
 * </ol>
 *
 * <p>Source: net/core/net_namespace.c setup_net, register_pernet_operations. Threads: control.
 */
public final class Namespaces {

    private final List<NamespaceInitializer> initializers = new ArrayList<>();
    private final List<Namespace> namespaces = new ArrayList<>();

    /** Adds an initializer and runs it for the namespaces that exist. */
    public synchronized void register(final NamespaceInitializer initializer) {
        final List<Namespace> done = new ArrayList<>();
        for (final Namespace namespace : namespaces) {
            try {
                initializer.init(namespace);
                done.add(namespace);
            } catch (final RuntimeException | Error e) {
                done.reversed().forEach(initializer::exit);
                throw failed(initializer, namespace, e);
            }
        }
        initializers.add(initializer);
    }

    /** Removes an initializer and undoes it everywhere. */
    public synchronized void unregister(final NamespaceInitializer initializer) {
        if (initializers.remove(initializer)) {
            namespaces.reversed().forEach(initializer::exit);
        }
    }

    /** A namespace is born. */
    public synchronized void add(final Namespace namespace) {
        if (namespaces.stream().anyMatch(n -> n.name().equals(namespace.name()))) {
            throw new IllegalStateException("network namespace " + namespace.shownName()
                    + " is served already; remove it first");
        }
        final List<NamespaceInitializer> done = new ArrayList<>();
        for (final NamespaceInitializer initializer : initializers) {
            try {
                initializer.init(namespace);
                done.add(initializer);
            } catch (final RuntimeException | Error e) {
                done.reversed().forEach(i -> i.exit(namespace));
                throw failed(initializer, namespace, e);
            }
        }
        namespaces.add(namespace);
    }

    /** A namespace dies. */
    public synchronized void remove(final Namespace namespace) {
        if (namespaces.remove(namespace)) {
            initializers.reversed().forEach(i -> i.exit(namespace));
        }
    }

    /** Those that are served. */
    public synchronized List<Namespace> list() {
        return List.copyOf(namespaces);
    }

    private static IllegalStateException failed(
            final NamespaceInitializer initializer, final Namespace namespace, final Throwable cause) {
        return new IllegalStateException("network namespace " + namespace.shownName() + " cannot be served: "
                + initializer.name() + ": " + cause.getMessage(), cause);
    }
}
