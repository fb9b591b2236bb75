package io.penstock.dataplane.hot.ipvs.tunnel;

import io.penstock.os.hot.packet.GreLayout;
import io.penstock.os.hot.packet.GueLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.UdpLayout;

/**
 * What tunnels take of an MTU.
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_xmit.c, __ip_vs_get_out_rt and __ip_vs_get_out_rt_v6; include/net/gre.h, gre_calc_hlen.
 */
final class TunnelSize {

    /** What every IPv4 link carries (RFC 791, 3.2). Unit: bytes. */
    static final int MIN_MTU4 = 68;
    /** What every IPv6 link carries (RFC 8200, 5). Unit: bytes. */
    static final int MIN_MTU6 = 1280;

    private TunnelSize() {
    }

    /**
     * Bytes that a tunnel puts in front of a packet.
     *
     * @param isRemote whether the receiver is asked to complete the packet's transport checksum
     */
    static int overhead(final Tunnel tunnel, final boolean isRemote) {
        return (tunnel.isIpv4() ? Ipv4Layout.HEADER_BYTES : Ipv6Layout.HEADER_BYTES) + between(tunnel, isRemote);
    }

    /** Those between the two IP headers. */
    static int between(final Tunnel tunnel, final boolean isRemote) {
        return switch (tunnel.kind()) {
            case Tunnel.GUE -> UdpLayout.HEADER_BYTES + GueLayout.FIXED_BYTES + (isRemote ? GueLayout.REMOTE_CHECKSUM_BYTES : 0);
            case Tunnel.GRE -> GreLayout.headerBytes(greFlags(tunnel));
            default -> 0;
        };
    }

    static int greFlags(final Tunnel tunnel) {
        return tunnel.checksum() == Tunnel.FULL ? GreLayout.FLAG_CHECKSUM : 0;
    }
}
