package io.penstock.dataplane.namespace;

/**
 * A part of Penstock that keeps state for each network namespace ({@code struct pernet_operations}).
 */
public interface NamespaceInitializer {

    /** What errors call it. */
    String name();

    /** A namespace is born: makes the part's state. When it throws, the initializers before it are undone. */
    void init(Namespace namespace);

    /** A namespace dies: undoes {@link #init}. Never throws. */
    void exit(Namespace namespace);
}
