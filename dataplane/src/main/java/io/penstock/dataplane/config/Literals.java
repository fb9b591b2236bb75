package io.penstock.dataplane.config;

import io.penstock.dataplane.config.NetworkConfig.Prefix;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The text forms of addresses, prefixes, Ethernet addresses and CPU lists. Nothing is looked up by name.
 *
 * <p>Every method throws {@link IllegalArgumentException} whose message is a sentence fit to be shown to the user after
 * the place where the text was found.
 */
public final class Literals {

    /** One more than the highest CPU number: the size of the kernel's cpu_set_t in bits. */
    public static final int MAX_CPUS = 1024;

    // The JDK also takes the C library's short forms (10.1 for 10.0.0.1), which nobody means in a configuration.
    private static final Pattern IPV4 = Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:]+(:\\d+(\\.\\d+){3})?");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final Pattern MAC = Pattern.compile("[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}");

    private Literals() {
    }

    /** An IPv4 or IPv6 address. */
    public static InetAddress address(final String text) {
        if (IPV4.matcher(text).matches() || text.indexOf(':') >= 0 && IPV6.matcher(text).matches()) {
            try {
                final InetAddress address = InetAddress.ofLiteral(text);
                if (address instanceof Inet4Address && text.indexOf(':') >= 0) {
                    throw new IllegalArgumentException("'" + text + "' is an IPv4-mapped IPv6 address; write "
                            + address.getHostAddress());
                }
                return address;
            } catch (final IllegalArgumentException e) {
                if (e.getMessage().contains("IPv4-mapped")) {
                    throw e;
                }
            }
        }
        throw new IllegalArgumentException(
                "'" + text + "' is not an IP address; write one such as 192.0.2.1 or 2001:db8::1");
    }

    /** An address with an optional prefix length; without one, that of a single host. Host bits may be set. */
    public static Prefix prefix(final String text) {
        final int slash = text.indexOf('/');
        final InetAddress address = address(slash < 0 ? text : text.substring(0, slash));
        final int bits = address.getAddress().length * 8;
        if (slash < 0) {
            return new Prefix(address, bits);
        }
        final String length = text.substring(slash + 1);
        if (!NUMBER.matcher(length).matches() || Integer.parseInt(length) > bits) {
            throw new IllegalArgumentException(
                    "'" + text + "' has a bad prefix length: length=" + length + "; write a number from 0 to " + bits);
        }
        return new Prefix(address, Integer.parseInt(length));
    }

    /** A prefix whose host bits must be zero, as a route's destination. */
    public static Prefix network(final String text) {
        final Prefix prefix = prefix(text);
        final Prefix masked = masked(prefix);
        if (!masked.equals(prefix)) {
            throw new IllegalArgumentException("'" + text + "' has host bits set; write " + masked);
        }
        return prefix;
    }

    /** An Ethernet address, the first byte in bits 47 to 40. */
    public static long mac(final String text) {
        if (!MAC.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not an Ethernet address; write one such as \"02:00:00:00:00:fe\"");
        }
        return Long.parseLong(text.replaceAll("[:-]", ""), 16);
    }

    /** A CPU list such as {@code 1-3,5}, in the order written. */
    public static List<Integer> cpus(final String text) {
        final List<Integer> cpus = new ArrayList<>();
        for (final String part : text.split(",", -1)) {
            final String range = part.strip();
            final int dash = range.indexOf('-');
            final int first = cpu(dash < 0 ? range : range.substring(0, dash), text);
            final int last = dash < 0 ? first : cpu(range.substring(dash + 1), text);
            if (last < first) {
                throw new IllegalArgumentException(
                        "'" + text + "' has a range that runs backwards; write " + last + '-' + first);
            }
            for (int cpu = first; cpu <= last; cpu++) {
                addCpu(cpus, cpu);
            }
        }
        return List.copyOf(cpus);
    }

    static void addCpu(final List<Integer> cpus, final int cpu) {
        if (cpus.contains(cpu)) {
            throw new IllegalArgumentException(
                    "CPU " + cpu + " is named twice; each worker needs a CPU of its own, name it once");
        }
        cpus.add(cpu);
    }

    private static int cpu(final String text, final String list) {
        if (!NUMBER.matcher(text).matches() || Integer.parseInt(text) >= MAX_CPUS) {
            throw new IllegalArgumentException("'" + list + "' is not a list of CPUs; write numbers from 0 to "
                    + (MAX_CPUS - 1) + " and ranges, such as 1-3,5");
        }
        return Integer.parseInt(text);
    }

    private static Prefix masked(final Prefix prefix) {
        final byte[] bytes = prefix.address().getAddress();
        for (int i = 0; i < bytes.length; i++) {
            final int keep = Math.clamp(prefix.length() - i * 8L, 0, 8);
            bytes[i] &= (byte) (0xFF00 >> keep);
        }
        try {
            return new Prefix(InetAddress.getByAddress(bytes), prefix.length());
        } catch (final UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
