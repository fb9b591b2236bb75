package io.penstock.rules.match;

import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.text.CNumber;
import java.util.List;

/**
 * The names of ICMP's or ICMPv6's types and codes, and how a type with codes is read and listed. Immutable; any thread.
 *
 * @param protocol what messages call the protocol
 * @param names    the names, in the order in which they are listed; of several for the same the first one counts
 */
record IcmpTypes(String protocol, List<IcmpTypes.Range> names) {

    /** The type that means all of them, of ICMP only. */
    static final int ANY = 0xFF;
    /** The largest code. */
    static final int MAX_CODE = 0xFF;

    private static final IcmpTypes ICMP_TYPES = new IcmpTypes("ICMP", List.of(
            all("any", ANY),
            all("echo-reply", 0),
            all("pong", 0),
            all("destination-unreachable", 3),
            one("network-unreachable", 3, 0),
            one("host-unreachable", 3, 1),
            one("protocol-unreachable", 3, 2),
            one("port-unreachable", 3, 3),
            one("fragmentation-needed", 3, 4),
            one("source-route-failed", 3, 5),
            one("network-unknown", 3, 6),
            one("host-unknown", 3, 7),
            one("network-prohibited", 3, 9),
            one("host-prohibited", 3, 10),
            one("TOS-network-unreachable", 3, 11),
            one("TOS-host-unreachable", 3, 12),
            one("communication-prohibited", 3, 13),
            one("host-precedence-violation", 3, 14),
            one("precedence-cutoff", 3, 15),
            all("source-quench", 4),
            all("redirect", 5),
            one("network-redirect", 5, 0),
            one("host-redirect", 5, 1),
            one("TOS-network-redirect", 5, 2),
            one("TOS-host-redirect", 5, 3),
            all("echo-request", 8),
            all("ping", 8),
            all("router-advertisement", 9),
            all("router-solicitation", 10),
            all("time-exceeded", 11),
            all("ttl-exceeded", 11),
            one("ttl-zero-during-transit", 11, 0),
            one("ttl-zero-during-reassembly", 11, 1),
            all("parameter-problem", 12),
            one("ip-header-bad", 12, 0),
            one("required-option-missing", 12, 1),
            all("timestamp-request", 13),
            all("timestamp-reply", 14),
            all("address-mask-request", 17),
            all("address-mask-reply", 18)));

    private static final IcmpTypes ICMPV6_TYPES = new IcmpTypes("ICMPv6", List.of(
            all("destination-unreachable", 1),
            one("no-route", 1, 0),
            one("communication-prohibited", 1, 1),
            one("beyond-scope", 1, 2),
            one("address-unreachable", 1, 3),
            one("port-unreachable", 1, 4),
            one("failed-policy", 1, 5),
            one("reject-route", 1, 6),
            all("packet-too-big", 2),
            all("time-exceeded", 3),
            all("ttl-exceeded", 3),
            one("ttl-zero-during-transit", 3, 0),
            one("ttl-zero-during-reassembly", 3, 1),
            all("parameter-problem", 4),
            one("bad-header", 4, 0),
            one("unknown-header-type", 4, 1),
            one("unknown-option", 4, 2),
            all("echo-request", 128),
            all("ping", 128),
            all("echo-reply", 129),
            all("pong", 129),
            all("router-solicitation", 133),
            all("router-advertisement", 134),
            all("neighbour-solicitation", 135),
            all("neighbor-solicitation", 135),
            all("neighbour-advertisement", 136),
            all("neighbor-advertisement", 136),
            all("redirect", 137)));

    /** ICMP's. */
    static IcmpTypes icmp() {
        return ICMP_TYPES;
    }

    /** ICMPv6's. */
    static IcmpTypes icmpv6() {
        return ICMPV6_TYPES;
    }

    /** What a name, the beginning of one name only, or {@code type[/code[:code]]} stands for. */
    Range parse(final String text) {
        Range found = null;
        for (final Range range : names) {
            if (!range.name.regionMatches(true, 0, text, 0, text.length())) {
                continue;
            }
            if (found != null) {
                throw ParameterProblem.parameter("Ambiguous %s type `%s': `%s' or `%s'?", protocol, text, found.name, range.name);
            }
            found = range;
        }
        return found == null ? number(text) : found;
    }

    /** Writes a type with codes as {@code -L} does. */
    void list(
            final StringBuilder out, final int type, final int codeLow, final int codeHigh, final boolean inverted, final ListScope scope) {
        for (final Range range : scope.isNumeric() ? List.<Range>of() : names) {
            if (range.type == type && range.codeLow == codeLow && range.codeHigh == codeHigh) {
                out.append(inverted ? " !" : " ").append(range.name);
                return;
            }
        }
        // Without a blank, as in the real tool: "icmptype 8".
        out.append(inverted ? " !" : "").append("type ").append(type);
        if (codeLow == codeHigh) {
            out.append(" code ").append(codeLow);
        } else if (codeLow != 0 || codeHigh != MAX_CODE) {
            out.append(" codes ").append(codeLow).append('-').append(codeHigh);
        }
    }

    /** Writes a type with codes as {@code iptables-save} does, which leaves out a range's end. */
    static void save(final StringBuilder out, final int type, final int codeLow, final int codeHigh) {
        out.append(type);
        if (codeLow != 0 || codeHigh != MAX_CODE) {
            out.append('/').append(codeLow);
        }
    }

    private Range number(final String text) {
        final CNumber type = CNumber.within(text, 0, 0, ANY);
        final CNumber lastType = type == null ? null : last(text, type);
        if (lastType == null) {
            throw ParameterProblem.parameter("Unknown %s type `%s'", protocol, text);
        }
        CNumber code = null;
        CNumber lastCode = null;
        int end = lastType.end();
        if (end < text.length() && text.charAt(end) == '/') {
            code = CNumber.within(text, end + 1, 0, MAX_CODE);
            lastCode = code == null ? null : last(text, code);
            if (lastCode == null) {
                throw ParameterProblem.parameter("Unknown %s code `%s'", protocol, text);
            }
            end = lastCode.end();
        }
        if (end < text.length()) {
            throw ParameterProblem.parameter("unknown character %c", text.charAt(end));
        }
        if (type.value() != lastType.value()) {
            throw ParameterProblem.parameter("%s type range not supported", protocol);
        }
        return new Range("", (int) type.value(), code == null ? 0 : (int) code.value(), code == null ? MAX_CODE : (int) lastCode.value());
    }

    /** The end of a range that begins with a number: that number if none follows, null if a wrong one does. */
    private static CNumber last(final String text, final CNumber first) {
        final boolean isRange = first.end() < text.length() && text.charAt(first.end()) == ':';
        return isRange ? CNumber.within(text, first.end() + 1, 0, MAX_CODE) : first;
    }

    private static Range all(final String name, final int type) {
        return new Range(name, type, 0, MAX_CODE);
    }

    private static Range one(final String name, final int type, final int code) {
        return new Range(name, type, code, code);
    }

    /**
     * A type with codes.
     *
     * @param name     its name, empty without one
     * @param type     the type
     * @param codeLow  the least code
     * @param codeHigh the largest code
     */
    record Range(String name, int type, int codeLow, int codeHigh) {
    }
}
