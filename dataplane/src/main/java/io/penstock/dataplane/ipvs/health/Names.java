package io.penstock.dataplane.ipvs.health;

import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.SysException;
import java.net.ConnectException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Locale;

/** How messages, and the configuration, name services, servers, times and what the network said. */
public final class Names {

    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int SCTP = 132;

    private Names() {
    }

    /** A service: {@code tcp 10.0.0.1:80}, {@code mark 5}, {@code mark6 5}. */
    public static String of(final ServiceKey key) {
        if (key.isMark()) {
            return (key.family() == IpAddress.V4 ? "mark " : "mark6 ") + Integer.toUnsignedString(key.mark());
        }
        final String protocol = switch (key.protocol()) {
            case TCP -> "tcp";
            case UDP -> "udp";
            case SCTP -> "sctp";
            default -> "protocol " + key.protocol();
        };
        return protocol + ' ' + of(key.address(), key.port());
    }

    /** A server: {@code 10.1.0.2:80}, {@code [2001:db8::2]:80}. */
    public static String of(final ServerKey key) {
        return of(key.address(), key.port());
    }

    static String of(final IpAddress address, final int port) {
        return host(address) + ':' + port;
    }

    /** An address as URLs have it. */
    static String host(final IpAddress address) {
        return address.family() == IpAddress.V4 ? address.toString() : "[" + address + ']';
    }

    /** A time, in the largest unit that has no fractions. */
    public static String of(final Duration time) {
        final long ms = time.toMillis();
        return ms % 1000 != 0 || ms == 0 ? ms + "ms" : ms / 1000 + "s";
    }

    /** So many of something. */
    static String count(final long count, final String one) {
        return count + " " + one + (count == 1 ? "" : "s");
    }

    /** What an exception says, without the names of its classes. */
    static String ofProblem(final Throwable e) {
        return switch (e) {
            case SysException sys -> Errno.text(sys.errno()) + (sys.errno() == Errno.EPERM ? "; run with CAP_NET_RAW" : "");
            case ConnectException refused -> oneLine(refused.getMessage(), "connection refused");
            case PortUnreachableException _ -> "port unreachable";
            case SocketException socket -> oneLine(socket.getMessage(), "connection lost");
            default -> oneLine(e.getMessage(), e.getClass().getSimpleName());
        };
    }

    /** What others wrote, fit for a line of a log. */
    static String oneLine(final String text, final String otherwise) {
        if (text == null || text.isBlank()) {
            return otherwise;
        }
        final String line = text.strip().replaceAll("[\\s\\p{Cc}]+", " ");
        // "Connection refused", but "SSL ..." and "PKIX ..." as they are.
        return line.length() > 1 && Character.isLowerCase(line.charAt(1))
                ? line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1) : line;
    }
}
