package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.hot.fib.Addresses6;
import io.penstock.dataplane.hot.fib.Fib;

/** IPv6 addresses that mean something on one link only: whose they are, and where they are found. */
final class LinkLocal6 {

    /** What a link-local address's first half has on the wire: all else is zeros (RFC 4291 section 2.5.6). */
    private static final long LINK_LOCAL_BITS = 0xFFC0L << 48;

    private LinkLocal6() {
    }

    /** The adjacency for an address; of a link-local one, on a port's link. */
    static int lookup(final Lane lane, final int port, final long high, final long low) {
        return RouteStep.isLinkLocal(high) && port >= 0
                ? lane.fib.lookupLinkLocal6(port, high, low) : lane.fib.lookup6(high, low);
    }

    /** The first half of an address as the table has it; of a link-local one, for a port's link. */
    static long inTable(final int port, final long high) {
        return RouteStep.isLinkLocal(high) && port >= 0 ? Fib.onLinkOf(port, high) : high;
    }

    /** The first half of an address that the table has in this form. */
    static long onWire(final long high) {
        return RouteStep.isLinkLocal(high) ? high & LINK_LOCAL_BITS : high;
    }

    /** The number of a port's own link-local address, or -1. */
    static int own(final Addresses6 own, final int port) {
        return own.linkLocal(port);
    }
}
