package io.penstock.dataplane.api;

import java.util.Objects;

/**
 * One hook function with its place ({@code struct nf_hook_ops}).
 *
 * @param name what listings and errors call it
 * @param function the function
 * @param family its family; INET stands for IPV4 and IPV6
 * @param point its point
 * @param priority ascending; equal priorities run in order of registration
 * @param device the device that INGRESS and EGRESS are bound to, whichever has that name at a time; else null
 * @param namespace the one namespace that it is for, or null for every one present and future
 */
public record HookOps(
        String name,
        HookFunction function,
        Family family,
        HookPoint point,
        int priority,
        String device,
        String namespace) {

    public HookOps {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(function, "function");
        Objects.requireNonNull(family, "family");
        Objects.requireNonNull(point, "point");
    }

    /** For every namespace. */
    public static HookOps of(
            final String name, final Family family, final HookPoint point, final int priority, final HookFunction function) {
        return new HookOps(name, function, family, point, priority, null, null);
    }

    /** The same for one device. */
    public HookOps on(final String onDevice) {
        return new HookOps(name, function, family, point, priority, onDevice, namespace);
    }

    /** The same for one namespace. */
    public HookOps in(final String inNamespace) {
        return new HookOps(name, function, family, point, priority, device, inNamespace);
    }
}
