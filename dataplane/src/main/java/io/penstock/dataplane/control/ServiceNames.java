package io.penstock.dataplane.control;

import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.netlink.IpAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of services and servers in a word: {@code tcp:192.0.2.1:80}, {@code udp:[2001:db8::1]:53}, {@code mark:5}, {@code 10.0.0.2:80}. A blank
 * instead of the first colon is read, too: so messages name them.
 */
final class ServiceNames {

    private static final Pattern SERVICE = Pattern.compile("(tcp|udp|sctp|mark|mark6)[: ](.+)");
    private static final Pattern HOST = Pattern.compile("\\[([^]]+)](?::(\\d{1,5}))?|([^:]+)(?::(\\d{1,5}))?");
    private static final int MOST_PORT = 0xFFFF;
    private static final long MOST_MARK = 0xFFFF_FFFFL;
    private static final int NONE = -1;

    private ServiceNames() {
    }

    /** A service; {@link IllegalArgumentException} says what is wrong. */
    static ServiceKey service(final String text) {
        final Matcher match = SERVICE.matcher(text);
        if (match.matches()) {
            if (match.group(1).startsWith("mark")) {
                final int mark = mark(match.group(2));
                if (mark != 0) {
                    return ServiceKey.ofMark(match.group(1).equals("mark") ? IpAddress.V4 : IpAddress.V6, mark);
                }
            } else {
                final ServerKey host = host(match.group(2));
                if (host != null && host.port() != NONE) {
                    return ServiceKey.of(protocol(match.group(1)), host.address(), host.port());
                }
            }
        }
        throw new IllegalArgumentException("'" + text + "' is no service; write one such as tcp:192.0.2.1:80, udp:[2001:db8::1]:53, mark:5 or mark6:5");
    }

    /** A server of a service; without a port it has the service's. {@link IllegalArgumentException} says what is wrong. */
    static ServerKey server(final String text, final ServiceKey service) {
        final ServerKey host = host(text);
        if (host == null) {
            throw new IllegalArgumentException("'" + text + "' is no server; write one such as 10.0.0.2:80 or [2001:db8::2]:80");
        }
        return host.port() == NONE ? new ServerKey(host.address(), service.port()) : host;
    }

    private static int protocol(final String name) {
        return switch (name) {
            case "tcp" -> IpProtocol.TCP;
            case "udp" -> IpProtocol.UDP;
            default -> IpProtocol.SCTP;
        };
    }

    /** 0 for what is none. */
    private static int mark(final String text) {
        if (!text.matches("\\d{1,10}")) {
            return 0;
        }
        final long mark = Long.parseLong(text);
        return mark > MOST_MARK ? 0 : (int) mark;
    }

    /** Null for what is none. */
    private static ServerKey host(final String text) {
        final Matcher match = HOST.matcher(text);
        if (!match.matches()) {
            return null;
        }
        final boolean isBracketed = match.group(1) != null;
        final String port = match.group(isBracketed ? 2 : 4);
        final int number = port == null ? NONE : Integer.parseInt(port);
        try {
            final IpAddress address = IpAddress.parse(match.group(isBracketed ? 1 : 3));
            return number > MOST_PORT || isBracketed != (address.family() == IpAddress.V6) ? null : new ServerKey(address, number);
        } catch (final IllegalArgumentException e) {
            return null;
        }
    }
}
