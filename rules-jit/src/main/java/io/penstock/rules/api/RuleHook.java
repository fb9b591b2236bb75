package io.penstock.rules.api;

/** The hooks that built-in chains hang on, in the order of their numbers (linux/netfilter.h, {@code enum nf_inet_hooks}). */
public enum RuleHook {

    /** Received, not routed yet. */
    PREROUTING,
    /** For this host. */
    INPUT,
    /** Routed through. */
    FORWARD,
    /** Sent by this host. */
    OUTPUT,
    /** About to leave. */
    POSTROUTING;

    /** The hook's bit in a mask of hooks. */
    public int bit() {
        return 1 << ordinal();
    }

    /** The mask of some hooks. */
    public static int mask(final RuleHook... hooks) {
        int mask = 0;
        for (final RuleHook hook : hooks) {
            mask |= hook.bit();
        }
        return mask;
    }
}
