package io.penstock.rules.hot;

import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * What an IPv6 rule asks without {@code -m}.
 *
 * <p>Source: net/ipv6/netfilter/ip6_tables.c, {@code ip6_packet_match}.
 */
public final class Selector6 implements HotMatch {

    private final Prefix source;
    private final Prefix destination;
    private final DeviceName in;
    private final DeviceName out;
    private final int protocol;
    private final boolean protocolInverted;

    /** A selector; protocol 0 is any. */
    public Selector6(
            final Prefix source,
            final Prefix destination,
            final DeviceName in,
            final DeviceName out,
            final int protocol,
            final boolean protocolInverted) {
        this.source = source;
        this.destination = destination;
        this.in = in;
        this.out = out;
        this.protocol = protocol;
        this.protocolInverted = protocolInverted;
    }

    /** Whether it takes every packet. */
    boolean isAny() {
        return source.isAny() && destination.isAny() && in.equals(DeviceName.ANY) && out.equals(DeviceName.ANY) && protocol == 0;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final long ip = packet.network;
        if (!source.matches(Ipv6Layout.sourceHigh(ip), Ipv6Layout.sourceLow(ip))
                || !destination.matches(Ipv6Layout.destinationHigh(ip), Ipv6Layout.destinationLow(ip))
                || !in.matches(packet.inName, packet.inNameRest)
                || !out.matches(packet.outName, packet.outNameRest)) {
            return false;
        }
        if (protocol == 0) {
            return true;
        }
        if (packet.protocol == RulePacket.NO_PROTOCOL) {
            packet.hotdrop = packet.fragmentOffset == 0;
            return false;
        }
        return packet.protocol == protocol != protocolInverted;
    }

    /**
     * Addresses, by their begin; words in the order of the numbers that they are.
     *
     * @param high     the begin's first half, masked
     * @param low      its second half, masked
     * @param maskHigh which bits of the first half count
     * @param maskLow  which of the second
     * @param inverted whether all others are meant
     */
    public record Prefix(long high, long low, long maskHigh, long maskLow, boolean inverted) {

        boolean isAny() {
            return maskHigh == 0 && maskLow == 0 && !inverted;
        }

        boolean matches(final long itsHigh, final long itsLow) {
            return ((itsHigh & maskHigh ^ high | itsLow & maskLow ^ low) == 0) != inverted;
        }
    }
}
