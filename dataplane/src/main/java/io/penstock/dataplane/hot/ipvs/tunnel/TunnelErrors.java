package io.penstock.dataplane.hot.ipvs.tunnel;

import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.conntrack.hot.track.TupleReader;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.GreLayout;
import io.penstock.os.hot.packet.GueLayout;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Extensions;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.UdpLayout;

/**
 * ICMP errors about outer packets of tunnels, which are news for the client: its packet is in there, and the MTU that it must know is less
 * than the one that is told.
 *
 * <pre>
 *  +----------+------+-----------------------------------------------------------------+
 *  |          |      | what the error quotes                                           |
 *  | outer IP | ICMP +-------------------+--------------+------------------------------+
 *  |          |      | the tunnel's IP   | UDP/GUE, GRE | the client's packet, cut off |
 *  +----------+------+-------------------+--------------+------------------------------+
 * </pre>
 *
 * <p>Used in this order: {@link #read}; the caller finds the server that the quoted packet went to ({@link #kind}, {@link #serverLow},
 * {@link #port}) and the connection that its inner packet belongs to ({@link #ip}, {@link #protocol}, {@link #keys}), and verifies the
 * error's checksum; {@link #unwrap}; the caller sends an error about the slot's packet, of {@link #type}, {@link #code} and {@link #rest}, as
 * about any packet that came in, and drops it.
 *
 * <p>Differs from Linux: outer and inner packets may be IPv6 as well; between families errors are translated (RFC 2473, 8.2, 8.3). That
 * an MTU was told is not remembered: every larger packet is told of anew, by whoever cannot forward it. The smallest MTU that is believed
 * is the kernel's default (net.ipv4.route.min_pmtu).
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_core.c, ip_vs_in_icmp, ipvs_udp_decap, ipvs_gre_decap; net/ipv4/route.c, __ip_rt_update_pmtu. Threads:
 * the lane's worker.
 */
public final class TunnelErrors {

    private static final int IPV4 = Family.IPV4.number();
    private static final int IPV6 = Family.IPV6.number();
    private static final int VERSION_4 = 4;
    private static final int VERSION_6 = 6;
    private static final int NO_HEADER = Batch.FRAGMENT | Batch.LATER_FRAGMENT | Batch.NO_TRANSPORT;

    /** The smallest MTU that an IPv4 error is believed. Unit: bytes; less would let anybody make clients send tiny packets. */
    private static final int MIN_TOLD4 = 552;
    private static final long UNSIGNED_32 = 0xFFFF_FFFFL;
    private static final int NONE = -1;

    private int kind;
    private int port;
    private boolean isOuterIpv4;
    private long serverHigh;
    private long serverLow;
    private long quoted;
    private long ip;
    private boolean isIpv4;
    private int transport;
    private int protocol;
    private int keys;
    private int type;
    private int code;
    private int rest;

    /** Makes a lane's. */
    public TunnelErrors() {
        // Nothing was read yet.
    }

    /** True when a slot's packet, which is for this host, is an error about what looks like a tunnel's packet with one inside whose keys are there. */
    public boolean read(final Batch b, final int slot) {
        isOuterIpv4 = b.family[slot] == IPV4;
        if ((b.flags[slot] & NO_HEADER) != 0 || b.protocol[slot] != (isOuterIpv4 ? IpProtocol.ICMP : IpProtocol.ICMPV6)) {
            return false;
        }
        final long icmp = b.frame[slot] + b.transport[slot];
        final long end = b.frame[slot] + b.length[slot];
        quoted = icmp + IcmpLayout.HEADER_BYTES;
        final int headerBytes = isOuterIpv4 ? Ipv4Layout.HEADER_BYTES : Ipv6Layout.HEADER_BYTES;
        if (end - quoted < headerBytes || !isRelayed(IcmpLayout.type(icmp))) {
            return false;
        }
        final int outer = isOuterIpv4 ? outer4(end) : outer6();
        return outer != NONE && enter(outer, end) && inner(end);
    }

    /** {@link Tunnel}'s kind. */
    public int kind() {
        return kind;
    }

    /** Of GUE, the port that the quoted packet went to; 0 of others. */
    public int port() {
        return port;
    }

    /** Whether the quoted outer packet, and the server's address, is IPv4. */
    public boolean isOuterIpv4() {
        return isOuterIpv4;
    }

    /** Where the quoted packet went; of IPv4 0. */
    public long serverHigh() {
        return serverHigh;
    }

    /** Where the quoted packet went, the other half; of IPv4 all. */
    public long serverLow() {
        return serverLow;
    }

