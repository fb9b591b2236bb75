package io.penstock.rules.text;

import io.penstock.rules.api.Names;
import io.penstock.rules.api.ParameterProblem;
import java.util.LinkedHashMap;
import java.util.Map;

/** Protocols by name: iptables' own list first, then the system's. */
final class Protocols {

    /** IPv6's headers that are no protocols of their own: AH, routing, fragment, destination options. */
    private static final int AUTHENTICATION = 51;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int DESTINATION_OPTIONS = 60;

    private static final Map<String, Integer> OWN = own();

    private Protocols() {
    }

    private static Map<String, Integer> own() {
        final Map<String, Integer> own = new LinkedHashMap<>();
        own.put("tcp", 6);
        own.put("sctp", 132);
        own.put("udp", 17);
        own.put("udplite", 136);
        own.put("icmp", 1);
        own.put("ipv6-icmp", 58);
        own.put("icmpv6", 58);
        own.put("esp", 50);
        own.put("ah", AUTHENTICATION);
        own.put("mobility-header", 135);
        own.put("ipv6-mh", 135);
        own.put("mh", 135);
        own.put("all", 0);
        return own;
    }

    /** Reads a protocol's number or name. */
    static int parse(final String text, final Names names) {
        final CNumber number = CNumber.whole(text, 0, CNumber.UNSIGNED_8);
        if (number != null) {
            return (int) number.value();
        }
        final Integer known = OWN.get(text);
        if (known != null) {
            return known;
        }
        final int other = names.protocol(text);
        if (other < 0) {
            throw ParameterProblem.parameter("unknown protocol \"%s\" specified", text);
        }
        return other;
    }

    /** A protocol's name, or null. */
    static String name(final int number, final boolean ownOnly, final Names names) {
        for (final Map.Entry<String, Integer> entry : OWN.entrySet()) {
            if (entry.getValue() == number) {
                return entry.getKey();
            }
        }
        return number == 0 || ownOnly ? null : names.protocolName(number);
    }

    /** Whether no packet's last header is that one. */
    static boolean isExtensionHeader(final int number) {
        return number == AUTHENTICATION || number == ROUTING || number == FRAGMENT || number == DESTINATION_OPTIONS;
    }
}
