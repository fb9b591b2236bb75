package io.penstock.rules.set.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Names of ICMP's types and codes, as elements have them: any beginning of a name stands for it, in either case. */
enum IcmpNames {
    /** Of ICMP. */
    ICMP("ICMP", """
            echo-reply 0 0, pong 0 0, network-unreachable 3 0, host-unreachable 3 1, protocol-unreachable 3 2, port-unreachable 3 3,
            fragmentation-needed 3 4, source-route-failed 3 5, network-unknown 3 6, host-unknown 3 7, network-prohibited 3 9,
            host-prohibited 3 10, TOS-network-unreachable 3 11, TOS-host-unreachable 3 12, communication-prohibited 3 13,
            host-precedence-violation 3 14, precedence-cutoff 3 15, source-quench 4 0, network-redirect 5 0, host-redirect 5 1,
            TOS-network-redirect 5 2, TOS-host-redirect 5 3, echo-request 8 0, ping 8 0, router-advertisement 9 0,
            router-solicitation 10 0, ttl-zero-during-transit 11 0, ttl-zero-during-reassembly 11 1, ip-header-bad 12 0,
            required-option-missing 12 1, timestamp-request 13 0, timestamp-reply 14 0, address-mask-request 17 0,
            address-mask-reply 18 0"""),
    /** Of ICMPv6. */
    ICMPV6("ICMPv6", """
            no-route 1 0, communication-prohibited 1 1, address-unreachable 1 3, port-unreachable 1 4, packet-too-big 2 0,
            ttl-zero-during-transit 3 0, ttl-zero-during-reassembly 3 1, bad-header 4 0, unknown-header-type 4 1, unknown-option 4 2,
            echo-request 128 0, ping 128 0, echo-reply 129 0, pong 129 0, router-solicitation 133 0, router-advertisement 134 0,
            neighbour-solicitation 135 0, neigbour-solicitation 135 0, neighbour-advertisement 136 0, neigbour-advertisement 136 0,
            redirect 137 0""");

    private final String protocol;
    private final List<Name> names;

    IcmpNames(final String protocol, final String table) {
        this.protocol = protocol;
        final List<Name> found = new ArrayList<>();
        for (final String entry : table.strip().split(",\\s+")) {
            final String[] words = entry.split(" ");
            found.add(new Name(words[0], Integer.parseInt(words[1]) << Byte.SIZE | Integer.parseInt(words[2])));
        }
        this.names = List.copyOf(found);
    }

    private record Name(String text, int typeAndCode) {
    }

    /** The protocol, as messages name it. */
    String protocol() {
        return protocol;
    }

    /** All names. */
    List<String> all() {
        return names.stream().map(Name::text).toList();
    }

    /** Type and code of the first name that begins so; or -1. */
    int typeAndCode(final String beginning) {
        final String wanted = beginning.toLowerCase(Locale.ROOT);
        for (final Name name : names) {
            if (name.text.toLowerCase(Locale.ROOT).startsWith(wanted)) {
                return name.typeAndCode;
            }
        }
        return -1;
    }

    /** The name of a type and a code, or their numbers. */
    String text(final int typeAndCode) {
        for (final Name name : names) {
            if (name.typeAndCode == typeAndCode) {
                return name.text;
            }
        }
        return (typeAndCode >> Byte.SIZE) + "/" + (typeAndCode & 0xFF);
    }
}
