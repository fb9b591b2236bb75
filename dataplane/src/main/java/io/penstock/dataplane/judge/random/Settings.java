package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.ConfigTree;
import java.util.Map;

/** Random sysctls and MTUs. Source: Documentation/networking/ip-sysctl. Threads: one. */
final class Settings {

    private static final String[] SWITCHES4 = {"forwarding", "accept_local", "route_localnet", "send_redirects", "shared_media",
        "accept_source_route", "bc_forwarding"};
    private static final int USUAL_MTU = 1500;

    private final Dice dice;
    private final ConfigTree config;

    Settings(final Dice dice, final ConfigTree config) {
        this.dice = dice;
        this.config = config;
    }

    /** Writes sysctls of the IPv4 side. */
    void ipv4(final int ports) {
        if (dice.oneIn(4)) {
            put("net.ipv4.ip_default_ttl", dice.of(1, 30, 64, 255));
        }
        if (dice.oneIn(4)) {
            put("net.ipv4.icmp_errors_use_inbound_ifaddr", 1);
        }
        for (int i = dice.below(6); i > 0; i--) {
            final String device = dice.oneIn(3) ? "all" : Names.port(dice.below(ports));
            if (dice.oneIn(3)) {
                put("net.ipv4.conf." + device + ".rp_filter", dice.below(3));
            } else {
                put("net.ipv4.conf." + device + '.' + dice.of(SWITCHES4), dice.below(2));
            }
        }
    }

    /** Writes sysctls of the IPv6 side. */
    void ipv6(final int ports) {
        if (dice.oneIn(6)) {
            put("net.ipv6.conf.all.forwarding", 0);
        }
        if (dice.oneIn(6)) {
            final String port = Names.port(dice.below(ports));
            put("net.ipv6.conf." + port + '.' + dice.of("forwarding", "force_forwarding"), dice.below(2));
        }
        if (dice.oneIn(8)) {
            put("net.ipv6.conf." + Names.port(dice.below(ports)) + ".mtu", 1280);
        }
        if (dice.oneIn(8)) {
            put("net.ipv6.icmp.error_anycast_as_unicast", 1);
        }
    }

    /** By port; small ones now and then. */
    int[] mtus(final int ports, final int least) {
        final int[] mtus = new int[ports];
        final Map<String, Object> into = config.map("network", "mtu");
        for (int i = 0; i < ports; i++) {
            mtus[i] = dice.oneIn(3) ? least + dice.below(USUAL_MTU - least + 50) : USUAL_MTU;
            if (mtus[i] != USUAL_MTU) {
                into.put(Names.port(i), String.valueOf(mtus[i]));
            }
        }
        if (into.isEmpty()) {
            config.map("network").remove("mtu");
        }
        return mtus;
    }

    private void put(final String name, final int value) {
        config.map("sysctl").put(name, String.valueOf(value));
    }
}
