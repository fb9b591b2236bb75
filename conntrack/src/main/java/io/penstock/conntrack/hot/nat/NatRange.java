package io.penstock.conntrack.hot.nat;

/**
 * What one half of a connection's translation may choose from. Of ICMP queries the identifier is the port.
 *
 * <p>Source: {@code struct nf_nat_range2}, linux/netfilter/nf_nat.h.
 *
 * @param flags     the constants below, added up
 * @param leastHigh the first address's first half; of IPv4 0
 * @param leastLow  its other half; of IPv4 all, as an unsigned number
 * @param mostHigh  the last address's first half
 * @param mostLow   its other half
 * @param leastPort the first port
 * @param mostPort  the last port
 * @param basePort  with {@link #SHIFT_PORTS}: the port that becomes the first one
 */
public record NatRange(
        int flags, long leastHigh, long leastLow, long mostHigh, long mostLow, int leastPort, int mostPort, int basePort) {

    /** Addresses are given. */
    public static final int MAP_ADDRESSES = 1;
    /** Ports are given. */
    public static final int MAP_PORTS = 1 << 1;
    /** Begin at a random port. */
    public static final int RANDOM = 1 << 2;
    /** A client keeps its address, whatever it speaks to. */
    public static final int PERSISTENT = 1 << 3;
    /** Try random ports only. */
    public static final int RANDOM_FULLY = 1 << 4;
    /** Ports keep their distance from the first one. */
    public static final int SHIFT_PORTS = 1 << 5;
    /** A network is mapped to another, address by address. */
    public static final int NETMAP = 1 << 6;
    /** Beyond the kernel: who has sent by a port is reached at it by everybody. */
    public static final int FULL_CONE = 1 << 16;

    /** Whether any of the flags is set. */
    public boolean has(final int some) {
        return (flags & some) != 0;
    }
}
