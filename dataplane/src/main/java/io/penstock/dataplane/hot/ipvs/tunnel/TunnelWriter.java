package io.penstock.dataplane.hot.ipvs.tunnel;

import io.penstock.conntrack.hot.frag.GatheredPlan;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.GatheredPackets;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.FlowHash;
import io.penstock.os.hot.packet.GreLayout;
import io.penstock.os.hot.packet.GueLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.PartialChecksum;
import io.penstock.os.hot.packet.SctpLayout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.hot.packet.UdpLayout;

/**
 * Puts packets into others, in front of them in their frames.
 *
 * <pre>
 *  +----------+------------------+-----------------------------+------------------------------+
 *  | Ethernet | outer IPv4, IPv6 | IPIP: nothing               | the packet as it came, with  |
 *  | 14 bytes | 20 or 40 bytes   | GRE: 4 bytes, or 8          | one hop less to live         |
 *  |          |                  | GUE: UDP, 4 bytes, option 8 |                              |
 *  +----------+------------------+-----------------------------+------------------------------+
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>The packet inside is not moved, and changed only where its transport checksum is completed.</li>
 *   <li>The outer packet has the inner one's hops to live, its differentiated services and its ECN, "congestion experienced" aside: that
 *       becomes ECT(0), for what was experienced before the tunnel is not to be told twice (RFC 3168, 9.1.1, full functionality).</li>
 *   <li>An outer IPv4 packet is either forbidden to be fragmented and has the identification 0, or has one of its own.</li>
 *   <li>Packets of a flow have the same outer source port (GUE), so that they take the same way and arrive in order.</li>
 * </ol>
 *
 * <p>A packet that was put together of fragments stays so, and the outer one leaves in fragments no larger than the largest that came.
 *
 * <p>Differs from Linux: which ports GUE sends from is not a setting, but the kernel's default (net.ipv4.ip_local_port_range); the outer
 * packet of one that was put together has an identification also where its fragments may not be fragmented.
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_xmit.c, ip_vs_tunnel_xmit, ip_vs_tunnel_xmit_v6, ip_vs_prepare_tunneled_skb, ipvs_gue_encap,
 * ipvs_gre_encap; include/net/inet_ecn.h, INET_ECN_encapsulate; include/net/udp.h, udp_flow_src_port. Threads: the lane's worker.
 */
public final class TunnelWriter {

    private static final int IPV4 = Family.IPV4.number();
    private static final int IPV6 = Family.IPV6.number();
    private static final int VERSION_4 = 4;
    private static final int VERSION_6 = 6;
    private static final int MAX_BYTES = 0xFFFF;
    private static final int ECN_MASK = 3;
    private static final int PORTS_BYTES = 4;

    /** The first port that GUE sends from. Unit: port; what hosts take for flows of their own, so that firewalls expect it. */
    private static final int FIRST_PORT = 32_768;
    /** How many ports from there on. Unit: ports; the kernel's last one, 60,999, is left out there too. */
    private static final int PORTS = 60_999 - FIRST_PORT;

    /** What was true of the packet and is not of the outer one. */
    private static final int INNER_FLAGS = Batch.PARTIAL_CHECKSUM | Batch.LATER_FRAGMENT | Batch.REROUTED | Batch.FRAGMENT | Batch.OPTIONS
            | Batch.LINK_MULTICAST | Batch.NO_TRANSPORT | Batch.TOO_LARGE | Batch.REDIRECT | Batch.HOST_ROUTED | Batch.DECREMENTED;

    private static final int MIXING_ROUNDS = 2;
    /** Odd, so that multiplying by it is one to one. */
    private static final int MIXING_FACTOR = 0x9E37;
    /** Odd, so that multiplying by it is one to one. */
    private static final int LANE_FACTOR = 0x9E37_79B1;

    private final long seed;
    private final int key;
    private int sent;

