package io.penstock.dataplane.route;

import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.Route;
import io.penstock.os.netlink.RouteKey;
import io.penstock.os.netlink.RouteType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * IPv6 routes of the table local that are wider than one address. Linux looks in that table first: such a route hides more
 * specific ones of the table main, which the forwarding table, being one for both, must therefore not have.
 *
 * <p>Threads: the control thread.
 */
final class WideLocals {

    private static final int TABLE_LOCAL = 255;

    private final Set<RouteKey> keys = new HashSet<>();

    /** Notes what the routes of a key are now; true if what is hidden may have changed. */
    boolean change(final RouteKey key, final List<Route> now) {
        if (key.family() != IpAddress.V6 || key.table() != TABLE_LOCAL || key.prefixLength() == key.destination().bits()) {
            return false;
        }
        return !now.isEmpty() && now.getFirst().type() != RouteType.THROW ? keys.add(key) : keys.remove(key);
    }

    /** True if a route of another table is not reached. */
    boolean hide(final Route route) {
        if (keys.isEmpty() || route.family() != IpAddress.V6 || route.key().table() == TABLE_LOCAL) {
            return false;
        }
        for (final RouteKey key : keys) {
            if (key.prefixLength() < route.key().prefixLength()
                    && route.key().destination().isIn(key.destination(), key.prefixLength())) {
                return true;
            }
        }
        return false;
    }
}
