package io.penstock.rules.hot.match;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.PacketConnection;
import io.penstock.rules.hot.RulePacket;

/**
 * Whether the packet's connection is for this node of a cluster, by a hash of who began it: of an IPv6 address, as in the kernel, the
 * first four bytes. A packet without one is not taken, inverted or not. A packet to a single address that came by a group's link address counts as this host's from here on, as that is how a cluster's
 * nodes all get to see it.
 *
 * <p>Source: net/netfilter/xt_cluster.c. Any worker.
 */
public final class HotCluster implements HotMatch {

    private static final int IPV4 = 4;
    /** First bits of an IPv4 group's address, and of an IPv6 group's. */
    private static final int GROUP4 = 0xE;
    private static final int GROUP6 = 0xFF;

    private final int nodes;
    private final int mask;
    private final boolean inverted;
    private final int seed;

    /**
     * A match.
     *
     * @param nodes how many there are, 1 to 32
     * @param mask  which of them this one is
     * @param seed  of the hash
     */
    public HotCluster(final int nodes, final int mask, final boolean inverted, final int seed) {
        this.nodes = nodes;
        this.mask = mask;
        this.inverted = inverted;
        this.seed = seed;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final long ip = packet.network;
        final boolean isIpv4 = packet.version == IPV4;
        if (packet.packetType == RulePacket.MULTICAST && (isIpv4 ? Ipv4Layout.destination(ip) >>> 28 != GROUP4
                : Ipv6Layout.destinationHigh(ip) >>> 56 != GROUP6)) {
            packet.packetType = RulePacket.HOST;
        }
        final long entry = PacketConnection.entry(packet);
        if (entry == 0) {
            return false;
        }
        final int source = isIpv4 ? ConnLayout.source4(entry, ConnDirection.ORIGINAL)
                : (int) (ConnLayout.source6High(entry, ConnDirection.ORIGINAL) >>> Integer.SIZE);
        // It counts as it lies in memory, on a machine of the usual byte order.
        final long hash = Integer.toUnsignedLong(JenkinsHash.of(Integer.reverseBytes(source), seed));
        return (mask >>> (int) (hash * nodes >>> Integer.SIZE) & 1) != 0 != inverted;
    }
}