    /**
     * A lane's.
     *
     * @param lane its number, so that identifications of two lanes have nothing to do with each other
     * @param seed secret, and the same for all lanes: a flow keeps its outer source port when another lane gets it
     */
    public TunnelWriter(final int lane, final long seed) {
        this.seed = seed;
        this.key = (int) (seed ^ seed >>> Integer.SIZE) ^ lane * LANE_FACTOR;
    }

    /** Bytes that a tunnel puts in front of a slot's packet, which count against the MTU. */
    public static int overhead(final Batch b, final int slot, final Tunnel tunnel) {
        return TunnelSize.overhead(tunnel, isRemote(b, slot, tunnel));
    }

    /**
     * Puts a slot's packet, whose hops to live are counted already, into another one; {@link Batch#adjacency} leads to the server.
     *
     * <p>Afterwards the slot is the outer packet: frame, length, network, transport, protocol, family, flags. Whether the outer packet is too
     * large for its way is the caller's to say. Its Ethernet header has a type and no addresses.
     *
     * @param high     the address to send from; of IPv4 0
     * @param low      its other half; of IPv4 all
     * @param pmtuDisc net.ipv4.vs.pmtu_disc: an outer IPv4 packet is not to be fragmented when the inner one is not
     * @return false when it cannot be, and nothing was changed: no room is left in front of it, or it would be longer than packets can be
     */
    public boolean wrap(final Lane lane, final Batch b, final int slot, final Tunnel tunnel, final long high, final long low,
            final boolean pmtuDisc) {
        final int network = b.network[slot];
        final long inner = b.frame[slot] + network;
        final int bytes = b.length[slot] - network;
        final boolean isRemote = isRemote(b, slot, tunnel);
        final int between = TunnelSize.between(tunnel, isRemote);
        final int headerBytes = tunnel.isIpv4() ? Ipv4Layout.HEADER_BYTES : Ipv6Layout.HEADER_BYTES;
        final int room = EthernetLayout.HEADER_BYTES + headerBytes + between;
        // An IPv6 packet's length does not count its header.
        if (bytes + between + (tunnel.isIpv4() ? headerBytes : 0) > MAX_BYTES || room - network > lane.headroom(b.frame[slot])) {
            return false;
        }
        if (!isRemote) {
            complete(lane, b, slot);
        }
        final int source = tunnel.kind() == Tunnel.GUE ? sourcePort(b, slot, inner) : 0;
        b.frame[slot] = inner - room;
        b.length[slot] = room + bytes;
        if ((b.flags[slot] & Batch.GATHERED) == 0) {
            Regions.window(b.frame[slot], b.length[slot]);
        }
        writeIp(lane, b, slot, tunnel, inner, bytes + headerBytes + between, high, low, pmtuDisc);
        final long ip = inner - between - headerBytes;
        if (tunnel.kind() == Tunnel.GUE) {
            writeGue(b, slot, tunnel, ip, inner, bytes + between, source, isRemote);
        } else if (tunnel.kind() == Tunnel.GRE) {
            writeGre(b, slot, tunnel, inner - between, bytes + between);
        }
        EthernetLayout.setAddresses(b.frame[slot], 0, 0);
        EthernetLayout.setEtherType(b.frame[slot], tunnel.isIpv4() ? EthernetLayout.TYPE_IPV4 : EthernetLayout.TYPE_IPV6);
        b.network[slot] = EthernetLayout.HEADER_BYTES;
        b.transport[slot] = EthernetLayout.HEADER_BYTES + headerBytes;
        b.protocol[slot] = outerProtocol(tunnel.kind(), b.family[slot]);
        b.family[slot] = tunnel.isIpv4() ? IPV4 : IPV6;
        b.flags[slot] &= ~INNER_FLAGS;
        return true;
    }

