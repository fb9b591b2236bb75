package io.penstock.dataplane.fib;

import io.penstock.dataplane.hot.fib.AdjacencyLayout;

/**
 * What a new adjacency holds.
 *
 * @param kind one of {@code AdjacencyKind}
 * @param flags {@code AdjacencyLayout.FLAG_...}
 * @param family of the packets, 4 or 6; 0 where it does not matter
 * @param port output port's index, or {@link AdjacencyLayout#NO_PORT}
 * @param ifindex the output device in the kernel, 0 if none
 * @param mtu largest IP packet that may leave
 * @param nextHopHigh next hop's first eight bytes; 0 for IPv4
 * @param nextHopLow next hop's last eight bytes; all of an IPv4 address
 * @param sourceHigh first eight bytes of an IPv6 route's preferred source, or 0
 * @param sourceLow its last eight bytes; all of the source of what this host sends, where the family is 4
 */
public record AdjacencyFields(int kind, int flags, int family, int port, int ifindex, int mtu, long nextHopHigh,
        long nextHopLow, long sourceHigh, long sourceLow) {

    /** An adjacency without a source address. */
    public AdjacencyFields(final int kind, final int flags, final int family, final int port, final int ifindex,
            final int mtu, final long nextHopHigh, final long nextHopLow) {
        this(kind, flags, family, port, ifindex, mtu, nextHopHigh, nextHopLow, 0, 0);
    }

    /** An adjacency that leaves through no port. */
    public static AdjacencyFields ofKind(final int kind, final int family, final int ifindex, final int mtu) {
        return new AdjacencyFields(kind, 0, family, AdjacencyLayout.NO_PORT, ifindex, mtu, 0, 0);
    }
}
