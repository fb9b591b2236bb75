package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.ConfigTree;
import io.penstock.os.netlink.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A plain router for random rules: what is odd about routing has set-ups of its own, and would only hide what rules do.
 *
 * <p>Nothing on it is told on purpose otherwise than by the kernel: no redirects, no choice among ways, no limits.
 *
 * <p>Threads: one.
 */
final class RuleNetwork {

    /** Ports: enough for one to come in by, one to leave by, and one that rules name in vain. */
    static final int PORTS = 3;

    private static final int HOSTS = 14;
    private static final int HALF_MAC = 24;
    private static final long BETWEEN = 0xFFFEL << HALF_MAC;
    private static final long UNIVERSAL = 1L << 57;
    private static final int NETWORK4 = Prefix4.address(10, 0, 0, 0);
    private static final int FAR4 = Prefix4.address(172, 16, 0, 0);
    private static final long NETWORK6 = 0x2001_0DB8_0000_0000L;
    private static final long FAR6 = 0xFD00_0000_0000_0000L;

    private final Dice dice;
    private final ConfigTree config;

    RuleNetwork(final Dice dice, final ConfigTree config) {
        this.dice = dice;
        this.config = config;
    }

    /** Addresses and routes of IPv4. */
    Setup4 ipv4() {
        ports();
        config.map("sysctl").put("net.ipv4.conf.all.send_redirects", "0");
        final Setup4 setup = new Setup4(dice, config);
        for (int port = 0; port < PORTS; port++) {
            config.map("sysctl").put("net.ipv4.conf." + Names.port(port) + ".send_redirects", "0");
            final Prefix4 link = new Prefix4(NETWORK4 + (port << 16), 24);
            address(port, Prefix4.text(link.address() + 1), 24);
            setup.own.add(link.address() + 1);
            setup.prefixes.add(link);
            setup.links.add(new ArrayList<>(List.of(link)));
            final Prefix4 far = new Prefix4(FAR4 + (port << 16), 16);
            route(far.toString(), Prefix4.text(link.address() + 2), port);
            setup.prefixes.add(far);
        }
        if (dice.oneIn(2)) {
            route("0.0.0.0/0", Prefix4.text(NETWORK4 + 3), 0);
        }
        return setup;
    }

    /** Addresses and routes of IPv6. */
    Setup6 ipv6() {
        ports();
        final Setup6 setup = new Setup6(dice, config);
        for (int port = 0; port < PORTS; port++) {
            final Prefix6 link = new Prefix6(IpAddress.v6(NETWORK6 + ((long) port << 16), 0), 64);
            final IpAddress own = IpAddress.v6(link.address().high(), 1);
            address(port, own.toString(), 64);
            setup.own.add(own);
            setup.prefixes.add(link);
            setup.links.add(new ArrayList<>(List.of(link)));
            final Prefix6 far = new Prefix6(IpAddress.v6(FAR6 + ((long) port << 32), 0), 32);
            route(far.toString(), IpAddress.v6(link.address().high(), 2).toString(), port);
            setup.prefixes.add(far);
        }
        if (dice.oneIn(2)) {
            route("::/0", IpAddress.v6(NETWORK6, 3).toString(), 0);
        }
        return setup;
    }

    /** Some addresses of a set-up. */
    List<String> hosts4(final Setup4 setup) {
        final List<String> hosts = new ArrayList<>(List.of(Prefix4.text(dice.of(setup.own))));
        while (hosts.size() < HOSTS) {
            final Prefix4 prefix = dice.of(setup.prefixes);
            hosts.add(Prefix4.text(dice.oneIn(2) ? prefix.any(dice) : prefix.address() + dice.between(2, 20)));
        }
        return hosts;
    }

    /** Some addresses of a set-up. */
    List<String> hosts6(final Setup6 setup) {
        final List<String> hosts = new ArrayList<>(List.of(dice.of(setup.own).toString()));
        while (hosts.size() < HOSTS) {
            final Prefix6 prefix = dice.of(setup.prefixes);
            hosts.add((dice.oneIn(2) ? prefix.any(dice) : IpAddress.v6(prefix.address().high(), dice.between(2, 20))).toString());
        }
        RulePools.senders().forEach(sender -> hosts.add(IpAddress.v6(dice.of(setup.prefixes).address().high(), identifier(sender)).toString()));
        return hosts;
    }

    /** Of an Ethernet address: RFC 4291 appendix A. */
    private static long identifier(final long mac) {
        return (mac >>> HALF_MAC << 2 * HALF_MAC - Byte.SIZE | BETWEEN | mac & (1 << HALF_MAC) - 1) ^ UNIVERSAL;
    }

    /** Addresses that copies can be sent to: on a link, behind a router, behind all of them, nowhere. */
    List<String> gateways4() {
        return List.of("10.0.0.9", "10.1.0.7", "10.2.0.2", "172.16.3.4", "172.18.0.1", "198.51.100.1");
    }

    /** The same of IPv6. */
    List<String> gateways6() {
        return List.of("2001:db8::9", "2001:db8:1::7", "2001:db8:2::2", "fd00::3", "fd00:2::1", "3fff::1");
    }

    private void ports() {
        for (int i = 0; i < PORTS; i++) {
            final Map<String, Object> port = new LinkedHashMap<>();
            port.put("device", Names.device(i));
            config.map("ports").put(Names.port(i), port);
        }
    }

    private void address(final int port, final String address, final int length) {
        config.list("network", "addresses", Names.port(port)).add(address + '/' + length);
    }

    private void route(final String to, final String via, final int port) {
        final Map<String, Object> route = new LinkedHashMap<>();
        route.put("to", to);
        route.put("via", via);
        route.put("port", Names.port(port));
        config.list("network", "routes").add(route);
    }
}
