package io.penstock.rules.set.text;

import io.penstock.rules.text.CNumber;
import java.util.Locale;

/** Reads ports and protocols: numbers, names, ranges; with ICMP types and codes in the ports' stead. */
final class PortReader {

    static final int ICMP = 1;
    static final int TCP = 6;
    static final int UDP = 17;
    static final int ICMPV6 = 58;
    static final int SCTP = 132;
    static final int UDPLITE = 136;

    private PortReader() {
    }

    /** A port or a range, with its protocol before a colon; of TCP if there is none. */
    static boolean withProtocol(final Session session, final Value value, final String text) {
        final Said said = session.said;
        final int colon = AddressReader.separator(text, ':');
        if (colon < 0) {
            protocol(said, TCP);
            return ports(session, value, text, "tcp");
        }
        final int family = said.family;
        final String name = text.substring(0, colon);
        final String port = text.substring(colon + 1);
        if (!protocol(session, name)) {
            return false;
        }
        switch (said.element.proto) {
            case TCP, SCTP, UDP, UDPLITE -> {
                return ports(session, value, port, name);
            }
            case ICMP -> {
                return icmp(session, value, port, IcmpNames.ICMP, family == AddressReader.IPV4, "inet");
            }
            case ICMPV6 -> {
                return icmp(session, value, port, IcmpNames.ICMPV6, family == AddressReader.IPV6, "inet6");
            }
            default -> {
                if (!port.equals("0")) {
                    return session.report.syntax("Protocol " + name + " can be used with pseudo port value 0 only.");
                }
                said.say(value);
                return true;
            }
        }
    }

    /** A port or a range of TCP or UDP; the protocol is not kept. */
    static boolean tcpOrUdp(final Session session, final Value value, final String text) {
        if (!withProtocol(session, value, text)) {
            return false;
        }
        if (!session.said.has(Value.PROTO)) {
            return false;
        }
        if (session.said.element.proto != TCP && session.said.element.proto != UDP) {
            return session.report.syntax("Only protocols TCP and UDP are valid");
        }
        session.said.unsay(Value.PROTO);
        session.said.element.proto = 0;
        return true;
    }

    /** A port of TCP. */
    static boolean single(final Session session, final Value value, final String text) {
        return port(session, value, text, "tcp");
    }

    private static void protocol(final Said said, final int number) {
        said.element.proto = number;
        said.say(Value.PROTO);
    }

    private static boolean protocol(final Session session, final String text) {
        final long number = NumberReader.read(session, text, CNumber.UNSIGNED_8, Report.Kind.WARNING);
        if (number != NumberReader.NONE) {
            protocol(session.said, (int) number);
            return true;
        }
        session.report.reset();
        final int known = session.names.protocol(text.toLowerCase(Locale.ROOT).equals("icmpv6") ? "ipv6-icmp" : text);
        if (known < 0) {
            return session.report.syntax("cannot parse '" + text + "' as a protocol");
        }
        if (known == 0) {
            return session.report.syntax("Unsupported protocol '" + text + "'");
        }
        protocol(session.said, known);
        return true;
    }

    /** A wrong family forgets what was said but goes on, as in ipset: what is missing then is told too. */
    private static boolean icmp(final Session session, final Value value, final String text, final IcmpNames names, final boolean isFamily,
            final String family) {
        if (!isFamily) {
            session.report.syntax("Protocol " + names.protocol() + " can be used with family " + family + " only");
            return true;
        }
        int typeAndCode = names.typeAndCode(text);
        if (typeAndCode < 0) {
            final int slash = AddressReader.separator(text, '/');
            if (slash < 0) {
                return session.report.error("Cannot parse " + text + " as an " + names.protocol() + " type/code.");
            }
            final long type = NumberReader.read(session, text.substring(0, slash), CNumber.UNSIGNED_8);
            final long code = type == NumberReader.NONE ? type
                    : NumberReader.read(session, text.substring(slash + 1), CNumber.UNSIGNED_8);
            if (code == NumberReader.NONE) {
                return false;
            }
            typeAndCode = (int) (type << Byte.SIZE | code);
        }
        session.said.port(value, typeAndCode);
        return true;
    }

    private static boolean ports(final Session session, final Value value, final String text, final String protocol) {
        final String[] range = AddressReader.splitRange(session, text);
        return range != null && (range.length == 1 || port(session, Value.PORT_TO, range[1], protocol))
                && port(session, value, range[0], protocol);
    }

    private static boolean port(final Session session, final Value value, final String text, final String protocol) {
        final long number = NumberReader.read(session, text, CNumber.UNSIGNED_16, Report.Kind.WARNING);
        if (number != NumberReader.NONE) {
            session.said.port(value, (int) number);
            return true;
        }
        final int known = service(session, text, protocol);
        if (known < 0) {
            session.report.warn("cannot parse '" + text + "' as a " + protocol + " port");
            return session.report.warningsAreError();
        }
        session.report.reset();
        session.said.port(value, known);
        return true;
    }

    private static int service(final Session session, final String text, final String protocol) {
        final String name = AddressReader.unescape(session, text);
        if (name == null) {
            return -1;
        }
        final long number = NumberReader.read(session, protocol, CNumber.UNSIGNED_8, Report.Kind.WARNING);
        final String known = number == NumberReader.NONE ? protocol : session.names.protocolName((int) number);
        return known == null ? -1 : session.names.port(name, known);
    }
}
