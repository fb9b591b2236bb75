package io.penstock.dataplane.config;

import io.penstock.dataplane.config.NetworkConfig.Prefix;
import io.penstock.os.netlink.IpAddress;
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

    private static final IpAddress MAPPED = IpAddress.v6(0, 0xFFFF_0000_0000L);
    private static final int MAPPED_BITS = 96;
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final Pattern MAC = Pattern.compile("[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}");

    private Literals() {
    }

    /** An IPv4 or IPv6 address, the latter not IPv4-mapped, which no packet on a wire has. */
    public static IpAddress address(final String text) {
        final IpAddress address = IpAddress.parse(text);
        if (address.isIn(MAPPED, MAPPED_BITS)) {
            throw new IllegalArgumentException("'" + text + "' is an IPv4-mapped IPv6 address; write "
                    + IpAddress.v4((int) address.low()));
        }
        return address;
    }

    /** An address with an optional prefix length; without one, that of a single host. Host bits may be set. */
    public static Prefix prefix(final String text) {
        final int slash = text.indexOf('/');
        final IpAddress address = address(slash < 0 ? text : text.substring(0, slash));
        final int bits = address.bits();
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
        final Prefix masked = new Prefix(prefix.address().prefix(prefix.length()), prefix.length());
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
}
