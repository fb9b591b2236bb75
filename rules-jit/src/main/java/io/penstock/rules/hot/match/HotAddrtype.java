package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * Kinds of addresses ({@code addrtype_mt_v1}).
 *
 * <p>IPv4: the route type is one of those asked for. IPv6, as in the kernel: unspecified, unicast and multicast are read off the address
 * and must all hold that are asked for; of local, anycast and unreachable, which the routes tell, one must. Routes that refuse, and none at
 * all, are unreachable. Any worker.
 */
public final class HotAddrtype implements HotMatch {

    private static final int UNSPEC = 1;
    private static final int UNICAST = 1 << 1;
    private static final int LOCAL = 1 << 2;
    private static final int ANYCAST = 1 << 4;
    private static final int MULTICAST = 1 << 5;
    private static final int BLACKHOLE = 1 << 6;
    private static final int UNREACHABLE = 1 << 7;
    private static final int PROHIBIT = 1 << 8;
    private static final int ROUTED = LOCAL | ANYCAST | UNREACHABLE | PROHIBIT;
    private static final int REFUSED = UNSPEC | BLACKHOLE | UNREACHABLE | PROHIBIT;
    /** The upper half of an IPv4-mapped address's lower half. */
    private static final int MAPPED = 0xFFFF;

    private final boolean isV6;
    private final int source;
    private final boolean sourceInverted;
    private final int destination;
    private final boolean destinationInverted;
    private final boolean limitIn;
    private final boolean limitOut;

    /** A match of kinds of addresses, a bit each; no kind is any kind. */
    public HotAddrtype(
            final boolean isV6,
            final int source,
            final boolean sourceInverted,
            final int destination,
            final boolean destinationInverted,
            final boolean limitIn,
            final boolean limitOut) {
        this.isV6 = isV6;
        this.source = source;
        this.sourceInverted = sourceInverted;
        this.destination = destination;
        this.destinationInverted = destinationInverted;
        this.limitIn = limitIn;
        this.limitOut = limitOut;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final int device = limitIn ? packet.inIndex : limitOut ? packet.outIndex : 0;
        final long from = packet.network + (isV6 ? Ipv6Layout.SOURCE : Ipv4Layout.SOURCE);
        if (source != 0 && isOf(packet, from, device, source) == sourceInverted) {
            return false;
        }
        final long to = packet.network + (isV6 ? Ipv6Layout.DESTINATION : Ipv4Layout.DESTINATION);
        return destination == 0 || isOf(packet, to, device, destination) != destinationInverted;
    }

    private boolean isOf(final RulePacket packet, final long address, final int device, final int kinds) {
        return isV6 ? isOf6(packet, address, device, kinds)
                : (1 << packet.services.addressType(packet, address, device) & kinds) != 0;
    }

    private static boolean isOf6(final RulePacket packet, final long address, final int device, final int kinds) {
        final long high = Memory.getLongBE(address);
        final long low = Memory.getLongBE(address + Long.BYTES);
        final boolean isMulticast = high >>> 56 == 0xFF;
        final boolean isAny = (high | low) == 0;
        final boolean isMapped = high == 0 && low >>> Integer.SIZE == MAPPED;
        if ((kinds & MULTICAST) != 0 && !isMulticast
                || (kinds & UNICAST) != 0 && (isMulticast || isAny || isMapped)
                || (kinds & UNSPEC) != 0 && !isAny) {
            return false;
        }
        if ((kinds & ROUTED) == 0) {
            return true;
        }
        final int type = 1 << packet.services.addressType(packet, address, device);
        return (kinds & ROUTED & ((type & REFUSED) != 0 ? UNREACHABLE : type)) != 0;
    }
}
