package io.penstock.dataplane.ipvs.text;

import io.penstock.os.netlink.IpAddress;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Names;
import io.penstock.rules.text.AddressText;
import io.penstock.rules.text.CNumber;
import java.nio.ByteBuffer;
import java.util.List;

/** Reads hosts, with a port behind them or not, by number or by name. */
final class HostReader {

    /** No port was given. */
    static final int NO_PORT = -1;

    private static final int MOST_OF_PORT = 0xFFFF;

    private final Names names;

    HostReader(final Names names) {
        this.names = names;
    }

    /**
     * A host and its port.
     *
     * @param port {@link #NO_PORT} if none was given
     */
    record Host(IpAddress address, int port) {
    }

    /**
     * Reads {@code host[:port]}, {@code address6} or {@code [address6]:port}; null if it is none of them. As with the tool, what is in
     * brackets and no IPv6 address may be another host, whose port is not read.
     */
    Host hostAndPort(final String text, final int protocol) {
        if (Numbers.isDigits(text)) {
            return null;
        }
        String host = text;
        String port = null;
        if (text.startsWith("[")) {
            final int closing = text.indexOf(']');
            if (closing < 0 || !text.startsWith(":", closing + 1)) {
                return null;
            }
            host = text.substring(1, closing);
            port = text.substring(closing + 2);
        }
        // Two colons tell at once, in long files, what cannot be one.
        final byte[] six = host.indexOf(':') == host.lastIndexOf(':') ? null : AddressText.ipv6(host);
        if (six != null) {
            final ByteBuffer bytes = ByteBuffer.wrap(six);
            return withPort(IpAddress.v6(bytes.getLong(0), bytes.getLong(Long.BYTES)), port, protocol);
        }
        final int colon = host.lastIndexOf(':');
        port = colon < 0 ? null : host.substring(colon + 1);
        final IpAddress four = ipv4(colon < 0 ? host : host.substring(0, colon));
        return four == null ? null : withPort(four, port, protocol);
    }

    private Host withPort(final IpAddress address, final String port, final int protocol) {
        if (port == null) {
            return new Host(address, NO_PORT);
        }
        int number = Numbers.within(port, 0, MOST_OF_PORT);
        if (number == Numbers.NONE) {
            final String protocolName = Protocols.serviceName(protocol);
            number = protocolName == null ? Numbers.NONE : names.port(port, protocolName);
        }
        return number == Numbers.NONE ? null : new Host(address, number);
    }

    /** An IPv4 address in any of its forms ({@code inet_aton}: a blank ends it), or a host's; null if it is neither. */
    IpAddress ipv4(final String text) {
        int end = 0;
        while (end < text.length() && !CNumber.isBlank(text.charAt(end))) {
            end++;
        }
        final byte[] numeric = AddressText.numeric(text.substring(0, end), IpFamily.IPV4);
        if (numeric != null) {
            return IpAddress.v4(ByteBuffer.wrap(numeric).getInt());
        }
        // The resolver takes digits and dots for an address, however wrong, and asks nobody.
        final boolean isNumber = text.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9');
        final List<byte[]> found = isNumber ? List.of() : names.host(text, IpFamily.IPV4);
        return found.isEmpty() ? null : IpAddress.v4(ByteBuffer.wrap(found.getFirst()).getInt());
    }
}
