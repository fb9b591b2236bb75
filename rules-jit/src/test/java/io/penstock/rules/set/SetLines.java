package io.penstock.rules.set;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** ipset's words as tests write them, small and strict: no names to resolve, no defaults that matter. */
final class SetLines {

    static final int UNSET = SetSpec.UNSET;
    private static final Map<String, Integer> PROTOCOLS =
            Map.of("tcp", 6, "udp", 17, "sctp", 132, "udplite", 136, "icmp", 1, "icmpv6", 58, "gre", 47, "esp", 50, "ospf", 89);

    private SetLines() {
    }

    /** What follows {@code create}. */
    static SetSpec spec(final List<String> words) {
        final SetType type = SetType.of(words.get(1)).orElseThrow();
        final List<String> options = words.subList(2, words.size());
        final long[] range = option(options, "range").map(text -> range(type, text)).orElse(new long[] {UNSET, UNSET, UNSET});
        final int family = option(options, "family").map(text -> text.equals("inet6") ? 6 : 4).orElse(UNSET);
        final long[] mask = option(options, "bitmask").map(SetLines::address).orElse(new long[] {0, 0, 0});
        return new SetSpec(words.get(0), type, family, range[0], range[1], (int) range[2], number(options, "netmask").intValue(), mask[1], mask[2],
                options.contains("bitmask"), number(options, "markmask"), number(options, "hashsize"), number(options, "maxelem"),
                number(options, "bucketsize").intValue(), number(options, "initval"), number(options, "size"), number(options, "timeout"),
                options.contains("counters"), options.contains("comment"), options.contains("skbinfo"), options.contains("forceadd"));
    }

    private static long[] range(final SetType type, final String text) {
        final String[] ends = text.split("-");
        if (type == SetType.BITMAP_PORT) {
            return new long[] {Long.parseLong(ends[0]), Long.parseLong(ends[1]), UNSET};
        }
        if (ends.length == 2) {
            return new long[] {address(ends[0])[2], address(ends[1])[2], UNSET};
        }
        final String[] net = text.split("/");
        return new long[] {address(net[0])[2], UNSET, Long.parseLong(net[1])};
    }

    private static Optional<String> option(final List<String> options, final String name) {
        final int at = options.indexOf(name);
        return at < 0 ? Optional.empty() : Optional.of(options.get(at + 1));
    }

    private static Long number(final List<String> options, final String name) {
        return option(options, name).map(Long::decode).orElse((long) UNSET);
    }

