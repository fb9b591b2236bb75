package io.penstock.os.netlink;

import java.util.EnumSet;
import java.util.Set;

/** A part of the kernel's configuration that is dumped on its own; in the order in which dumps are made. */
public enum Part {
    LINKS,
    ADDRESSES,
    RULES,
    NEXT_HOPS,
    ROUTES_V4,
    ROUTES_V6,
    NEIGHBOURS;

    static final Set<Part> ALL = Set.copyOf(EnumSet.allOf(Part.class));

    /** The part that holds a family's routes. */
    static Part routes(final int family) {
        return family == IpAddress.V4 ? ROUTES_V4 : ROUTES_V6;
    }
}
