package io.penstock.dataplane.hot.icmp;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.Icmpv6RedirectLayout;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * Writes the redirect of neighbour discovery: tells a host on the link of a better first hop, or that the destination is on
 * the link itself.
 *
 * <p>It is made before the hop limit is decremented, so that it quotes the packet as the host has sent it.
 *
 * <p>Source: RFC 4861, 4.5 and 8.2; net/ipv6/ndisc.c ndisc_send_redirect. Threads: any, on memory that they own.
 */
public final class NdRedirect {

    /** No link-layer address: the neighbour's is not known, or the device has none. */
    public static final long NO_MAC = -1;

    /** What receivers insist on: it shows that no router has passed the message on (RFC 4861, 8.1). */
    private static final int HOP_LIMIT = 255;
    private static final int TARGET_UNITS = Icmpv6RedirectLayout.TARGET_ADDRESS_BYTES / Icmpv6RedirectLayout.UNIT_BYTES;
    private static final int MAX_OPTIONS_BYTES =
            Icmp6Reply.MAX_BYTES - Ipv6Layout.HEADER_BYTES - Icmpv6RedirectLayout.HEADER_BYTES;
    /** The first ten bits of fe80::/10 (RFC 4291, 2.5.6). */
    private static final int LINK_LOCAL = 0xFE80 >>> 6;
    private static final int LINK_LOCAL_SHIFT = 54;

    private NdRedirect() {
    }

    /** True for a target that a redirect may name: the destination itself, or a router by its link-local address. */
    public static boolean mayRedirect(final long ip, final long targetHigh, final long targetLow) {
        return targetHigh >>> LINK_LOCAL_SHIFT == LINK_LOCAL
                || targetHigh == Ipv6Layout.destinationHigh(ip) && targetLow == Ipv6Layout.destinationLow(ip);
    }

    /**
     * Writes a redirect to the source of a packet.
     *
     * @param to           where, in another frame, with {@link Icmp6Reply#MAX_BYTES} of room
     * @param bytes        bytes of the packet that is redirected
     * @param sourceHigh   this host's link-local address on the link, upper half
     * @param targetMac    the target's MAC address, or {@link #NO_MAC}
     * @param trafficClass the port's {@code ndisc_tclass}
     * @return bytes of the message
     */
    public static int write(
            final long to,
            final long ip,
            final int bytes,
            final long sourceHigh,
            final long sourceLow,
            final long targetHigh,
            final long targetLow,
            final long targetMac,
            final int trafficClass) {
        final long icmp = to + Ipv6Layout.HEADER_BYTES;
        Icmpv6Layout.setType(icmp, Icmpv6Layout.REDIRECT);
        Icmpv6Layout.setCode(icmp, 0);
        Icmpv6Layout.setRest(icmp, 0);
        Icmpv6RedirectLayout.setTarget(icmp, targetHigh, targetLow);
        Icmpv6RedirectLayout.setDestination(icmp, Ipv6Layout.destinationHigh(ip), Ipv6Layout.destinationLow(ip));
        int icmpBytes = Icmpv6RedirectLayout.HEADER_BYTES;
        int room = MAX_OPTIONS_BYTES;
        if (targetMac != NO_MAC) {
            Icmpv6RedirectLayout.setOption(
                    icmp + icmpBytes, Icmpv6RedirectLayout.OPTION_TARGET_ADDRESS, TARGET_UNITS, targetMac);
            icmpBytes += Icmpv6RedirectLayout.TARGET_ADDRESS_BYTES;
            room -= Icmpv6RedirectLayout.TARGET_ADDRESS_BYTES;
        }
        // Options are whole units; what is left of the packet beyond the last one is not told.
        final int redirectedBytes = Math.min(bytes + Icmpv6RedirectLayout.REDIRECTED_HEADER_BYTES, room)
                & -Icmpv6RedirectLayout.UNIT_BYTES;
        final long redirected = icmp + icmpBytes;
        Icmpv6RedirectLayout.setOption(redirected, Icmpv6RedirectLayout.OPTION_REDIRECTED,
                redirectedBytes / Icmpv6RedirectLayout.UNIT_BYTES, 0);
        Memory.copy(ip, redirected + Icmpv6RedirectLayout.REDIRECTED_HEADER_BYTES,
                redirectedBytes - Icmpv6RedirectLayout.REDIRECTED_HEADER_BYTES);
        icmpBytes += redirectedBytes;
        Icmp6Reply.header(to, ip, icmpBytes, sourceHigh, sourceLow, HOP_LIMIT, trafficClass, 0);
        Checksum.writeIcmpv6(to, icmp, icmpBytes);
        return Ipv6Layout.HEADER_BYTES + icmpBytes;
    }
}