    /** Family, first half, second half. */
    static long[] address(final String text) {
        try {
            final byte[] bytes = InetAddress.getByName(text).getAddress();
            final ByteBuffer buffer = ByteBuffer.wrap(bytes);
            return bytes.length == 4 ? new long[] {4, 0, buffer.getInt() & 0xFFFF_FFFFL} : new long[] {6, buffer.getLong(), buffer.getLong()};
        } catch (final UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** What follows the set's name in {@code add} and its like. */
    static SetElement element(final SetType type, final List<String> words) {
        final SetElement element = new SetElement();
        final String[] values = words.get(0).split(",");
        boolean second = false;
        for (int i = 0; i < Math.min(values.length, type.parts().size()); i++) {
            switch (type.parts().get(i)) {
                case IP, NET -> {
                    address(element, values[i], second);
                    second = true;
                }
                case PORT -> port(element, values[i], type == SetType.BITMAP_PORT);
                case MAC -> {
                    element.said |= SetElement.MAC;
                    element.mac = Long.parseLong(values[i].replace(":", ""), 16);
                }
                case MARK -> {
                    element.said |= SetElement.MARK;
                    element.mark = Long.decode(values[i]);
                }
                case IFACE -> {
                    element.said |= SetElement.IFACE;
                    element.physdev = values[i].startsWith("physdev:");
                    element.iface = values[i].substring(values[i].indexOf(':') + 1);
                }
                case SET -> {
                    element.said |= SetElement.NAME;
                    element.name = values[i];
                }
            }
        }
        options(element, words.subList(1, words.size()));
        return element;
    }

    private static void address(final SetElement element, final String text, final boolean second) {
        final String[] ends = text.split("-");
        final String[] net = ends[0].split("/");
        final long[] from = address(net[0]);
        final long[] to = ends.length > 1 ? address(ends[1]) : from;
        final int said = SetElement.IP | (ends.length > 1 ? SetElement.IP_TO : 0) | (net.length > 1 ? SetElement.CIDR : 0);
        final int length = net.length > 1 ? Integer.parseInt(net[1]) : 0;
        if (second) {
            element.said |= said * (SetElement.IP2 / SetElement.IP);
            element.ip2High = from[1];
            element.ip2Low = from[2];
            element.ip2ToHigh = to[1];
            element.ip2ToLow = to[2];
            element.cidr2 = length;
        } else {
            element.said |= said;
            element.family = (int) from[0];
            element.ipHigh = from[1];
            element.ipLow = from[2];
            element.ipToHigh = to[1];
            element.ipToLow = to[2];
            element.cidr = length;
        }
    }

    private static void port(final SetElement element, final String text, final boolean plain) {
        final String[] named = text.split(":");
        final String ports = named[named.length - 1];
        if (!plain) {
            element.said |= SetElement.PROTO;
            final String protocol = named.length > 1 ? named[0] : "tcp";
            element.proto = PROTOCOLS.containsKey(protocol) ? PROTOCOLS.get(protocol) : Integer.parseInt(protocol);
        }
        element.said |= SetElement.PORT;
        if (ports.contains("/")) {
            final String[] icmp = ports.split("/");
            element.port = Integer.parseInt(icmp[0]) << 8 | Integer.parseInt(icmp[1]);
            return;
        }
        final String[] ends = ports.split("-");
        element.port = Integer.parseInt(ends[0]);
        if (ends.length > 1) {
            element.said |= SetElement.PORT_TO;
            element.portTo = Integer.parseInt(ends[1]);
        }
    }

    private static void options(final SetElement element, final List<String> options) {
        element.nomatch = options.contains("nomatch");
        element.wildcard = options.contains("wildcard");
        element.before = options.contains("before");
        for (final String word : List.of("before", "after")) {
            option(options, word).ifPresent(name -> {
                element.said |= SetElement.NAMEREF;
                element.nameref = name;
            });
        }
        option(options, "comment").ifPresent(text -> {
            element.said |= SetElement.COMMENT;
            element.comment = text;
        });
        element.said |= said(options, "timeout", SetElement.TIMEOUT) | said(options, "packets", SetElement.PACKETS)
                | said(options, "bytes", SetElement.BYTES) | said(options, "skbmark", SetElement.SKBMARK)
                | said(options, "skbprio", SetElement.SKBPRIO) | said(options, "skbqueue", SetElement.SKBQUEUE);
        element.timeout = number(options, "timeout");
        element.packets = number(options, "packets");
        element.bytes = number(options, "bytes");
        element.skbQueue = number(options, "skbqueue").intValue();
        option(options, "skbmark").ifPresent(text -> {
            final String[] parts = text.split("/");
            element.skbMark = Long.decode(parts[0]).intValue();
            element.skbMask = parts.length > 1 ? Long.decode(parts[1]).intValue() : -1;
        });
        option(options, "skbprio").ifPresent(text -> {
            final String[] parts = text.split(":");
            element.skbPrio = Integer.parseInt(parts[0], 16) << 16 | Integer.parseInt(parts[1], 16);
        });
    }

    private static int said(final List<String> options, final String word, final int what) {
        return options.contains(word) ? what : 0;
    }

    /** An element as {@code list} prints it. */
    static String text(final SetType type, final SetElement element) {
        final List<String> values = new ArrayList<>();
        boolean second = false;
        for (final SetType.Part part : type.parts()) {
            switch (part) {
                case IP, NET -> {
                    values.add(second ? address(element.family, element.ip2High, element.ip2Low, element.says(SetElement.CIDR2) ? element.cidr2 : UNSET)
                            : address(element.family, element.ipHigh, element.ipLow, element.says(SetElement.CIDR) ? element.cidr : UNSET));
                    second = true;
                }
                case PORT -> values.add(element.says(SetElement.PROTO) ? protocol(element.proto) + port(element) : "" + element.port);
                case MAC -> {
                    if (element.says(SetElement.MAC)) {
                        values.add(mac(element.mac));
                    }
                }
                case MARK -> values.add(String.format("0x%08x", element.mark));
                case IFACE -> values.add((element.physdev ? "physdev:" : "") + element.iface);
                case SET -> values.add(element.name);
            }
        }
        return String.join(",", values) + (element.says(SetElement.TIMEOUT) ? " timeout " + element.timeout : "")
                + (element.nomatch ? " nomatch" : "") + (element.wildcard ? " wildcard" : "")
                + (element.says(SetElement.PACKETS) ? " packets " + element.packets + " bytes " + element.bytes : "")
                + (element.says(SetElement.COMMENT) ? " comment \"" + element.comment + '"' : "")
                + (element.says(SetElement.SKBMARK) ? String.format(" skbmark 0x%x/0x%x", element.skbMark, element.skbMask) : "")
                + (element.says(SetElement.SKBPRIO) ? String.format(" skbprio %x:%x", element.skbPrio >>> 16, element.skbPrio & 0xFFFF) : "")
                + (element.says(SetElement.SKBQUEUE) ? " skbqueue " + element.skbQueue : "");
    }

    private static String protocol(final int number) {
        return number == 58 ? "ipv6-icmp"
                : PROTOCOLS.entrySet().stream().filter(each -> each.getValue() == number).map(Map.Entry::getKey).findAny().orElse("" + number);
    }

    private static String port(final SetElement element) {
        final boolean echo = element.proto == 1 && element.port == 8 << 8 || element.proto == 58 && element.port == 128 << 8;
        return ':' + (echo ? "echo-request" : "" + element.port);
    }

    private static String mac(final long mac) {
        final String digits = String.format("%012X", mac);
        final List<String> bytes = new ArrayList<>();
        for (int i = 0; i < digits.length(); i += 2) {
            bytes.add(digits.substring(i, i + 2));
        }
        return String.join(":", bytes);
    }

    private static String address(final int family, final long high, final long low, final int length) {
        final String address;
        if (family == 6) {
            address = six(ByteBuffer.allocate(16).putLong(high).putLong(low).array());
        } else {
            address = (low >>> 24) + "." + (low >>> 16 & 255) + '.' + (low >>> 8 & 255) + '.' + (low & 255);
        }
        return length == UNSET || length == (family == 6 ? 128 : 32) ? address : address + '/' + length;
    }

    /** The first longest run of zeros is left out, as inet_ntop(3) does. */
    private static String six(final byte[] bytes) {
        final int[] groups = new int[8];
        Arrays.setAll(groups, i -> (bytes[2 * i] & 255) << 8 | bytes[2 * i + 1] & 255);
        int best = 0;
        int bestRun = 0;
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && groups[i + run] == 0) {
                run++;
            }
            if (run > bestRun) {
                best = i;
                bestRun = run;
            }
        }
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (bestRun > 1 && i == best) {
                text.append("::");
                i += bestRun - 1;
            } else {
                text.append(text.isEmpty() || text.toString().endsWith(":") ? "" : ":").append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
