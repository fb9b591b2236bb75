package io.penstock.dataplane.route;

import io.penstock.os.netlink.IpAddress;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * All prefixes that routes exist for, of both families, and which of them covers an address.
 *
 * <p>Threads: the control thread.
 */
final class PrefixTable {

    private static final int LENGTHS = 129;

    private final Map<Prefix, PrefixRoutes> entries = new HashMap<>();
    private final int[] count4 = new int[LENGTHS];
    private final int[] count6 = new int[LENGTHS];

    /** The routes of a prefix, or null. */
    PrefixRoutes get(final Prefix prefix) {
        return entries.get(prefix);
    }

    PrefixRoutes getOrAdd(final Prefix prefix) {
        PrefixRoutes routes = entries.get(prefix);
        if (routes == null) {
            routes = new PrefixRoutes(prefix);
            entries.put(prefix, routes);
            counts(prefix.address())[prefix.length()]++;
        }
        return routes;
    }

    void remove(final Prefix prefix) {
        if (entries.remove(prefix) != null) {
            counts(prefix.address())[prefix.length()]--;
        }
    }

    Collection<PrefixRoutes> all() {
        return Collections.unmodifiableCollection(entries.values());
    }

    /** The longest prefix in force that covers an address, or null. */
    PrefixRoutes covering(final IpAddress address) {
        final int[] counts = counts(address);
        for (int length = address.bits(); length >= 0; length--) {
            if (counts[length] > 0) {
                final PrefixRoutes routes = entries.get(new Prefix(address.prefix(length), length));
                if (routes != null && routes.inForce() != null) {
                    return routes;
                }
            }
        }
        return null;
    }

    private int[] counts(final IpAddress address) {
        return address.family() == IpAddress.V4 ? count4 : count6;
    }
}
