package io.penstock.conntrack.model;

/**
 * One direction's addresses and keys. Keys are in host order, as everywhere in this module: ports; call ids of GRE; ICMP's source key is
 * its id and its destination key {@code type << 8 | code}; 0 for other protocols.
 *
 * @param family          {@link #IPV4} or {@link #IPV6}
 * @param sourceHigh      the first 8 bytes of the source address; 0 of IPv4
 * @param sourceLow       its last 8 bytes; IPv4's 32 bits, unsigned
 * @param destinationHigh the same of the destination address
 * @param destinationLow  the same
 * @param protocol        the protocol's number
 * @param sourceKey       16 bits, unsigned
 * @param destinationKey  16 bits, unsigned
 */
public record ConnTuple(int family, long sourceHigh, long sourceLow, long destinationHigh, long destinationLow, int protocol,
        int sourceKey, int destinationKey) {

    /** {@code AF_INET}. */
    public static final int IPV4 = 2;
    /** {@code AF_INET6}. */
    public static final int IPV6 = 10;

    /** ICMP's number. */
    public static final int ICMP = 1;
    /** TCP's number. */
    public static final int TCP = 6;
    /** UDP's number. */
    public static final int UDP = 17;
    /** DCCP's number. */
    public static final int DCCP = 33;
    /** GRE's number. */
    public static final int GRE = 47;
    /** ICMPv6's number. */
    public static final int ICMPV6 = 58;
    /** SCTP's number. */
    public static final int SCTP = 132;
    /** UDP-Lite's number. */
    public static final int UDPLITE = 136;

    private static final int LARGEST = 0xFFFF;

    /** Checks the numbers. */
    public ConnTuple {
        if (family != IPV4 && family != IPV6 || protocol < 0 || protocol > 0xFF || sourceKey < 0 || sourceKey > LARGEST
                || destinationKey < 0 || destinationKey > LARGEST) {
            throw new IllegalArgumentException("not a tuple: family=" + family + " protocol=" + protocol + " sourceKey=" + sourceKey
                    + " destinationKey=" + destinationKey);
        }
    }

    /** An IPv4 tuple. */
    public static ConnTuple ipv4(
            final int source, final int destination, final int protocol, final int sourceKey, final int destinationKey) {
        return new ConnTuple(IPV4, 0, Integer.toUnsignedLong(source), 0, Integer.toUnsignedLong(destination), protocol, sourceKey,
                destinationKey);
    }

    /** Whether the keys are two ports or call ids, which trade places in the answer. */
    public static boolean hasTwoKeys(final int protocol) {
        return protocol == TCP || protocol == UDP || protocol == UDPLITE || protocol == SCTP || protocol == GRE;
    }

    /** Whether the keys are ICMP's or ICMPv6's. */
    public static boolean isIcmp(final int protocol) {
        return protocol == ICMP || protocol == ICMPV6;
    }

    /** Whether a tracker knows the protocol's keys. */
    public boolean hasKeys() {
        return hasTwoKeys(protocol) || isIcmp(protocol);
    }

    /** Whether an answer to it can be told: of ICMP, only requests and their answers have one. */
    public boolean isInvertible() {
        return !isIcmp(protocol) || icmpAnswer(protocol, destinationKey >>> Byte.SIZE) >= 0;
    }

    /** The tuple of an answer to it. */
    public ConnTuple inverse() {
        final boolean trades = hasTwoKeys(protocol);
        final int answer = isIcmp(protocol) ? icmpAnswer(protocol, destinationKey >>> Byte.SIZE) : 0;
        final int key = isIcmp(protocol) ? Math.max(answer, 0) << Byte.SIZE | destinationKey & 0xFF : destinationKey;
        return new ConnTuple(family, destinationHigh, destinationLow, sourceHigh, sourceLow, protocol, trades ? destinationKey : sourceKey,
                trades ? sourceKey : key);
    }

    /** The ICMP type that answers another, or -1. Source: RFC 792, RFC 950, RFC 4443, RFC 4620. */
    public static int icmpAnswer(final int protocol, final int type) {
        if (protocol == ICMPV6) {
            return switch (type) {
                case 128, 139 -> type + 1;
                case 129, 140 -> type - 1;
                default -> -1;
            };
        }
        return switch (type) {
            case 8 -> 0;
            case 0 -> 8;
            case 13, 15, 17 -> type + 1;
            case 14, 16, 18 -> type - 1;
            default -> -1;
        };
    }

    /** The same with another source. */
    public ConnTuple withSource(final long high, final long low, final int key) {
        return new ConnTuple(family, high, low, destinationHigh, destinationLow, protocol, key, destinationKey);
    }

    /** The same with another destination. */
    public ConnTuple withDestination(final long high, final long low, final int key) {
        return new ConnTuple(family, sourceHigh, sourceLow, high, low, protocol, sourceKey, key);
    }
}
