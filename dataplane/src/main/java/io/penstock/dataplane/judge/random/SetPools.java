package io.penstock.dataplane.judge.random;

import io.penstock.os.netlink.IpAddress;
import java.util.List;
import java.util.Locale;

/**
 * The parts of elements: addresses, networks, ports and devices that packets have, their neighbours, and now and then what cannot be.
 *
 * <p>No word needs a name server: what it says would be the network's.
 *
 * <p>Source: ipset(8). Threads: one.
 */
final class SetPools {

    private static final List<String> STRANGERS4 =
            List.of("10.0.0.7", "10.0.0.8", "10.1.0.5", "172.16.3.4", "192.0.2.1", "192.0.2.77", "198.51.100.1");
    private static final List<String> STRANGERS6 =
            List.of("2001:db8::5", "2001:db8::6", "2001:db8:1::5", "fd00::3", "3fff::1", "2001:db8:2::ffff");
    private static final int[] LENGTHS4 = {8, 12, 16, 20, 24, 24, 24, 28, 30, 31, 32, 32};
    private static final int[] LENGTHS6 = {16, 32, 48, 56, 64, 64, 96, 112, 120, 126, 127, 128, 128};
    private static final String[] PROTOCOLS = {"tcp", "tcp", "tcp", "udp", "udp", "sctp", "udplite", "6", "17"};
    private static final String[] ICMP = {"8/0", "echo-request", "0/0", "3/1", "3/0", "11/0", "host-unreachable", "13/0", "5/1", "12/5"};
    private static final String[] ICMPV6 = {"128/0", "echo-request", "129/0", "1/0", "3/0", "no-route", "2/0", "4/1"};
    private static final int WRONG_ONE_IN = 25;

    private final Dice dice;
    private final RulePools pools;
    private final List<String> hosts4;
    private final List<String> hosts6;

    /**
     * Parts.
     *
     * @param hosts addresses that packets have, of the one family or the other
     */
    SetPools(final Dice dice, final RulePools pools, final List<String> hosts, final boolean ipv6) {
        this.dice = dice;
        this.pools = pools;
        this.hosts4 = ipv6 ? STRANGERS4 : hosts;
        this.hosts6 = ipv6 ? hosts : STRANGERS6;
    }

    /** An address. */
    String host(final int family) {
        if (family == 6) {
            final String host = dice.of(hosts6);
            return dice.oneIn(4) ? IpAddress.v6(IpAddress.parse(host).high(), dice.below(20)).toString() : host;
        }
        final int host = host4();
        return Prefix4.text(dice.oneIn(4) ? host ^ dice.below(16) : host);
    }

    private int host4() {
        return (int) IpAddress.parse(dice.of(hosts4)).low();
    }

    /**
     * An address of an element that has no networks: a range of them as well.
     *
     * @param isAll whether it is all that the element has: of several ranges each has a few
     */
    String addresses(final int family, final boolean isAll) {
        if (dice.oneIn(WRONG_ONE_IN)) {
            return family == 6 ? dice.of("10.0.0.1", "fd00::/64", "fd00::1-fd00::9", "::", "fd00::1/129")
                    : dice.of("fd00::1", "10.0.0.1/33", "0.0.0.0", "10.0.0.9-10.0.0.3", "10.0.0.0/0", "10.0.0.1-");
        }
        if (family == 6) {
            return host(6) + (dice.oneIn(10) ? "/128" : "");
        }
        return switch (dice.below(8)) {
            case 0 -> range(isAll ? 40 : 6);
            case 1 -> host(4) + '/' + (isAll ? dice.of(24, 27, 28, 29, 30, 31, 32) : dice.of(30, 31, 32));
            default -> host(4);
        };
    }

    private String range(final int most) {
        final int from = host4();
        return Prefix4.text(from) + '-' + Prefix4.text(from + dice.below(most));
    }

    /** A network. */
    String networks(final int family) {
        if (dice.oneIn(WRONG_ONE_IN)) {
            return family == 6 ? dice.of("10.0.0.0/8", "::/0", "fd00::1-fd00::9", "fd00::/129", "::")
                    : dice.of("fd00::/64", "10.0.0.0/33", "0.0.0.0/0", "10.0.0.9-10.0.0.3", "0.0.0.0", "10.0.0.0/0");
        }
        if (family == 6) {
            return host(6) + (dice.oneIn(4) ? "" : "/" + dice.of(LENGTHS6));
        }
        return dice.oneIn(8) ? range(dice.of(15, 300)) : host(4) + (dice.oneIn(4) ? "" : "/" + dice.of(LENGTHS4));
    }

    /** A port with its protocol; ICMP of the other family is left out, over which ipset crashes when it restores. */
    String ports(final int family) {
        if (dice.oneIn(WRONG_ONE_IN)) {
            return dice.of("tcp:70000", "icmp:999/1", "nosuch:1", "tcp:", "gre:7", "tcp:90-80", "tcp:1-2-3", "");
        }
        if (dice.oneIn(6)) {
            return family == 6 ? "icmpv6:" + dice.of(ICMPV6) : "icmp:" + dice.of(ICMP);
        }
        if (dice.oneIn(14)) {
            return dice.of("gre:0", "esp:0", "50:0", "ah:0", "47:0", "vrrp:0", "89:0");
        }
        final int port = pools.port();
        final String text = Integer.toString(port);
        final String range = dice.oneIn(5) ? text + '-' + Math.min(0xFFFF, port + dice.below(12)) : text;
        return dice.oneIn(4) ? range : dice.of(PROTOCOLS) + ':' + range;
    }

    /** A port of a set that has no protocols: one may be said all the same, but not ICMP, over which ipset crashes. */
    String bare() {
        if (dice.oneIn(WRONG_ONE_IN)) {
            return dice.of("70000", "http-nosuch", "90-80", "-1", "1-");
        }
        if (dice.oneIn(10)) {
            return dice.of("tcp:", "udp:", "6:", "sctp:", "gre:") + pools.port();
        }
        final int port = dice.oneIn(8) ? dice.below(100) : pools.port();
        return port + (dice.oneIn(4) ? "-" + Math.min(0xFFFF, port + dice.below(40)) : "");
    }

    /** An Ethernet address. */
    String mac() {
        return dice.oneIn(WRONG_ONE_IN) ? dice.of("02:00:00:00:00", "zz:00:00:00:00:01", "00:00:00:00:00:00")
                : dice.oneIn(8) ? "02:aa:00:00:00:0" + dice.below(10) : hex(pools.sender());
    }

    private static String hex(final long mac) {
        final StringBuilder text = new StringBuilder();
        for (int shift = 40; shift >= 0; shift -= Byte.SIZE) {
            text.append(text.isEmpty() ? "" : ":").append(String.format(Locale.ROOT, "%02X", mac >>> shift & 0xFF));
        }
        return text.toString();
    }

    /** A device. */
    String device() {
        return dice.oneIn(WRONG_ONE_IN) ? dice.of("name-that-is-too-long", "physdev:", "")
                : (dice.oneIn(8) ? "physdev:" : "") + (dice.oneIn(6) ? dice.of("d", "e0", "lo") : Names.device(dice.below(RuleNetwork.PORTS)));
    }
}
