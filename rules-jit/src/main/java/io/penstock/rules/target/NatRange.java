package io.penstock.rules.target;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Names;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.text.CNumber;

/**
 * What SNAT, DNAT, MASQUERADE and REDIRECT may choose from.
 *
 * @param flags    {@code NF_NAT_RANGE_*} of linux/netfilter/nf_nat.h
 * @param least    the first address; zero without {@link #MAP_ADDRESSES}
 * @param most     the last address
 * @param leastPort the first port; 0 without {@link #MAP_PORTS}
 * @param mostPort the last port
 * @param basePort with {@link #SHIFT_PORTS}: the port that becomes the first one
 */
public record NatRange(int flags, Address least, Address most, int leastPort, int mostPort, int basePort) {

    /** Addresses are given. */
    public static final int MAP_ADDRESSES = 1;
    /** Ports are given. */
    public static final int MAP_PORTS = 1 << 1;
    /** Begin at a random port. */
    public static final int RANDOM = 1 << 2;
    /** A client keeps its address. */
    public static final int PERSISTENT = 1 << 3;
    /** Try random ports only. */
    public static final int RANDOM_FULLY = 1 << 4;
    /** Ports keep their distance from the first one. */
    public static final int SHIFT_PORTS = 1 << 5;

    static NatRange none(final IpFamily family) {
        return new NatRange(0, Address.zero(family), Address.zero(family), 0, 0, 0);
    }

    NatRange with(final int more) {
        return new NatRange(flags | more, least, most, leastPort, mostPort, basePort);
    }

    /** The same in the older layout, which has no room for the base port. */
    NatRange withoutBase() {
        return new NatRange(flags, least, most, leastPort, mostPort, 0);
    }

    boolean has(final int flag) {
        return (flags & flag) != 0;
    }

    /** The same with what {@code [address[-address]][:ports]} says. */
    NatRange parseTo(final String text, final boolean portsFit, final Names names) {
        final boolean six = least.family() == IpFamily.IPV6;
        final int open = text.indexOf('[');
        int start = 0;
        int end = text.length();
        int colon;
        if (open < 0) {
            colon = text.indexOf(':');
            if (colon >= 0 && text.indexOf(':', colon + 1) >= 0) {
                colon = -1;
            }
        } else {
            start = open + 1;
            end = text.indexOf(']', start);
            if (end < 0 || !six) {
                throw ParameterProblem.parameter("Invalid address format");
            }
            colon = text.indexOf(':', end + 1);
        }
        NatRange range = this;
        if (colon >= 0) {
            range = parsePorts(text.substring(colon + 1), portsFit, names);
            if (colon == 0 || colon == 2) {
                return range;
            }
            end = Math.min(end, colon);
        }
        return range.parseAddresses(text.substring(start, end));
    }

    /** The same with what {@code address[-address]} says. */
    NatRange parseAddresses(final String text) {
        final int dash = text.indexOf('-');
        final Address first = address(dash < 0 ? text : text.substring(0, dash));
        final Address last = dash < 0 ? first : address(text.substring(dash + 1));
        return new NatRange(flags | MAP_ADDRESSES, first, last, leastPort, mostPort, basePort);
    }

    private Address address(final String text) {
        final Address address = Address.parse(least.family(), text);
        if (address == null) {
            throw ParameterProblem.parameter("Bad IP address \"%s\"", text);
        }
        return address;
    }

    /** The same with what {@code port[-port[/base]]} says. */
    NatRange parsePorts(final String text, final boolean portsFit, final Names names) {
        if (!portsFit) {
            throw ParameterProblem.parameter("Need TCP, UDP, SCTP or DCCP with port specification");
        }
        final CNumber first = CNumber.within(text, 0, 0, CNumber.UNSIGNED_16);
        if (first == null) {
            final int port = service(text, names);
            return ports(port, port);
        }
        final int port = (int) first.value();
        final String behind = text.substring(first.end());
        if (behind.isEmpty()) {
            return ports(port, port);
        }
        if (behind.charAt(0) == ':') {
            throw ParameterProblem.parameter("Invalid port:port syntax - use dash");
        }
        if (behind.charAt(0) != '-') {
            throw ParameterProblem.parameter("Garbage after port value: `%s'", behind);
        }
        final String rest = behind.substring(1);
        final CNumber last = CNumber.within(rest, 0, 0, CNumber.UNSIGNED_16);
        if (last == null) {
            throw ParameterProblem.parameter("Port `%s' not valid", rest);
        }
        if (last.value() < port) {
            throw ParameterProblem.parameter("Port range `%s' funky", rest);
        }
        final NatRange range = ports(port, (int) last.value());
        final String tail = rest.substring(last.end());
        if (tail.isEmpty()) {
            return range;
        }
        if (tail.charAt(0) != '/') {
            throw ParameterProblem.parameter("Garbage after port range: `%s'", tail);
        }
        final CNumber base = CNumber.within(tail, 1, 1, CNumber.UNSIGNED_16);
        final int shifted = base != null ? (int) base.value() : service(tail.substring(1), names);
        return new NatRange(range.flags | SHIFT_PORTS, least, most, range.leastPort, range.mostPort, shifted);
    }

    private static int service(final String text, final Names names) {
        final int port = names.port(text, null);
        if (port < 0) {
            throw ParameterProblem.parameter("Port `%s' not valid", text);
        }
        return port;
    }

    private NatRange ports(final int first, final int last) {
        return new NatRange(flags | MAP_PORTS, least, most, first, last, basePort);
    }

    /** What runs. */
    io.penstock.conntrack.hot.nat.NatRange hot() {
        return new io.penstock.conntrack.hot.nat.NatRange(
                flags, least.high(), least.low(), most.high(), most.low(), leastPort, mostPort, basePort);
    }

    /** The addresses and ports as they are saved and listed. */
    String text() {
        final StringBuilder text = new StringBuilder();
        if (has(MAP_ADDRESSES)) {
            final boolean brackets = least.family() == IpFamily.IPV6 && has(MAP_PORTS);
            text.append(brackets ? "[" : "").append(least);
            if (!least.equals(most)) {
                text.append('-').append(most);
            }
            text.append(brackets ? "]" : "");
        }
        if (has(MAP_PORTS)) {
            text.append(':').append(leastPort);
            if (mostPort != leastPort) {
                text.append('-').append(mostPort);
            }
            if (has(SHIFT_PORTS)) {
                text.append('/').append(basePort);
            }
        }
        return text.toString();
    }
}
