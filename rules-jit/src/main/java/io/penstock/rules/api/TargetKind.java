package io.penstock.rules.api;

/** A kind of target. */
public interface TargetKind extends Kind {

    /** Begins reading the options of one. */
    TargetParser parser(ParseScope scope);

    /** The name in the first column of {@code -L}: the kernel's, where {@link #name} is an alias of iptables'. */
    default String listedName() {
        return name();
    }
}