    private void writeIp(final Lane lane, final Batch b, final int slot, final Tunnel tunnel, final long inner, final int total,
            final long high, final long low, final boolean pmtuDisc) {
        final boolean isInner4 = b.family[slot] == IPV4;
        final boolean isGathered = (b.flags[slot] & Batch.GATHERED) != 0;
        final int trafficClass = isInner4 ? Ipv4Layout.tos(inner) : Ipv6Layout.trafficClass(inner);
        final int outerClass = (trafficClass & ECN_MASK) == ECN_MASK ? trafficClass & ~1 : trafficClass;
        final int hops = isInner4 ? Ipv4Layout.ttl(inner) : Ipv6Layout.hopLimit(inner);
        final int protocol = outerProtocol(tunnel.kind(), b.family[slot]);
        final long ip = b.frame[slot] + EthernetLayout.HEADER_BYTES;
        final int mtu = AdjacencyLayout.mtu(lane.fib.adjacency(b.adjacency[slot]));
        if (!tunnel.isIpv4()) {
            Ipv6Layout.setVersionClassLabel(ip, outerClass, 0);
            Ipv6Layout.setPayloadLength(ip, total - Ipv6Layout.HEADER_BYTES);
            Ipv6Layout.setNextHeader(ip, protocol);
            Ipv6Layout.setHopLimit(ip, hops);
            Ipv6Layout.setSource(ip, high, low);
            Ipv6Layout.setDestination(ip, tunnel.high(), tunnel.low());
            if (isGathered) {
                enclose(b, slot, VERSION_6, mtu, false, ++sent * LANE_FACTOR ^ key);
            }
            return;
        }
        // What does not fit although it is not to be fragmented is an error on its way to a server: that gets there in any case.
        final boolean isDf = pmtuDisc && isInner4 && (Ipv4Layout.fragmentWord(inner) & Ipv4Layout.DONT_FRAGMENT) != 0
                && (isGathered || total <= mtu);
        final int identification = isDf && !isGathered ? 0 : identification();
        Ipv4Layout.setHeaderBytes(ip, Ipv4Layout.HEADER_BYTES);
        Ipv4Layout.setTos(ip, outerClass);
        Ipv4Layout.setTotalLength(ip, total);
        Ipv4Layout.setId(ip, identification);
        Ipv4Layout.setFragmentWord(ip, isDf ? Ipv4Layout.DONT_FRAGMENT : 0);
        Ipv4Layout.setTtl(ip, hops);
        Ipv4Layout.setProtocol(ip, protocol);
        Ipv4Layout.setSource(ip, (int) low);
        Ipv4Layout.setDestination(ip, (int) tunnel.low());
        Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
        if (isGathered) {
            enclose(b, slot, VERSION_4, mtu, isDf, identification);
        }
    }

    private static void enclose(
            final Batch b, final int slot, final int version, final int mtu, final boolean isDf, final int identification) {
        final long plan = GatheredPackets.plan(b.frame[slot]);
        GatheredPlan.enclose(plan, version, Math.min(GatheredPlan.largest(plan), mtu), isDf, identification);
    }

    private static void writeGue(final Batch b, final int slot, final Tunnel tunnel, final long ip, final long inner, final int udpBytes,
            final int source, final boolean isRemote) {
        final long udp = ip + (tunnel.isIpv4() ? Ipv4Layout.HEADER_BYTES : Ipv6Layout.HEADER_BYTES);
        final long gue = udp + UdpLayout.HEADER_BYTES;
        final int protocol = innerProtocol(b.family[slot]);
        if (isRemote) {
            // Neither place has moved: they count from the packet's beginning.
            final int start = b.transport[slot] - b.network[slot];
            GueLayout.setRemoteChecksum(gue, protocol, start, start + fieldOffset(b.protocol[slot]));
        } else {
            GueLayout.set(gue, protocol);
        }
        UdpLayout.setSourcePort(udp, source);
        UdpLayout.setDestinationPort(udp, tunnel.port());
        UdpLayout.setLength(udp, udpBytes);
        UdpLayout.setChecksum(udp, 0);
        if (tunnel.checksum() != Tunnel.NONE) {
            if (tunnel.isIpv4()) {
                Checksum.writeUdp4(ip, udp, udpBytes);
            } else {
                Checksum.writeUdp6(ip, udp, udpBytes);
            }
        }
    }

