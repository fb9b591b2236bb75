package io.penstock.rules.set.text;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.text.AddressText;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Reads addresses, networks, ranges and names of hosts. Brackets keep a dash that is part of a host's name from being a range's.
 *
 * <p>Numbers are those that {@code gethostbyname2} takes: IPv4 in its old forms (fewer parts, octal) of digits and dots, but not in
 * hexadecimal.
 */
final class AddressReader {

    static final int IPV4 = 4;
    static final int IPV6 = 6;
    static final int IPV4_BITS = 32;
    static final int IPV6_BITS = 128;

    private static final int NO_RANGE = -1;
    private static final int WRONG = -2;
    private static final int BYTE_BITS = 8;
    private static final int MOST_OF_BYTE = 0xFF;
    private static final int DECIMAL = 10;

    private AddressReader() {
    }

    /** Where a separator is that neither begins nor ends the text; or negative. */
    static int separator(final String text, final char c) {
        final int at = text.indexOf(c);
        return at > 0 && text.charAt(text.length() - 1) != c ? at : -1;
    }

    /** The family that addresses are of; IPv4 if nothing was said. */
    static int family(final Session session) {
        if (session.said.family == 0) {
            session.said.family(IPV4);
        }
        return session.said.family;
    }

    static int bits(final int family) {
        return family == IPV4 ? IPV4_BITS : IPV6_BITS;
    }

    /** An address, a network or a range. */
    static boolean any(final Session session, final Value value, final String text) {
        return read(session, value, text, family(session));
    }

    /** An address. */
    static boolean single(final Session session, final Value value, final String text) {
        final int family = family(session);
        final int slash = separator(text, '/');
        if (hasRange(text) || slash >= 0 && !text.substring(slash + 1).equals(Integer.toString(bits(family)))) {
            return session.report.syntax("plain IP address must be supplied: " + text);
        }
        return read(session, value, text, family);
    }

    /** A network. */
    static boolean network(final Session session, final Value value, final String text) {
        final int family = family(session);
        if (separator(text, '/') < 0 || hasRange(text)) {
            return session.report.syntax("IP/netblock must be supplied: " + text);
        }
        return read(session, value, text, family);
    }

    /** A network or a range. */
    static boolean networkOrRange(final Session session, final Value value, final String text) {
        if (!hasRange(text) && separator(text, '/') < 0) {
            return session.report.syntax("IP/cidr or IP-IP range must be specified: " + text);
        }
        return any(session, value, text);
    }

    /** With IPv4 anything; with IPv6 an address. */
    static boolean anyOrSingle(final Session session, final Value value, final String text) {
        return family(session) == IPV4 ? any(session, value, text) : single(session, value, text);
    }

    /** With IPv4 anything; with IPv6 an address or a network. */
    static boolean anyOrNetwork(final Session session, final Value value, final String text) {
        if (family(session) != IPV4 && hasRange(text)) {
            return session.report.syntax("IP address or IP/cidr must be specified: " + text);
        }
        return any(session, value, text);
    }

    private static boolean hasRange(final String text) {
        final int closing = text.startsWith("[") ? text.indexOf(']') : 0;
        return closing >= 0 && separator(closing == 0 ? text : text.substring(closing), '-') >= 0;
    }

    /** Reads what is there, whatever it is. */
    static boolean read(final Session session, final Value value, final String text, final int family) {
        String first = text;
        String last = null;
        final int slash = separator(text, '/');
        if (slash >= 0) {
            final int length = NumberReader.length(session, text.substring(slash + 1), 0, bits(family));
            if (length < 0) {
                return false;
            }
            session.said.cidr(value == Value.IP ? Value.CIDR : Value.CIDR2, length);
            first = text.substring(0, slash);
        } else {
            final int dash = range(session, text);
            if (dash == WRONG) {
                return false;
            }
            if (dash >= 0) {
                first = text.substring(0, dash);
                last = text.substring(dash + 1);
            }
        }
        return host(session, value, first, family)
                && (last == null || host(session, value == Value.IP ? Value.IP_TO : Value.IP2_TO, last, family));
    }

