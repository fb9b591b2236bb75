package io.penstock.dataplane.judge;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Whose ICMP messages the kernel may hold back by now. Two kinds are limited by settings of the whole machine, which a
 * comparison leaves alone: errors about routes, of which a sender gets five in a row and then one a second; and redirects, of
 * which it gets one, then ever fewer. They share a record, so that a redirect costs the sender's route errors too.
 *
 * <p>From then on it is the clock's choice, to the tick, whether such a message is sent; it may be lacking on either side.
 *
 * <p>Source: net/ipv4/route.c ip_error, ip_rt_send_redirect; net/ipv6/ndisc.c. Threads: one.
 */
final class Spent {

    /** {@code net.ipv4.route.error_burst / error_cost}. */
    private static final int ROUTE_ERRORS = 5;

    /** IPv6 redirects in a row, of a destination and of a host that is told; then one a second. */
    private static final int REDIRECTS6 = 6;

    private static final int UNREACHABLE = 3;
    private static final int REDIRECT = 5;
    private static final int REDIRECT6 = 137;

    private final Map<String, Integer> used = new HashMap<>();
    private final Map<String, Integer> asked = new HashMap<>();

    /** True when the message is of a kind that its receiver has had enough of. */
    boolean isOptional(final Arrival arrival, final byte... message) {
        return isLimited(arrival, message) && (used.getOrDefault(sender(arrival), 0) >= ROUTE_ERRORS
                || isRedirect(message) && asked.getOrDefault(destination(arrival), 0) >= REDIRECTS6);
    }

    /** Notes what a side sent about a packet. */
    void note(final Arrival arrival, final Reaction reaction) {
        if (arrival.version() == 6 && reaction.sent().stream().anyMatch(sent -> sent.port() == arrival.port())) {
            // Also where no redirect is sent: the destination is asked for first.
            asked.merge(destination(arrival), 1, Integer::sum);
        }
        for (final Reaction.Sent sent : reaction.sent()) {
            if (isLimited(arrival, sent.bytes())) {
                final int cost = isRedirect(sent.bytes()) ? ROUTE_ERRORS : 1;
                used.merge(sender(arrival), cost, Integer::sum);
            }
        }
    }

    /** True when all that differs is whether the sender is told something. */
    static boolean isAboutLimits(final Difference difference) {
        final Arrival arrival = difference.arrival();
        final Reaction kernel = withoutMessages(arrival, difference.kernel());
        final Reaction penstock = withoutMessages(arrival, difference.penstock());
        final int ports = 1 + Stream.concat(kernel.sent().stream(), penstock.sent().stream())
                .mapToInt(Reaction.Sent::port).max().orElse(0);
        return difference.kernel().sent().size() - kernel.sent().size()
                        != difference.penstock().sent().size() - penstock.sent().size()
                && new Comparison(ports).of(0, arrival, kernel, penstock) == null;
    }

    /** Without what the router tells the sender. */
    static Reaction withoutMessages(final Arrival arrival, final Reaction reaction) {
        final List<Reaction.Sent> rest = reaction.sent().stream()
                .filter(sent -> !Words.isOwnError(arrival.bytes(), sent.bytes())).toList();
        return new Reaction(rest, reaction.delivered(), reaction.reason());
    }

    static boolean isLimited(final Arrival arrival, final byte... message) {
        if (!Words.isOwnError(arrival.bytes(), message)) {
            return false;
        }
        return isRedirect(message)
                || Wire.version(message) == 4 && Wire.u8(message, Words.icmpOffset(message)) == UNREACHABLE
                && Wire.u8(message, Words.icmpOffset(message) + 1) != 4;
    }

    private static boolean isRedirect(final byte... message) {
        return Wire.u8(message, Words.icmpOffset(message)) == (Wire.version(message) == 4 ? REDIRECT : REDIRECT6);
    }

    private static String sender(final Arrival arrival) {
        final byte[] bytes = arrival.bytes();
        return Wire.version(bytes) == 4 ? "4 " + Wire.u32(bytes, 12) : address6(bytes, 8);
    }

    private static String destination(final Arrival arrival) {
        return arrival.bytes().length < Wire.IPV6_BYTES ? "" : address6(arrival.bytes(), 24);
    }

    private static String address6(final byte[] bytes, final int at) {
        return Wire.u64(bytes, at) + " " + Wire.u64(bytes, at + 8);
    }
}
