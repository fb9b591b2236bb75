package io.penstock.dataplane.judge.random;

import io.penstock.os.netlink.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Few hosts and few ports, so that flows meet: on the links, behind them, addresses that only rules lead to, and the router's own.
 *
 * <p>Threads: one.
 */
final class FlowHosts {

    private static final int[] CLIENT_KEYS = {40_000, 40_001, 40_002, 1024, 600, 111};
    private static final int[] SERVER_KEYS = {80, 443, 53, 22, 5060};
    private static final int HOSTS = 3;

    /** A host, and the port of the router that leads there. */
    record Host(int port, IpAddress address) {
    }

    /** The first and the last of addresses in a row. */
    record Range(IpAddress first, IpAddress last) {
    }

    private final Dice dice;
    private final boolean ipv6;
    private final List<Host> hosts = new ArrayList<>();

    FlowHosts(final Dice dice, final boolean ipv6) {
        this.dice = dice;
        this.ipv6 = ipv6;
        for (int port = 0; port < RuleNetwork.PORTS; port++) {
            for (int i = 0; i < HOSTS; i++) {
                hosts.add(new Host(port, i < 2 ? near(port, 10 + i) : far(port, 1 + i)));
            }
        }
    }

    /** Of a port's link. */
    IpAddress near(final int port, final int number) {
        return ipv6 ? IpAddress.v6(0x2001_0DB8_0000_0000L + ((long) port << 16), number) : IpAddress.v4(Prefix4.address(10, port, 0, number));
    }

    /** Of the network behind a port's link. */
    private IpAddress far(final int port, final int number) {
        return ipv6 ? IpAddress.v6(0xFD00_0000_0000_0000L + ((long) port << 32), number) : IpAddress.v4(Prefix4.address(172, 16 + port, 0, number));
    }

    boolean ipv6() {
        return ipv6;
    }

    Host any() {
        return dice.of(hosts);
    }

    /** Whom somebody sends to. */
    IpAddress server(final int clientPort) {
        return switch (dice.below(16)) {
            case 0 -> own(clientPort);
            case 1, 2, 3 -> virtual();
            case 4, 5 -> any().address();
            default -> {
                Host host = any();
                while (host.port() == clientPort) {
                    host = any();
                }
                yield host.address();
            }
        };
    }

    /** This router's address on a port. */
    IpAddress own(final int port) {
        return near(port, 1);
    }

    /** An address that nobody has. */
    IpAddress virtual() {
        final int number = dice.between(1, 4);
        return ipv6 ? IpAddress.v6(0x3FFF_0000_0000_0000L, number) : IpAddress.v4(Prefix4.address(198, 51, 100, number));
    }

    /** Addresses in a row, of nobody or of a link's hosts. */
    Range range() {
        final int most = dice.between(2, 5);
        if (dice.oneIn(2)) {
            return ipv6 ? new Range(IpAddress.v6(0x3FFF_0000_0000_0000L, 1), IpAddress.v6(0x3FFF_0000_0000_0000L, most))
                    : new Range(IpAddress.v4(Prefix4.address(198, 51, 100, 1)), IpAddress.v4(Prefix4.address(198, 51, 100, most)));
        }
        final int port = dice.below(RuleNetwork.PORTS);
        return new Range(near(port, 10), near(port, 10 + most));
    }

    int clientKey() {
        return dice.of(CLIENT_KEYS);
    }

    int serverKey() {
        return dice.of(SERVER_KEYS);
    }
}