    /** Where the dash of a range is; {@link #NO_RANGE}, or {@link #WRONG}. */
    private static int range(final Session session, final String text) {
        if (!text.startsWith("[")) {
            return Math.max(NO_RANGE, separator(text, '-'));
        }
        final int closing = text.indexOf(']');
        if (closing < 0) {
            unclosed(session, text);
            return WRONG;
        }
        if (closing + 1 == text.length()) {
            return NO_RANGE;
        }
        if (text.charAt(closing + 1) != '-') {
            session.report.syntax("range separator expected after '" + text.substring(0, closing + 1) + "'");
            return WRONG;
        }
        return closing + 1;
    }

    private static boolean unclosed(final Session session, final String text) {
        return session.report.syntax("cannot find closing escape character ']' in " + text);
    }

    /** Splits a range of names or numbers that are no addresses: one text, or two; null if it is written in a wrong way. */
    static String[] splitRange(final Session session, final String text) {
        final int dash = range(session, text);
        if (dash == WRONG) {
            return null;
        }
        return dash < 0 ? new String[] {text} : new String[] {text.substring(0, dash), text.substring(dash + 1)};
    }

    /** Takes brackets off; null if one is missing. */
    static String unescape(final Session session, final String text) {
        if (!text.startsWith("[")) {
            return text;
        }
        if (!text.endsWith("]")) {
            unclosed(session, text);
            return null;
        }
        return text.substring(1, text.length() - 1);
    }

    private static boolean host(final Session session, final Value value, final String text, final int family) {
        if (family == IPV4) {
            final long address = ipv4(text);
            if (address >= 0) {
                session.said.address(value, 0, address);
                return true;
            }
        }
        final String name = unescape(session, text);
        if (name == null) {
            return false;
        }
        final byte[] numeric = numeric(name, family);
        final List<byte[]> found = numeric != null ? List.of(numeric)
                : isNumber(name) ? List.of() : session.names.host(name, family == IPV4 ? IpFamily.IPV4 : IpFamily.IPV6);
        if (found.isEmpty()) {
            return session.report.syntax(
                    "cannot parse " + name + ": resolving to " + (family == IPV4 ? "IPv4" : "IPv6") + " address failed");
        }
        if (found.size() > 1) {
            session.report.warn(name + " resolves to multiple addresses: using only the first one returned by the resolver.");
            session.warnNow();
        }
        final ByteBuffer bytes = ByteBuffer.wrap(found.getFirst());
        if (family == IPV4) {
            session.said.address(value, 0, Integer.toUnsignedLong(bytes.getInt(0)));
        } else {
            session.said.address(value, bytes.getLong(0), bytes.getLong(Long.BYTES));
        }
        return true;
    }

    private static byte[] numeric(final String text, final int family) {
        if (family == IPV6) {
            return AddressText.ipv6(text);
        }
        return isOf(text, "0123456789.") && !text.endsWith(".") ? AddressText.numeric(text, IpFamily.IPV4) : null;
    }

    /** Whether the resolver takes it for an address, so that there is no host of that name. */
    private static boolean isNumber(final String text) {
        return isOf(text, "0123456789.") && !text.endsWith(".") || AddressText.numeric(text, IpFamily.IPV4) != null
                || isOf(text, "0123456789abcdefABCDEF:.") && text.indexOf(':') >= 0;
    }

    private static boolean isOf(final String text, final String characters) {
        for (int i = 0; i < text.length(); i++) {
            if (characters.indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** The usual case: four decimal numbers. */
    private static long ipv4(final String text) {
        final int length = text.length();
        long address = 0;
        int part = -1;
        int dots = 0;
        for (int i = 0; i < length; i++) {
            final char c = text.charAt(i);
            if (c == '.' && part >= 0 && dots < 3) {
                address = address << BYTE_BITS | part;
                part = -1;
                dots++;
            } else if (c >= '0' && c <= '9' && part != 0) {
                part = (part < 0 ? 0 : part * DECIMAL) + c - '0';
                if (part > MOST_OF_BYTE) {
                    return -1;
                }
            } else {
                return -1;
            }
        }
        return dots == 3 && part >= 0 ? address << BYTE_BITS | part : -1;
    }
}
