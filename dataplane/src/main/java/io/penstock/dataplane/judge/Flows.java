package io.penstock.dataplane.judge;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether packets of one flow go one way: what has the same addresses, protocol and ports, and comes by the same port.
 *
 * <p>Threads: one.
 */
final class Flows {

    private static final int IPV4_ADDRESSES = 12;
    private static final int IPV6_ADDRESSES = 8;

    private final Map<String, Integer> ways = new HashMap<>();

    /** False when an earlier packet of the flow was forwarded by another port. */
    boolean isConstant(final Arrival arrival, final Reaction reaction) {
        final List<Reaction.Sent> forwarded = reaction.sent().stream()
                .filter(sent -> !Words.isOwnError(arrival.bytes(), sent.bytes())).toList();
        if (forwarded.isEmpty()) {
            return true;
        }
        final int port = forwarded.getFirst().port();
        return ways.computeIfAbsent(key(arrival), _ -> port) == port;
    }

    private static String key(final Arrival arrival) {
        final byte[] b = arrival.bytes();
        final int from = arrival.version() == 4 ? IPV4_ADDRESSES : IPV6_ADDRESSES;
        final int to = arrival.version() == 4 ? Wire.ipv4HeaderBytes(b) + 4 : Wire.IPV6_BYTES + 4;
        return arrival.port() + " " + b[arrival.version() == 4 ? 9 : 6] + ' '
                + Arrays.toString(Arrays.copyOfRange(b, from, Math.min(b.length, to)));
    }
}
