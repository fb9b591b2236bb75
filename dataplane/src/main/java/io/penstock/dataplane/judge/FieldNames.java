package io.penstock.dataplane.judge;

/** What lies at an offset of a packet, for people. Source: RFC 791, 792, 4443, 8200. */
final class FieldNames {

    private static final String[] IPV4 = {"version/length", "TOS", "total length", "total length", "ID", "ID", "flags/offset",
        "flags/offset", "TTL", "protocol", "header checksum", "header checksum", "source", "source", "source", "source",
        "destination", "destination", "destination", "destination"};

    private FieldNames() {
    }

    /** The name of the field. */
    static String of(final byte[] packet, final int at) {
        if (Wire.isIpv4(packet)) {
            return ipv4(packet, at);
        }
        return Wire.isIpv6(packet) ? ipv6(packet, at) : "byte " + at;
    }

    private static String ipv4(final byte[] packet, final int at) {
        final int header = Wire.ipv4HeaderBytes(packet);
        if (at < IPV4.length) {
            return "IPv4 " + IPV4[at];
        }
        if (at < header) {
            return "IPv4 options";
        }
        return Wire.u8(packet, 9) == Wire.ICMP ? "ICMP " + icmp(at - header) : "IPv4 payload";
    }

    private static String ipv6(final byte[] packet, final int at) {
        if (at < Wire.IPV6_BYTES) {
            return "IPv6 " + (at < 1 ? "version" : at < 4 ? "class/flow label" : at < 6 ? "payload length"
                    : at < 7 ? "next header" : at < 8 ? "hop limit" : at < 24 ? "source" : "destination");
        }
        return Wire.u8(packet, 6) == Wire.ICMPV6 ? "ICMPv6 " + icmp(at - Wire.IPV6_BYTES) : "IPv6 payload";
    }

    private static String icmp(final int at) {
        return at < 1 ? "type" : at < 2 ? "code" : at < 4 ? "checksum" : at < 8 ? "rest" : "body";
    }
}
