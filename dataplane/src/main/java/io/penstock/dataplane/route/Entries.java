package io.penstock.dataplane.route;

import io.penstock.dataplane.fib.FibWriter;
import io.penstock.os.netlink.IpAddress;

/**
 * What the forwarding table has for each prefix: a host's entry, else what its route leads to, else nothing. What it has no room for
 * is remembered in {@link Refused}.
 *
 * <p>Threads: the control thread.
 */
final class Entries {

    private final FibWriter fib;
    private final PrefixTable prefixes;
    private final HostEntries hosts;
    private final Refused refused;

    Entries(final FibWriter fib, final PrefixTable prefixes, final HostEntries hosts, final Refused refused) {
        this.fib = fib;
        this.prefixes = prefixes;
        this.hosts = hosts;
        this.refused = refused;
    }

    /**
     * Puts a prefix in the table as a host's entry, else as its route says, else not at all; false if there is no room, and then the
     * table does not have the prefix, and did not have it before.
     */
    boolean write(final Prefix prefix, final SharedAdjacency route) {
        final IpAddress address = prefix.address();
        final int host = prefix.length() == address.bits() ? hosts.adjacency(address) : 0;
        final int adjacency = host != 0 ? host : route == null ? 0 : route.number();
        if (adjacency == 0) {
            remove(prefix);
        } else {
            final PrefixRoutes cover = host == 0 ? null : prefixes.covering(address);
            if (!put(prefix, adjacency, cover == null ? prefix.length() : cover.prefix().length())) {
                refused.add(prefix);
                return false;
            }
        }
        refused.remove(prefix);
        return true;
    }

    private boolean put(final Prefix prefix, final int adjacency, final int routeLength) {
        final IpAddress address = prefix.address();
        return address.family() == IpAddress.V4
                ? fib.put4(address.toInt(), prefix.length(), adjacency)
                : fib.put6(address.high(), address.low(), prefix.length(), adjacency, routeLength);
    }

    private void remove(final Prefix prefix) {
        final IpAddress address = prefix.address();
        if (address.family() == IpAddress.V4) {
            fib.remove4(address.toInt(), prefix.length());
        } else {
            fib.remove6(address.high(), address.low(), prefix.length());
        }
    }
}