    private static void writeGre(final Batch b, final int slot, final Tunnel tunnel, final long gre, final int bytes) {
        final int flags = TunnelSize.greFlags(tunnel);
        GreLayout.set(gre, flags, b.family[slot] == IPV4 ? EthernetLayout.TYPE_IPV4 : EthernetLayout.TYPE_IPV6);
        if (flags != 0) {
            GreLayout.writeChecksum(gre, bytes);
        }
    }

    private static int outerProtocol(final int kind, final int family) {
        return switch (kind) {
            case Tunnel.GUE -> IpProtocol.UDP;
            case Tunnel.GRE -> IpProtocol.GRE;
            default -> innerProtocol(family);
        };
    }

    private static int innerProtocol(final int family) {
        return family == IPV4 ? IpProtocol.IPIP : IpProtocol.IPV6;
    }

    /** SCTP's checksum is no sum, and the option cannot say so. */
    private static boolean isRemote(final Batch b, final int slot, final Tunnel tunnel) {
        return tunnel.kind() == Tunnel.GUE && tunnel.checksum() == Tunnel.REMOTE && (b.flags[slot] & Batch.PARTIAL_CHECKSUM) != 0
                && b.protocol[slot] != IpProtocol.SCTP;
    }

    private static int fieldOffset(final int protocol) {
        return protocol == IpProtocol.TCP ? TcpLayout.CHECKSUM : UdpLayout.CHECKSUM;
    }

    /** Whoever completes checksums later on would take the outer header for the packet's own. */
    private static void complete(final Lane lane, final Batch b, final int slot) {
        if ((b.flags[slot] & Batch.PARTIAL_CHECKSUM) == 0) {
            return;
        }
        final long l4 = b.frame[slot] + b.transport[slot];
        final int l4Bytes = b.length[slot] - b.transport[slot];
        if (b.protocol[slot] == IpProtocol.SCTP) {
            SctpLayout.writeChecksum(l4, l4Bytes);
        } else {
            PartialChecksum.complete(l4, l4Bytes, b.protocol[slot]);
        }
        lane.counters.partialChecksums++;
    }

    private int sourcePort(final Batch b, final int slot, final long ip) {
        final int protocol = b.protocol[slot];
        // The same for all fragments of a packet: the later ones have no ports.
        final boolean hasPorts = (protocol == IpProtocol.TCP || protocol == IpProtocol.UDP || protocol == IpProtocol.SCTP)
                && (b.flags[slot] & Batch.FRAGMENT) == 0 && b.length[slot] - b.transport[slot] >= PORTS_BYTES;
        final long l4 = b.frame[slot] + b.transport[slot];
        final int from = hasPorts ? UdpLayout.sourcePort(l4) : 0;
        final int to = hasPorts ? UdpLayout.destinationPort(l4) : 0;
        final long hash = b.family[slot] == IPV4
                ? FlowHash.hash4(Ipv4Layout.source(ip), Ipv4Layout.destination(ip), from, to, protocol, seed)
                : FlowHash.hash6(Ipv6Layout.sourceHigh(ip), Ipv6Layout.sourceLow(ip), Ipv6Layout.destinationHigh(ip),
                        Ipv6Layout.destinationLow(ip), from, to, protocol, seed);
        return FIRST_PORT + FlowHash.bucket(hash, PORTS);
    }

    /** Each number of 16 bits once in 65,536 packets, in an order that nobody else can tell. */
    private int identification() {
        int mixed = ++sent + key & MAX_BYTES;
        for (int round = 0; round < MIXING_ROUNDS; round++) {
            mixed = (mixed ^ mixed >>> 7) * (key >>> 16 | 1) & MAX_BYTES;
            mixed = (mixed ^ mixed >>> 9) * MIXING_FACTOR & MAX_BYTES;
        }
        return mixed;
    }
}