    /** The inner packet's header, of which everything is there. */
    public long ip() {
        return ip;
    }

    /** Whether the inner packet is IPv4. */
    public boolean isIpv4() {
        return isIpv4;
    }

    /** The inner packet's transport protocol. */
    public int protocol() {
        return protocol;
    }

    /** The inner packet's keys, as {@link TupleReader} has them: those of packets that go where it went. */
    public int keys() {
        return keys;
    }

    /** What the client is told. */
    public int type() {
        return type;
    }

    /** What the client is told. */
    public int code() {
        return code;
    }

    /** The second word of what the client is told: the MTU that is left for its packets, where that is what it is told. */
    public int rest() {
        return rest;
    }

    /**
     * Puts the client's packet, as far as it was quoted, in the place of the error that was read.
     *
     * @param routeMtu of the route to the server: nobody tells of a larger one
     * @return false when there is nothing to tell the client; then nothing was changed
     */
    public boolean unwrap(final Batch b, final int slot, final int routeMtu) {
        final long icmp = b.frame[slot] + b.transport[slot];
        type = IcmpLayout.type(icmp);
        code = IcmpLayout.code(icmp);
        rest = IcmpLayout.gateway(icmp);
        if (isTooBig()) {
            if (isIpv4 && (Ipv4Layout.fragmentWord(ip) & Ipv4Layout.DONT_FRAGMENT) == 0) {
                return false;
            }
            rest = left(isOuterIpv4 ? IcmpLayout.mtu(icmp) : rest, routeMtu);
        }
        if (isIpv4 != isOuterIpv4 && !translate()) {
            return false;
        }
        final long end = b.frame[slot] + b.length[slot];
        final int bytes = (int) Math.min(end - ip,
                isIpv4 ? Ipv4Layout.totalLength(ip) : Ipv6Layout.HEADER_BYTES + Ipv6Layout.payloadLength(ip));
        b.frame[slot] = ip - EthernetLayout.HEADER_BYTES;
        b.length[slot] = EthernetLayout.HEADER_BYTES + bytes;
        b.network[slot] = EthernetLayout.HEADER_BYTES;
        b.transport[slot] = EthernetLayout.HEADER_BYTES + transport;
        b.family[slot] = isIpv4 ? IPV4 : IPV6;
        b.protocol[slot] = protocol;
        b.flags[slot] &= Batch.GATHERED | Batch.TRACED;
        b.connectionInfo[slot] = ConnInfo.NONE;
        if ((b.flags[slot] & Batch.GATHERED) == 0) {
            Regions.window(b.frame[slot], b.length[slot]);
        }
        return true;
    }

    private boolean isRelayed(final int candidate) {
        return isOuterIpv4 ? candidate == IcmpLayout.DESTINATION_UNREACHABLE || candidate == IcmpLayout.SOURCE_QUENCH
                || candidate == IcmpLayout.TIME_EXCEEDED
                : candidate == Icmpv6Layout.DESTINATION_UNREACHABLE || candidate == Icmpv6Layout.PACKET_TOO_BIG
                        || candidate == Icmpv6Layout.TIME_EXCEEDED;
    }

    /** Where the quoted outer packet's payload begins; {@link #NONE} when it has none that helps. */
    private int outer4(final long end) {
        final int headerBytes = Ipv4Layout.headerBytes(quoted);
        if (Ipv4Layout.version(quoted) != VERSION_4 || headerBytes < Ipv4Layout.HEADER_BYTES || end - quoted < headerBytes
                || Ipv4Layout.fragmentOffset(quoted) != 0) {
            return NONE;
        }
        serverHigh = 0;
        serverLow = Ipv4Layout.destination(quoted) & UNSIGNED_32;
        protocol = Ipv4Layout.protocol(quoted);
        return headerBytes;
    }

    /** This host sends no extension headers in front of what tunnels carry; a fragment's would be the only one. */
    private int outer6() {
        if (Ipv6Layout.version(quoted) != VERSION_6) {
            return NONE;
        }
        serverHigh = Ipv6Layout.destinationHigh(quoted);
        serverLow = Ipv6Layout.destinationLow(quoted);
        protocol = Ipv6Layout.nextHeader(quoted);
        return Ipv6Layout.HEADER_BYTES;
    }

