package io.penstock.dataplane.run;

import io.penstock.dataplane.config.PortConfig;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.KernelMirror;
import io.penstock.os.netlink.Link;
import io.penstock.os.netlink.NextHop;
import io.penstock.os.netlink.Route;
import io.penstock.os.netlink.RouteType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Destinations that the kernel could serve and a port cannot: what comes in by a port for them is dropped. Said at the
 * start, so that nobody has to find out.
 *
 * <p>Threads: control.
 */
final class KernelOnly {

    private static final int TABLE_MAIN = 254;
    private static final int TABLE_LOCAL = 255;
    private static final int LOOPBACK_NET = 127;

    /** Names shown of each kind. Unit: names; more would bury the sentence. */
    private static final int SHOWN = 5;

    private KernelOnly() {
    }

    static List<String> notes(final KernelMirror mirror, final List<PortConfig> ports) {
        final Set<String> devices = ports.stream().map(PortConfig::device).collect(Collectors.toSet());
        final Set<String> others = new TreeSet<>();
        final Set<String> locals = new TreeSet<>();
        for (final int family : new int[] {IpAddress.V4, IpAddress.V6}) {
            mirror.forEachRoute(family, route -> {
                if (route.key().table() == TABLE_MAIN && route.type() == RouteType.UNICAST) {
                    otherDevices(mirror, route, devices, others);
                } else if (isLocalPrefix(route)) {
                    locals.add(route.key().destination() + "/" + route.key().prefixLength());
                }
            });
        }
        final List<String> notes = new ArrayList<>();
        if (!others.isEmpty()) {
            notes.add("routes lead to devices that are no ports, and packets from ports to them are dropped (route_kernel): "
                    + shown(others) + "; serve the device too with --port");
        }
        if (!locals.isEmpty()) {
            notes.add("local prefixes wider than one address are not passed to the kernel, and packets to them are dropped "
                    + "(local_undelivered): " + shown(locals) + "; add the addresses one by one with 'ip addr add'");
        }
        return notes;
    }

    private static void otherDevices(
            final KernelMirror mirror, final Route route, final Set<String> ports, final Set<String> others) {
        for (final NextHop hop : route.nextHops()) {
            final Link link = mirror.link(hop.ifindex());
            if (link != null && !link.loopback() && !ports.contains(link.name())) {
                others.add(link.name());
            }
        }
    }

    private static boolean isLocalPrefix(final Route route) {
        final IpAddress destination = route.key().destination();
        return route.key().table() == TABLE_LOCAL && route.type() == RouteType.LOCAL
                && route.key().prefixLength() < destination.bits()
                && !(destination.family() == IpAddress.V4 && destination.toInt() >>> 24 == LOOPBACK_NET);
    }

    private static String shown(final Set<String> names) {
        return names.stream().limit(SHOWN).collect(Collectors.joining(", "))
                + (names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "");
    }
}
