package io.penstock.rules.set.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Commands for sets that come and go, mostly right ones. */
final class RandomCommands {

    private static final List<String> WRONG = List.of("x", "", "-1", "1.2.3.4/33", "300.1.1.1", "::1", "tcp:nosuch", "1-2-3", "[1", "a,b,c,d",
            "10.0.0.1-", "gre:5", "1:2:3", "99999999999");

    private final Random random;
    private final List<String> types;
    private final List<Made> sets = new ArrayList<>();

    RandomCommands(final long seed, final List<String> types) {
        this.random = new Random(seed);
        this.types = types;
    }

    /** A command and its input. */
    record Line(List<String> words, String input) {
    }

    private record Made(String name, String type, boolean isIpv6) {
    }

    private boolean isOneIn(final int many) {
        return random.nextInt(many) == 0;
    }

    private String one(final String... some) {
        return some[random.nextInt(some.length)];
    }

    private int upTo(final int most) {
        return random.nextInt(most);
    }

    private Made set() {
        return sets.get(upTo(sets.size()));
    }

    Line next() {
        final int kind = upTo(100);
        if (sets.size() < 3 || kind < 8) {
            return new Line(create(), "");
        }
        if (kind < 72) {
            final List<String> words = element(isOneIn(2) ? "add" : one("del", "test"));
            if (isOneIn(7)) {
                words.add(upTo(words.size()), one("-!", "-exist", "-q"));
            }
            return new Line(words, "");
        }
        if (kind < 88) {
            return new Line(list(), "");
        }
        if (kind < 94) {
            final List<String> words = new ArrayList<>(List.of(one("flush", "destroy", "rename", "swap"), set().name));
            if (words.getFirst().equals("rename") || words.getFirst().equals("swap")) {
                words.add(isOneIn(6) ? "nope" : set().name);
            }
            return new Line(words, "");
        }
        final StringBuilder text = new StringBuilder();
        for (int i = 2 + upTo(5); i > 0; i--) {
            text.append(String.join(" ", element(one("add", "add", "del")).subList(0, 3))).append('\n');
        }
        return new Line(isOneIn(2) ? List.of("restore") : List.of("-!", "restore"), text.toString());
    }

    private List<String> create() {
        final String type = types.get(upTo(types.size()));
        final boolean isNew = sets.isEmpty() || !isOneIn(10);
        final boolean isIpv6 = type.startsWith("hash:") && isOneIn(3);
        final Made made = isNew ? new Made("s" + sets.size(), type, isIpv6) : set();
        final List<String> words = new ArrayList<>(List.of("create", made.name, type));
        words.addAll(isIpv6 ? List.of("-6") : List.of());
        if (type.startsWith("bitmap:ip")) {
            words.addAll(List.of("range", one("10.0.0.0/24", "10.0.0.0-10.0.0.100", "10.0.0.3-10.0.1.20")));
        } else if (type.equals("bitmap:port")) {
            words.addAll(List.of("range", one("100-120", "0-65535", "110-110")));
        }
        for (final String option : List.of("counters", "comment", "skbinfo")) {
            words.addAll(isOneIn(4) ? List.of(option) : List.of());
        }
        words.addAll(isOneIn(4) ? List.of("timeout", one("0", "100000", "2147483")) : List.of());
        if (type.equals("hash:ip,mark")) {
            words.addAll(isOneIn(3) ? List.of("markmask", one("0xff", "0xf0", "0")) : List.of());
        }
        if (type.equals("hash:ip")) {
            words.addAll(isOneIn(4) ? List.of("netmask", one("24", "30", "64", "120", "x")) : List.of());
        }
        if (type.equals("bitmap:ip")) {
            words.addAll(isOneIn(4) ? List.of("netmask", one("30", "24", "33")) : List.of());
        }
        if (isNew) {
            sets.add(made);
        }
        return words;
    }

    private List<String> element(final String command) {
        final Made made = set();
        final List<String> words = new ArrayList<>(List.of(command, made.name, isOneIn(12) ? WRONG.get(upTo(WRONG.size())) : element(made)));
        if (made.type.contains("net") && isOneIn(8)) {
            words.add("nomatch");
        }
        if (made.type.equals("list:set") && isOneIn(3)) {
            words.addAll(List.of(one("before", "after"), set().name));
        }
        if (command.equals("add")) {
            words.addAll(isOneIn(6) ? List.of("timeout", one("0", "100000", "x")) : List.of());
            words.addAll(isOneIn(6) ? List.of("packets", one("0", "5"), "bytes", "7") : List.of());
            words.addAll(isOneIn(6) ? List.of("comment", one("a", "hello world", "\"")) : List.of());
            words.addAll(isOneIn(6) ? List.of("skbmark", one("0x1", "0x1/0x2", "0x0", "1")) : List.of());
        }
        return words;
    }

    private String element(final Made made) {
        if (made.type.equals("bitmap:port")) {
            return one("" + (100 + upTo(30)), (95 + upTo(35)) + "-" + (100 + upTo(40)), "udp:110", "tcp:111-112", "0", "65535");
        }
        final List<String> parts = new ArrayList<>();
        for (final String part : made.type.substring(made.type.indexOf(':') + 1).split(",")) {
            parts.add(switch (part) {
                case "ip" -> made.isIpv6 ? "fe80::" + Integer.toHexString(upTo(12)) : "10.0." + upTo(2) + "." + upTo(12)
                        + one("", "", "", "/30", "/31", "-10.0.0.9");
                case "net" -> made.isIpv6 ? "fe80:" + upTo(3) + "::" + upTo(12) + "/" + one("64", "112", "128", "1", "0")
                        : "10." + upTo(2) + "." + upTo(4) + "." + upTo(256) + one("", "/8", "/16", "/24", "/30", "/32", "/0", "-10.1.2.3");
                case "mac" -> "00:00:00:00:00:0" + (1 + upTo(3));
                case "port" -> one("80", "81-83", "udp:80", "sctp:5", "gre:0", "47:0", "0", "200:0",
                        made.isIpv6 ? "icmpv6:ping" : "icmp:ping", made.isIpv6 ? "icmpv6:1/9" : "icmp:3/1");
                case "mark" -> one("1", "0x11", "0xff", "0xffffffff");
                case "iface" -> one("eth0", "eth1", "physdev:eth0", "lo");
                default -> set().name;
            });
        }
        if (made.type.equals("bitmap:ip,mac") && isOneIn(3)) {
            parts.removeLast();
        }
        return String.join(",", parts);
    }

    private List<String> list() {
        final List<String> words = new ArrayList<>(List.of(one("list", "list", "save")));
        words.addAll(isOneIn(6) ? List.of() : List.of(isOneIn(20) ? "nope" : set().name));
        words.addAll(List.of(one("", "", "-t", "-n", "-o xml", "-o save", "-o plain", "-o json").split(" ")));
        words.removeIf(String::isEmpty);
        return words;
    }
}