    /** Finds the inner header behind the outer one. */
    private boolean enter(final int outer, final long end) {
        final long at = quoted + outer;
        port = 0;
        switch (protocol) {
            case IpProtocol.IPIP, IpProtocol.IPV6 -> {
                kind = Tunnel.IPIP;
                ip = at;
            }
            case IpProtocol.GRE -> {
                if (end - at < GreLayout.FIXED_BYTES || (GreLayout.flags(at) & ~GreLayout.FLAG_CHECKSUM) != 0) {
                    return false;
                }
                kind = Tunnel.GRE;
                ip = at + GreLayout.headerBytes(GreLayout.flags(at));
                protocol = GreLayout.protocolType(at) == EthernetLayout.TYPE_IPV4 ? IpProtocol.IPIP
                        : GreLayout.protocolType(at) == EthernetLayout.TYPE_IPV6 ? IpProtocol.IPV6 : NONE;
            }
            case IpProtocol.UDP -> {
                final long gue = at + UdpLayout.HEADER_BYTES;
                if (end - gue < GueLayout.FIXED_BYTES || !GueLayout.isData(gue)) {
                    return false;
                }
                kind = Tunnel.GUE;
                port = UdpLayout.destinationPort(at);
                ip = gue + GueLayout.headerBytes(gue);
                protocol = GueLayout.protocol(gue);
            }
            default -> {
                return false;
            }
        }
        isIpv4 = protocol == IpProtocol.IPIP;
        return isIpv4 || protocol == IpProtocol.IPV6;
    }

    /** Finds the inner packet's keys. */
    private boolean inner(final long end) {
        final long left = end - ip;
        if (left < (isIpv4 ? Ipv4Layout.HEADER_BYTES : Ipv6Layout.HEADER_BYTES)) {
            return false;
        }
        if (isIpv4) {
            transport = Ipv4Layout.headerBytes(ip);
            if (Ipv4Layout.version(ip) != VERSION_4 || transport < Ipv4Layout.HEADER_BYTES || left < transport
                    || Ipv4Layout.totalLength(ip) < transport || Ipv4Layout.fragmentOffset(ip) != 0) {
                return false;
            }
            protocol = Ipv4Layout.protocol(ip);
        } else {
            final long walk = Ipv6Extensions.walk(ip, end);
            if (Ipv6Layout.version(ip) != VERSION_6 || Ipv6Extensions.isError(walk) || Ipv6Extensions.fragmentOffset(walk) != 0) {
                return false;
            }
            transport = Ipv6Extensions.l4Offset(walk);
            protocol = Ipv6Extensions.nextHeader(walk);
        }
        final long found = TupleReader.keys(protocol, ip + transport, (int) left - transport);
        keys = (int) found;
        return found != TupleReader.NONE;
    }

    private boolean isTooBig() {
        return isOuterIpv4 ? type == IcmpLayout.DESTINATION_UNREACHABLE && code == IcmpLayout.CODE_FRAGMENTATION_NEEDED
                : type == Icmpv6Layout.PACKET_TOO_BIG;
    }

    /** What an MTU that an error tells leaves for the client's packets. */
    private int left(final int told, final int routeMtu) {
        final int least = isOuterIpv4 ? MIN_TOLD4 : TunnelSize.MIN_MTU6;
        // As unsigned numbers: an IPv6 router may say anything.
        final int mtu = told < 0 ? routeMtu : Math.min(routeMtu, Math.max(told, least));
        final int overhead = (int) (ip - quoted);
        if (!isIpv4) {
            return Math.max(mtu - overhead, TunnelSize.MIN_MTU6);
        }
        return mtu > TunnelSize.MIN_MTU4 + overhead ? mtu - overhead : mtu;
    }

    /** Says the same in the other family's words; false when it has none. */
    private boolean translate() {
        if (isTooBig()) {
            type = isIpv4 ? IcmpLayout.DESTINATION_UNREACHABLE : Icmpv6Layout.PACKET_TOO_BIG;
            code = isIpv4 ? IcmpLayout.CODE_FRAGMENTATION_NEEDED : 0;
            return true;
        }
        rest = 0;
        if (type == (isOuterIpv4 ? IcmpLayout.TIME_EXCEEDED : Icmpv6Layout.TIME_EXCEEDED)) {
            type = isIpv4 ? IcmpLayout.TIME_EXCEEDED : Icmpv6Layout.TIME_EXCEEDED;
            return true;
        }
        final boolean isUnreachable = type == (isOuterIpv4 ? IcmpLayout.DESTINATION_UNREACHABLE : Icmpv6Layout.DESTINATION_UNREACHABLE);
        type = isIpv4 ? IcmpLayout.DESTINATION_UNREACHABLE : Icmpv6Layout.DESTINATION_UNREACHABLE;
        code = isIpv4 ? IcmpLayout.CODE_HOST_UNREACHABLE : Icmpv6Layout.CODE_ADDRESS_UNREACHABLE;
        return isUnreachable;
    }
}
