package io.penstock.os.netlink;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Random arguments of {@code ip -batch}, from few names so that they meet often; those after "peer " are for the other end.
 */
final class RandomChanges {

    static final int DEVICES = 3;

    private static final String[] VERBS = {"add", "add", "append", "prepend", "replace", "replace", "del", "del"};
    private static final String[] NEXT_HOPS_V4 = {"1", "2", "3", "7", "9"};
    private static final String[] NEXT_HOPS_V6 = {"4", "5", "6", "8", "10"};
    private static final String[] TYPES = {"blackhole", "unreachable", "prohibit", "throw"};

    private final Random random;

    RandomChanges(final Random random) {
        this.random = random;
    }

    List<String> next(final int count) {
        final List<String> commands = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            commands.add(command());
        }
        return commands;
    }

    private String command() {
        final int dice = random.nextInt(100);
        if (dice < 30) {
            return route4();
        }
        if (dice < 58) {
            return route6();
        }
        if (dice < 68) {
            return address();
        }
        if (dice < 77) {
            return link();
        }
        if (dice < 86) {
            return neighbour();
        }
        if (dice < 91) {
            return rule();
        }
        return nextHop();
    }

    private String route4() {
        final StringBuilder text = new StringBuilder("route ").append(pick(VERBS)).append(' ');
        if (random.nextInt(8) == 0) {
            text.append(pick(TYPES)).append(' ');
        }
        text.append(prefix4());
        common(text, "10.0." + number() + ".1");
        if (random.nextInt(5) == 0) {
            text.append(" tos 0x10");
        }
        return way(text, true);
    }

    private String route6() {
        final StringBuilder text = new StringBuilder("route ").append(pick(VERBS)).append(' ');
        if (random.nextInt(8) == 0) {
            text.append(pick(TYPES)).append(' ');
        }
        text.append(prefix6());
        common(text, "2001:db8:" + number() + "::1");
        return way(text, false);
    }

    private void common(final StringBuilder text, final String source) {
        if (random.nextInt(3) == 0) {
            text.append(" metric ").append(random.nextInt(3) * 100);
        }
        if (random.nextInt(4) == 0) {
            text.append(" table 100");
        }
        if (random.nextInt(5) == 0) {
            text.append(" src ").append(source);
        }
        if (random.nextInt(5) == 0) {
            text.append(" mtu 1400");
        }
        if (random.nextInt(6) == 0) {
            text.append(" advmss ").append(1000 + random.nextInt(2));
        }
    }

    private String way(final StringBuilder text, final boolean v4) {
        final boolean special = Stream.of(TYPES).anyMatch(t -> text.indexOf(t) >= 0);
        if (special) {
            return text.toString();
        }
        switch (random.nextInt(8)) {
            case 0, 1 -> {
                for (int i = 0; i < 2; i++) {
                    text.append(" nexthop via ").append(v4 ? gateway4() : gateway6())
                            .append(" weight ").append(1 + random.nextInt(3));
                }
            }
            case 2 -> text.append(" nhid ").append(v4 ? pick(NEXT_HOPS_V4) : pick(NEXT_HOPS_V6));
            case 3 -> text.append(" dev ").append(device());
            case 4 -> {
                final int n = number();
                text.append(" via ").append(v4 ? "10.0." + n + ".9" : "2001:db8:" + n + "::9")
                        .append(" dev d").append(n).append(" onlink");
            }
            default -> text.append(" via ").append(v4 ? gateway4() : gateway6());
        }
        return text.toString();
    }

    private String address() {
        final int n = number();
        return switch (random.nextInt(9)) {
            case 0, 1 -> "addr add 10.0.%d.1/24 dev d%d".formatted(n, n);
            case 2 -> "addr del 10.0.%d.1/24 dev d%d".formatted(n, n);
            case 3 -> "addr add 10.0.%d.7/24 dev d%d".formatted(n, n);
            case 4, 5 -> "addr add 2001:db8:%d::1/64 dev d%d nodad".formatted(n, n);
            case 6 -> "addr del 2001:db8:%d::1/64 dev d%d".formatted(n, n);
            case 7 -> "addr del 10.0.%d.7/24 dev d%d".formatted(n, n);
            default -> "addr flush dev d%d".formatted(n);
        };
    }

    private String link() {
        final String device = device();
        return switch (random.nextInt(12)) {
            case 0 -> "link set " + device + " down";
            case 1, 2, 3 -> "link set " + device + " up";
            case 4 -> "link set " + device + " mtu " + (1400 + random.nextInt(3) * 50);
            case 5 -> "peer link set e" + number() + " down";
            case 6, 7 -> "peer link set e" + number() + " up";
            case 8 -> "tuntap add x0 mode tap";
            case 9 -> "link del x0";
            case 10 -> "link set " + device + " address 02:00:00:00:00:0" + random.nextInt(9);
            default -> "link set x0 up";
        };
    }

    /** Addresses ending in 4 and 5 are set by hand, 2 answers, 3 does not. */
    private String neighbour() {
        final int n = number();
        final String network = random.nextBoolean() ? "10.0." + n + '.' : "2001:db8:" + n + "::";
        final String fixed = network + (4 + random.nextInt(2));
        final String asked = network + (2 + random.nextInt(2));
        return switch (random.nextInt(7)) {
            case 0, 1 -> "neigh replace %s lladdr 02:00:00:00:01:0%d dev d%d".formatted(fixed, random.nextInt(5), n);
            case 2 -> "neigh del %s dev d%d".formatted(fixed, n);
            case 3 -> "neigh replace %s dev d%d use".formatted(asked, n);
            case 4 -> "neigh replace %s dev d%d managed".formatted(asked, n);
            case 5 -> "neigh del %s dev d%d".formatted(asked, n);
            default -> "neigh flush dev d%d".formatted(n);
        };
    }

    private String rule() {
        final String source = random.nextBoolean() ? "10.0.0.0/8" : "2001:db8::/32";
        final String selector = switch (random.nextInt(4)) {
            case 0 -> "fwmark 0x" + random.nextInt(3) + "/0xff";
            case 1 -> "iif d" + number();
            case 2 -> "dport 80-" + (80 + random.nextInt(2));
            default -> "tos 0x10";
        };
        return "rule %s from %s %s priority %d table 100"
                .formatted(random.nextInt(3) == 0 ? "del" : "add", source, selector, 100 + random.nextInt(2));
    }

    private String nextHop() {
        final int id = 1 + random.nextInt(3);
        return switch (random.nextInt(8)) {
            case 0, 1 -> "nexthop replace id %d via 10.0.%2$d.2 dev d%2$d onlink".formatted(id, number());
            case 2 -> "nexthop replace id %d via 2001:db8:%2$d::2 dev d%2$d".formatted(3 + id, number());
            case 3 -> "nexthop replace id %d group 1/2".formatted(7);
            case 4 -> "nexthop replace id 8 group 4/5,%d".formatted(1 + random.nextInt(4));
            case 5 -> "nexthop replace id " + (random.nextBoolean() ? "9 blackhole" : "10 blackhole");
            default -> "nexthop del id " + (1 + random.nextInt(10));
        };
    }

    private String prefix4() {
        return random.nextInt(12) == 0 ? "0.0.0.0/0" : "20.0." + random.nextInt(3) + ".0/24";
    }

    private String prefix6() {
        return random.nextInt(12) == 0 ? "::/0" : "2001:20:" + random.nextInt(3) + "::/48";
    }

    private String gateway4() {
        return "10.0." + number() + '.' + (2 + random.nextInt(3));
    }

    private String gateway6() {
        return "2001:db8:" + number() + "::" + (2 + random.nextInt(3));
    }

    private String device() {
        return "d" + number();
    }

    private int number() {
        return random.nextInt(DEVICES);
    }

    private String pick(final String[] of) {
        return of[random.nextInt(of.length)];
    }
}
