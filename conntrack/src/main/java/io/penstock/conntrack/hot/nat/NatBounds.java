package io.penstock.conntrack.hot.nat;

import io.penstock.os.hot.packet.IpProtocol;

/**
 * A {@link NatRange} that is being applied, perhaps with another address. A work sheet.
 *
 * <p>Threads: its worker.
 */
final class NatBounds {

    /** Either flag that asks for random ports. */
    static final int ANY_RANDOM = NatRange.RANDOM | NatRange.RANDOM_FULLY;

    int flags;
    long leastHigh;
    long leastLow;
    long mostHigh;
    long mostLow;
    int leastPort;
    int mostPort;
    int basePort;

    NatBounds() {
    }

    void copy(final NatBounds other) {
        flags = other.flags;
        leastHigh = other.leastHigh;
        leastLow = other.leastLow;
        mostHigh = other.mostHigh;
        mostLow = other.mostLow;
        leastPort = other.leastPort;
        mostPort = other.mostPort;
        basePort = other.basePort;
    }

    void set(final NatRange range) {
        setPorts(range, range.flags());
        leastHigh = range.leastHigh();
        leastLow = range.leastLow();
        mostHigh = range.mostHigh();
        mostLow = range.mostLow();
    }

    /** A range's flags and ports, and one address. */
    void set(final NatRange range, final long high, final long low) {
        setPorts(range, range.flags() | NatRange.MAP_ADDRESSES);
        setAddress(high, low);
    }

    /** One address, and no ports. */
    void set(final long high, final long low) {
        flags = NatRange.MAP_ADDRESSES;
        setAddress(high, low);
    }

    /** One address, and one port. */
    void set(final long high, final long low, final int port) {
        flags = NatRange.MAP_ADDRESSES | NatRange.MAP_PORTS;
        setAddress(high, low);
        leastPort = port;
        mostPort = port;
        basePort = 0;
    }

    boolean has(final int some) {
        return (flags & some) != 0;
    }

    boolean isOneAddress() {
        return leastHigh == mostHigh && leastLow == mostLow;
    }

    boolean isOnePort() {
        return has(NatRange.MAP_PORTS) && leastPort == mostPort;
    }

    /** Whether the source may stay as it is. */
    boolean allowsSource(final NatTuple tuple) {
        return (!has(NatRange.MAP_ADDRESSES) || allowsAddress(tuple.sourceHigh, tuple.sourceLow))
                && (!has(NatRange.MAP_PORTS) || allowsKey(tuple, true));
    }

    /** Whether a half's key may stay as it is. */
    boolean allowsKey(final NatTuple tuple, final boolean source) {
        switch (tuple.protocol) {
            case IpProtocol.ICMP:
            case IpProtocol.ICMPV6:
                return allowsPort(tuple.sourceKey);
            case IpProtocol.TCP:
            case IpProtocol.UDP:
            case IpProtocol.UDPLITE:
            case IpProtocol.SCTP:
            case IpProtocol.GRE:
                return allowsPort(source ? tuple.sourceKey : tuple.destinationKey);
            default:
                return true;
        }
    }

    private boolean allowsPort(final int port) {
        return port >= leastPort && port <= mostPort;
    }

    private boolean allowsAddress(final long high, final long low) {
        return isInOrder(leastHigh, leastLow, high, low) && isInOrder(high, low, mostHigh, mostLow);
    }

    private void setPorts(final NatRange range, final int withFlags) {
        flags = withFlags;
        leastPort = range.leastPort();
        mostPort = range.mostPort();
        basePort = range.basePort();
    }

    private void setAddress(final long high, final long low) {
        leastHigh = high;
        leastLow = low;
        mostHigh = high;
        mostLow = low;
    }

    private static boolean isInOrder(final long high, final long low, final long nextHigh, final long nextLow) {
        final int compared = Long.compareUnsigned(high, nextHigh);
        return compared < 0 || compared == 0 && Long.compareUnsigned(low, nextLow) <= 0;
    }
}
