package io.penstock.dataplane.hooks;

import io.penstock.dataplane.namespace.Namespace;
import io.penstock.dataplane.namespace.NamespaceInitializer;

/** Gives every namespace the hook functions that are for every namespace. */
public final class HookInitializer implements NamespaceInitializer {

    private final HookRegistry registry;

    /** For a registry. */
    public HookInitializer(final HookRegistry registry) {
        this.registry = registry;
    }

    @Override
    public String name() {
        return "hooks";
    }

    @Override
    public void init(final Namespace namespace) {
        registry.addScope(namespace);
    }

    @Override
    public void exit(final Namespace namespace) {
        registry.removeScope(namespace);
    }
}
