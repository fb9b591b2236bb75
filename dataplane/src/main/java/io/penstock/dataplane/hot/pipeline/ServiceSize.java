package io.penstock.dataplane.hot.pipeline;

import io.penstock.conntrack.hot.frag.GatheredPlan;
import io.penstock.dataplane.api.Family;
import io.penstock.os.hot.packet.Ipv4Layout;

/**
 * Whether packets that virtual services send on fit, and what becomes of those that do not.
 *
 * <p>Differs from Linux: of a packet put together of fragments that were not to be fragmented themselves, the largest that came counts, as
 * where hosts forward, and not the whole packet, whose sender would be told of an MTU that it keeps to; and an IPv6 packet of 1,280 bytes or
 * less goes through every tunnel, the outer packet in fragments, for its sender need not make it smaller (RFC 8200, 5).
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_xmit.c, ensure_mtu_is_adequate, __mtu_check_toobig_v6, ip_vs_exceeds_mtu.
 */
public final class ServiceSize {

    /** It fits. */
    public static final int FITS = 0;
    /** It does not, and leaves in fragments: in a tunnel the outer packet does. */
    public static final int FRAGMENTS = 1;
    /** It is dropped, and its sender told {@link #told}. */
    public static final int TELLS = 2;
    /** It is dropped. */
    public static final int DROPS = 3;

    /** Every link carries packets of so many bytes (RFC 8200, 5). */
    private static final int MIN_MTU6_BYTES = 1280;
    private static final int IPV4 = Family.IPV4.number();

    private ServiceSize() {
    }

    /**
     * What becomes of a packet that leaves as it is: translated, or routed directly.
     *
     * @param mtu         of the way to the server
     * @param isIcmpError whether it is an error about a packet of a service's connection, about which no error may be sent
     */
    public static int fits(final Batch b, final int slot, final int mtu, final boolean isIcmpError) {
        return b.length[slot] - b.network[slot] <= mtu ? FITS : tooLarge(b, slot, mtu, isIcmpError);
    }

    /**
     * What becomes of a packet that is to be put into another one.
     *
     * @param mtu      of the way to the server, less what comes in front of the packet
     * @param pmtuDisc net.ipv4.vs.pmtu_disc: without it, IPv4 packets that are not to be fragmented go through in fragments
     */
    public static int fitsTunnel(
            final Batch b, final int slot, final int mtu, final boolean pmtuDisc, final boolean isIcmpError) {
        final int bytes = b.length[slot] - b.network[slot];
        if (bytes <= mtu) {
            return FITS;
        }
        if (b.family[slot] == IPV4) {
            return pmtuDisc ? tooLarge(b, slot, mtu, isIcmpError) : FRAGMENTS;
        }
        return bytes <= MIN_MTU6_BYTES ? FRAGMENTS : tooLarge(b, slot, Math.max(mtu, MIN_MTU6_BYTES), isIcmpError);
    }

    /** The MTU that the sender of a packet is told. */
    public static int told(final Batch b, final int slot, final int mtu) {
        return b.family[slot] == IPV4 ? mtu : Math.max(mtu, MIN_MTU6_BYTES);
    }

    private static int tooLarge(final Batch b, final int slot, final int mtu, final boolean isIcmpError) {
        final boolean isIpv4 = b.family[slot] == IPV4;
        if (isIpv4 && (isIcmpError
                || (Ipv4Layout.fragmentWord(b.frame[slot] + b.network[slot]) & Ipv4Layout.DONT_FRAGMENT) == 0)) {
            return FRAGMENTS;
        }
        if ((b.flags[slot] & Batch.GATHERED) != 0 && GatheredPlan.largest(GatheredPackets.plan(b.frame[slot])) <= mtu) {
            return FRAGMENTS;
        }
        return isIcmpError || (b.flags[slot] & Batch.LATER_FRAGMENT) != 0 ? DROPS : TELLS;
    }
}
