package io.penstock.rules.hot;

import io.penstock.os.hot.packet.Ipv4Layout;

/**
 * What an IPv4 rule asks without {@code -m}.
 *
 * <p>Source: net/ipv4/netfilter/ip_tables.c, {@code ip_packet_match}.
 */
public final class Selector4 implements HotMatch {

    /** Any fragment. */
    public static final int ANY_FRAGMENT = 0;
    /** Second and later fragments. */
    public static final int LATER_FRAGMENT = 1;
    /** All others. */
    public static final int FIRST_FRAGMENT = 2;

    private final int source;
    private final int sourceMask;
    private final boolean sourceInverted;
    private final int destination;
    private final int destinationMask;
    private final boolean destinationInverted;
    private final DeviceName in;
    private final DeviceName out;
    private final int protocol;
    private final boolean protocolInverted;
    private final int fragment;

    /** A selector; protocol 0 is any. */
    public Selector4(
            final int source,
            final int sourceMask,
            final boolean sourceInverted,
            final int destination,
            final int destinationMask,
            final boolean destinationInverted,
            final DeviceName in,
            final DeviceName out,
            final int protocol,
            final boolean protocolInverted,
            final int fragment) {
        this.source = source;
        this.sourceMask = sourceMask;
        this.sourceInverted = sourceInverted;
        this.destination = destination;
        this.destinationMask = destinationMask;
        this.destinationInverted = destinationInverted;
        this.in = in;
        this.out = out;
        this.protocol = protocol;
        this.protocolInverted = protocolInverted;
        this.fragment = fragment;
    }

    /** Whether it takes every packet. */
    boolean isAny() {
        return sourceMask == 0 && !sourceInverted && destinationMask == 0 && !destinationInverted
                && in.equals(DeviceName.ANY) && out.equals(DeviceName.ANY) && protocol == 0 && fragment == ANY_FRAGMENT;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        if (((Ipv4Layout.source(packet.network) & sourceMask) == source) == sourceInverted
                || ((Ipv4Layout.destination(packet.network) & destinationMask) == destination) == destinationInverted
                || !in.matches(packet.inName, packet.inNameRest)
                || !out.matches(packet.outName, packet.outNameRest)) {
            return false;
        }
        if (protocol != 0 && (packet.protocol == protocol) == protocolInverted) {
            return false;
        }
        return fragment == ANY_FRAGMENT || packet.fragmentOffset != 0 == (fragment == LATER_FRAGMENT);
    }
}
