package io.penstock.dataplane.judge;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.NetworkConfig.Address;
import io.penstock.dataplane.config.NetworkConfig.NextHop;
import io.penstock.dataplane.config.NetworkConfig.Route;
import io.penstock.dataplane.config.NetworkConfig.RouteType;
import io.penstock.dataplane.config.PortConfig;
import io.penstock.dataplane.settings.ConfiguredSettings;
import io.penstock.os.netlink.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToLongFunction;

/**
 * A configuration in the words of {@code ip -batch}, in the order in which they must come.
 *
 * <p>Source: ip-link(8), ip-address(8), ip-route(8); RFC 4291 appendix A.
 */
final class KernelCommands {

    /** RFC 8200 section 5: without it a device has no IPv6. */
    private static final int MIN_MTU6 = 1280;

    private static final HexFormat ETHERNET = HexFormat.ofDelimiter(":");
    private static final int MAC_BYTES = 6;
    private static final long LINK_LOCAL = 0xFE80_0000_0000_0000L;
    private static final long EUI64_MIDDLE = 0xFFFEL << 24;
    private static final long EUI64_LOCAL_BIT = 2L << 56;
    private static final long LOW_24_BITS = 0xFF_FFFF;

    private final Configuration configuration;
    private final List<String> lines = new ArrayList<>();

    private KernelCommands(final Configuration configuration) {
        this.configuration = configuration;
    }

    /**
     * First, links that exist already.
     *
     * @param macs the Ethernet addresses of their ports, whose neighbours have the same; null for links without
     */
    static List<String> links(final Configuration configuration, final long... macs) {
        final KernelCommands commands = new KernelCommands(configuration);
        commands.lines.add("link set lo up");
        for (int i = 0; i < configuration.ports().size(); i++) {
            final PortConfig port = configuration.ports().get(i);
            if (macs != null) {
                commands.lines.add("link set " + port.device() + " address " + ethernet(macs[i]) + " arp off");
            }
            final Integer mtu = configuration.network().mtu().get(port.name());
            commands.lines.add("link set " + port.device() + " txqueuelen " + KernelRouter.QUEUE_PACKETS
                    + (mtu == null ? "" : " mtu " + mtu) + " up");
        }
        return commands.lines;
    }

    /**
     * Second, addresses. Sysctls come between: a link that goes up forgets its IPv6 MTU, and one that has an address
     * no longer takes what {@code conf.default} says.
     *
     * @param macs by port, of which link-local addresses are made where none is configured
     */
    static List<String> addresses(final Configuration configuration, final IntToLongFunction macs) {
        final KernelCommands commands = new KernelCommands(configuration);
        final ConfiguredSettings settings = ConfiguredSettings.of(
                configuration.ports().stream().map(PortConfig::name).toList(), configuration.sysctl());
        for (int i = 0; i < configuration.ports().size(); i++) {
            final PortConfig port = configuration.ports().get(i);
            final Integer mtu = configuration.network().mtu().get(port.name());
            commands.addresses(port, settings.hasIpv6(i) && (mtu == null || mtu >= MIN_MTU6), macs.applyAsLong(i));
        }
        return commands.lines;
    }

    /** Last, routes; whoever still works on addresses is waited for by the first line, which takes the lock of them all. */
    static List<String> routes(final Configuration configuration) {
        final KernelCommands commands = new KernelCommands(configuration);
        commands.lines.add("link set lo up");
        configuration.network().routes().forEach(commands::route);
        return commands.lines;
    }

    private void addresses(final PortConfig port, final boolean hasIpv6, final long mac) {
        final List<Address> addresses = configuration.network().addresses().getOrDefault(port.name(), List.of());
        if (hasIpv6 && addresses.stream().noneMatch(a -> isIpv6(a) && a.address().isLinkLocal())) {
            lines.add("address add " + linkLocal(mac) + "/64 dev " + port.device() + " nodad");
        }
        for (final Address address : addresses) {
            if (hasIpv6 || !isIpv6(address)) {
                address(port.device(), address);
            }
        }
    }

    private void address(final String device, final Address address) {
        final StringBuilder line = new StringBuilder("address add ").append(address.address());
        if (address.peer() == null) {
            line.append('/').append(address.length());
        } else {
            line.append(" peer ").append(address.peer()).append('/').append(address.length());
        }
        if (address.broadcast() != null) {
            line.append(" broadcast ").append(address.broadcast());
        }
        line.append(" dev ").append(device);
        line.append(isIpv6(address) ? " nodad" : " scope " + address.scope().number());
        lines.add(line.toString());
    }

    private void route(final Route route) {
        final boolean ipv6 = route.to().isIpv6();
        final StringBuilder line = new StringBuilder("route add ");
        if (route.type() != RouteType.UNICAST) {
            line.append(route.type().name().toLowerCase(Locale.ROOT)).append(' ');
        }
        line.append(route.to());
        if (route.nextHops().size() == 1) {
            way(route.nextHops().getFirst(), ipv6, line);
        }
        if (route.source() != null) {
            line.append(" src ").append(route.source());
        }
        if (route.mtu() != 0) {
            line.append(route.mtuLocked() ? " mtu lock " : " mtu ").append(route.mtu());
        }
        if (route.metric() != 0) {
            line.append(" metric ").append(route.metric());
        }
        if (!ipv6) {
            line.append(" scope ").append(route.scope().number());
        }
        if (route.nextHops().size() > 1) {
            for (final NextHop way : route.nextHops()) {
                line.append(" nexthop");
                way(way, ipv6, line);
                line.append(" weight ").append(way.weight());
            }
        }
        lines.add(line.toString());
    }

    private void way(final NextHop way, final boolean ipv6, final StringBuilder line) {
        if (way.via() != null) {
            line.append(" via ").append(!ipv6 && way.via().family() == IpAddress.V6 ? "inet6 " : "").append(way.via());
        }
        line.append(" dev ").append(way.port() == null ? "lo"
                : configuration.ports().get(configuration.portIndex(way.port())).device());
        if (way.onLink()) {
            line.append(" onlink");
        }
    }

    private static boolean isIpv6(final Address address) {
        return address.address().family() == IpAddress.V6;
    }

    private static String ethernet(final long mac) {
        return ETHERNET.formatHex(ByteBuffer.allocate(Long.BYTES).putLong(mac).array(), Long.BYTES - MAC_BYTES, Long.BYTES);
    }

    private static IpAddress linkLocal(final long mac) {
        final long eui = (mac >>> 24) << 40 | EUI64_MIDDLE | mac & LOW_24_BITS;
        return IpAddress.v6(LINK_LOCAL, eui ^ EUI64_LOCAL_BIT);
    }
}
