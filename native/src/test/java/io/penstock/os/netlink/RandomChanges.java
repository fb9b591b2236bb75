package io.penstock.os.netlink;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random arguments of {@code ip -batch}, from few names so that they meet often; those after "peer " are for the other end. */
final class RandomChanges {

    static final int DEVICES = 3;

    private static final String[] VERBS = {"add", "add", "append", "prepend", "replace", "replace", "del", "del"};
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
        final String verb = pick(VERBS);
        final StringBuilder text = new StringBuilder("-4 route ").append(verb).append(' ');
        if (random.nextInt(8) == 0) {
            text.append(pick(TYPES)).append(' ').append(prefix4());
        } else if (random.nextInt(4) == 0) {
            text.append(prefix4());
            for (int i = 0; i < 2; i++) {
                text.append(" nexthop via ").append(gateway4()).append(" weight ").append(1 + random.nextInt(3));
            }
        } else if (random.nextInt(6) == 0) {
            text.append(prefix4()).append(" nhid ").append(1 + random.nextInt(6));
        } else if (random.nextInt(5) == 0) {
            text.append(prefix4()).append(" via ").append(gateway4()).append(" dev ").append(device()).append(" onlink");
        } else if (random.nextInt(4) == 0) {
            text.append(prefix4()).append(" dev ").append(device());
        } else {
            text.append(prefix4()).append(" via ").append(gateway4());
        }
        if (random.nextInt(4) == 0) {
            text.append(" src 10.0.").append(device(0)).append(".1");
        }
        if (random.nextInt(5) == 0) {
            text.append(" tos 0x10");
        }
        if (random.nextInt(5) == 0) {
            text.append(" mtu 1400");
        }
        if (random.nextInt(6) == 0) {
            text.append(" advmss ").append(1000 + random.nextInt(2));
        }
        return tail(text);
    }

    private String route6() {
        final String verb = pick(VERBS);
        final StringBuilder text = new StringBuilder("-6 route ").append(verb).append(' ');
        if (random.nextInt(8) == 0) {
            text.append(pick(TYPES)).append(' ').append(prefix6());
        } else if (random.nextInt(4) == 0) {
            text.append(prefix6());
            for (int i = 0; i < 2; i++) {
                text.append(" nexthop via ").append(gateway6()).append(" weight ").append(1 + random.nextInt(3));
            }
        } else if (random.nextInt(6) == 0) {
            text.append(prefix6()).append(" nhid ").append(4 + random.nextInt(6));
        } else if (random.nextInt(4) == 0) {
            text.append(prefix6()).append(" dev ").append(device());
        } else {
            text.append(prefix6()).append(" via ").append(gateway6());
        }
        if (random.nextInt(4) == 0) {
            text.append(" src 2001:db8:").append(device(0)).append("::1");
        }
        if (random.nextInt(5) == 0) {
            text.append(" mtu 1400");
        }
        return tail(text);
    }

    private String tail(final StringBuilder text) {
        if (random.nextInt(3) == 0) {
            text.append(" metric ").append(random.nextInt(3) * 100);
        }
        if (random.nextInt(4) == 0) {
            text.append(" table 100");
        }
        return text.toString();
    }

    private String address() {
        final int n = device(0);
        return switch (random.nextInt(8)) {
            case 0, 1 -> "addr add 10.0.%d.1/24 dev d%d".formatted(n, n);
            case 2 -> "addr del 10.0.%d.1/24 dev d%d".formatted(n, n);
            case 3 -> "addr add 10.0.%d.7/24 dev d%d".formatted(n, n);
            case 4, 5 -> "addr add 2001:db8:%d::1/64 dev d%d nodad".formatted(n, n);
            case 6 -> "addr del 2001:db8:%d::1/64 dev d%d".formatted(n, n);
            default -> "addr flush dev d%d".formatted(n);
        };
    }

    private String link() {
        final String device = device();
        return switch (random.nextInt(12)) {
            case 0 -> "link set " + device + " down";
            case 1, 2, 3 -> "link set " + device + " up";
            case 4 -> "link set " + device + " mtu " + (1400 + random.nextInt(3) * 50);
            case 5 -> "peer link set e" + device(0) + " down";
            case 6, 7 -> "peer link set e" + device(0) + " up";
            case 8 -> "tuntap add x0 mode tap";
            case 9 -> "link del x0";
            case 10 -> "link set " + device + " address 02:00:00:00:00:0" + random.nextInt(9);
            default -> "link set x0 up";
        };
    }

    private String neighbour() {
        final int n = device(0);
        final String ip = random.nextBoolean() ? "10.0." + n + '.' + (2 + random.nextInt(4))
                : "2001:db8:" + n + "::" + (2 + random.nextInt(4));
        return switch (random.nextInt(6)) {
            case 0, 1 -> "neigh replace %s lladdr 02:00:00:00:01:0%d dev d%d".formatted(ip, random.nextInt(5), n);
            case 2 -> "neigh del %s dev d%d".formatted(ip, n);
            case 3 -> "neigh replace %s dev d%d use".formatted(ip, n);
            case 4 -> "neigh replace %s dev d%d managed".formatted(ip, n);
            default -> "neigh flush dev d%d".formatted(n);
        };
    }

    private String rule() {
        final String family = random.nextBoolean() ? "-4" : "-6";
        final String selector = switch (random.nextInt(4)) {
            case 0 -> "fwmark 0x" + random.nextInt(3) + "/0xff";
            case 1 -> "iif d" + device(0);
            case 2 -> "dport 80-" + (80 + random.nextInt(2));
            default -> "not from all";
        };
        return "%s rule %s %s priority %d table 100"
                .formatted(family, random.nextInt(3) == 0 ? "del" : "add", selector, 100 + random.nextInt(2));
    }

    private String nextHop() {
        final int id = 1 + random.nextInt(3);
        return switch (random.nextInt(8)) {
            case 0, 1 -> "nexthop replace id %d via %s dev %s onlink".formatted(id, gateway4(), device());
            case 2 -> "nexthop replace id %d via %s dev %s".formatted(3 + id, gateway6(), device());
            case 3 -> "nexthop replace id %d group 1/2".formatted(7);
            case 4 -> "nexthop replace id 8 group 4/5,%d".formatted(1 + random.nextInt(4));
            case 5 -> "nexthop replace id 9 blackhole";
            default -> "nexthop del id " + (1 + random.nextInt(9));
        };
    }

    private String prefix4() {
        return random.nextInt(12) == 0 ? "default" : "20.0." + random.nextInt(3) + ".0/24";
    }

    private String prefix6() {
        return random.nextInt(12) == 0 ? "default" : "2001:20:" + random.nextInt(3) + "::/48";
    }

    private String gateway4() {
        return "10.0." + device(0) + '.' + (2 + random.nextInt(3));
    }

    private String gateway6() {
        return "2001:db8:" + device(0) + "::" + (2 + random.nextInt(3));
    }

    private String device() {
        return "d" + device(0);
    }

    private int device(final int from) {
        return from + random.nextInt(DEVICES);
    }

    private String pick(final String[] of) {
        return of[random.nextInt(of.length)];
    }
}
