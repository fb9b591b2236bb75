package io.penstock.dataplane.run;

import io.penstock.dataplane.route.Routing;
import io.penstock.os.netlink.Address;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.KernelMirror;
import io.penstock.os.netlink.Link;
import io.penstock.os.netlink.Neighbour;
import io.penstock.os.netlink.Route;
import io.penstock.os.netlink.RouteKey;
import io.penstock.os.netlink.RouteType;
import io.penstock.os.netlink.Rule;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.SysException;
import io.penstock.os.xdp.HostAddresses;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Passes what the kernel tells on: routes and neighbours to routing, the host's own addresses to the XDP programs, devices
 * to the ports.
 *
 * <p>Threads: control.
 */
final class KernelFollower implements KernelMirror.Observer {

    private static final int TABLE_LOCAL = 255;

    private final HostAddresses hostAddresses;
    private final Consumer<String> reporter;
    /** The host's own addresses that found no room, in the order in which they came. */
    private final Set<IpAddress> leftOut4 = new LinkedHashSet<>();
    private final Set<IpAddress> leftOut6 = new LinkedHashSet<>();
    private Routing routing;
    private BiConsumer<Link, Link> ports = (now, before) -> { };
    private Runnable settings = () -> { };
    private BiConsumer<Integer, IpAddress> lost = (ifindex, address) -> { };
    private Consumer<SysException> unread = e -> { };

    KernelFollower(final HostAddresses hostAddresses, final Consumer<String> reporter) {
        this.hostAddresses = hostAddresses;
        this.reporter = reporter;
    }

    /** Who is to look at the kernel's settings when one has changed; nobody unless set. */
    void onSetting(final Runnable listener) {
        settings = listener;
    }

    /** Who is told of a device that goes down, with no address, or loses one; nobody unless set. */
    void onLostAddress(final BiConsumer<Integer, IpAddress> listener) {
        lost = listener;
    }

    /** Who is told that the kernel could not be read; nobody unless set. */
    void onUnread(final Consumer<SysException> listener) {
        unread = listener;
    }

    /** From now on passes everything on, after telling what the mirror knows already. */
    void start(final KernelMirror mirror, final Routing to, final BiConsumer<Link, Link> portChanges) {
        routing = to;
        ports = portChanges;
        mirror.links().forEach(link -> to.link(link, null));
        to.rules(mirror.rules());
        to.addresses(mirror.addresses());
        // Before routes ask for their gateways: those that were set by hand are not to be asked for.
        mirror.neighbours().forEach(neighbour -> to.neighbour(neighbour, null));
        mirror.forEachKey(IpAddress.V4, to::routes);
        mirror.forEachKey(IpAddress.V6, to::routes);
    }

    @Override
    public void link(final Link now, final Link before) {
        if (routing != null) {
            routing.link(now, before);
        }
        ports.accept(now, before);
        if (before != null && before.up() && (now == null || !now.up())) {
            lost.accept(before.ifindex(), null);
        }
    }

    @Override
    public void address(final Address now, final Address before) {
        if (routing != null) {
            routing.address(now, before);
        }
        if (now == null) {
            lost.accept(before.ifindex(), before.ip());
        }
    }

    @Override
    public void rules(final List<Rule> now) {
        if (routing != null) {
            routing.rules(now);
        }
    }

    @Override
    public void routes(final RouteKey key, final List<Route> now) {
        if (key.table() == TABLE_LOCAL && key.prefixLength() == key.destination().bits()) {
            if (now.stream().anyMatch(KernelFollower::isHosts)) {
                addHosts(key.destination());
            } else {
                removeHosts(key.destination());
            }
        }
        if (routing != null) {
            routing.routes(key, now);
        }
    }

    @Override
    public void neighbour(final Neighbour now, final Neighbour before) {
        if (routing != null) {
            routing.neighbour(now, before);
        }
    }

    @Override
    public void failed(final Neighbour neighbour) {
        if (routing != null) {
            routing.failed(neighbour);
        }
    }

    @Override
    public void setting() {
        settings.run();
    }

    @Override
    public void unread(final SysException e) {
        unread.accept(e);
    }

    private void addHosts(final IpAddress address) {
        final Set<IpAddress> leftOut = leftOut(address);
        try {
            hostAddresses.add(address.toBytes());
            leftOut.remove(address);
        } catch (final SysException e) {
            if (e.errno() != Errno.E2BIG) {
                throw e;
            }
            if (leftOut.isEmpty()) {
                reporter.accept(e.getMessage() + "; what comes for this one, and for more of its family, is delivered with local: "
                        + "penstock, and dropped (local_undelivered) where the host's own traffic is the kernel's");
            }
            leftOut.add(address);
        }
    }

    private void removeHosts(final IpAddress address) {
        final Set<IpAddress> leftOut = leftOut(address);
        leftOut.remove(address);
        if (hostAddresses.remove(address.toBytes()) && !leftOut.isEmpty()) {
            addHosts(leftOut.iterator().next());
        }
    }

    private Set<IpAddress> leftOut(final IpAddress address) {
        return address.family() == IpAddress.V4 ? leftOut4 : leftOut6;
    }

    private static boolean isHosts(final Route route) {
        return route.type() == RouteType.LOCAL || route.type() == RouteType.BROADCAST
                || route.type() == RouteType.ANYCAST;
    }
}
