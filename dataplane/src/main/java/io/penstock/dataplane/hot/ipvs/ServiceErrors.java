package io.penstock.dataplane.hot.ipvs;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.nat.NatRewrite;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.conntrack.hot.track.InnerTuple;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.ipvs.state.ServiceStates;
import io.penstock.dataplane.hot.ipvs.tunnel.Tunnel;
import io.penstock.dataplane.hot.ipvs.tunnel.TunnelErrors;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.HookVerdicts;
import io.penstock.dataplane.hot.pipeline.PacketView;
import io.penstock.dataplane.hot.pipeline.ServerRoute;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.SctpLayout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.hot.packet.UdpLayout;

/**
 * ICMP errors about connections to servers: what a client's network says goes to the server, what a server or its network says goes to the client in the
 * service's name.
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_core.c, {@code ip_vs_in_icmp}, {@code ip_vs_out_icmp}; ip_vs_xmit.c, {@code ip_vs_icmp_xmit}. Threads: the lane's worker.
 */
final class ServiceErrors {

    private static final int NO_HEADER = Batch.LATER_FRAGMENT | Batch.NO_TRANSPORT;
    private static final int IPV4 = Family.IPV4.number();
    private static final int FIRST_INFORMATIONAL6 = 128;

    private final LaneServices services;
    private final TunnelErrors tunnels = new TunnelErrors();

    ServiceErrors(final LaneServices services) {
        this.services = services;
    }

    /** What is for this host, or is sent by it, and has no ports: a verdict. */
    int in(final PacketView view) {
        return in(view, view.batch().inPort[view.slot()] != Batch.FROM_HOST);
    }

    /** What passes through, and has no ports: a verdict. */
    int passing(final PacketView view) {
        return in(view, false);
    }

    /** {@code isOwn}: it is for this host; what others are told of tunnels is about theirs. */
    private int in(final PacketView view, final boolean isOwn) {
        final Batch b = view.batch();
        final int slot = view.slot();
        if ((b.flags[slot] & (Batch.SERVED | NO_HEADER)) != 0) {
            return Verdict.ACCEPT;
        }
        if (!isError(b, slot)) {
            if (services.settings.ignoreTunneled != 0 && isStrange(b.protocol[slot])) {
                b.flags[slot] |= Batch.SERVED;
            }
            return Verdict.ACCEPT;
        }
        if (isOwn && tunnels.read(b, slot)) {
            final long entry = tunnelled();
            if (entry != 0) {
                return relay(view, services.server(ServiceEntry.server(entry)));
            }
        }
        final long found = find(b, slot);
        if (found != 0 && TableWorker.direction(found) != ConnDirection.ORIGINAL || found == 0 && services.settings.scheduleIcmp == 0) {
            return Verdict.ACCEPT;
        }
        final long entry = found != 0 ? TableWorker.entry(found) : begin(view);
        if (entry == 0) {
            return services.beginning.verdict();
        }
        final int flags = ServiceEntry.flags(entry);
        final int verdict = sendIn(view, entry, flags);
        if ((flags & ServiceEntry.ONE_PACKET) != 0) {
            services.table(ConnLayout.family(entry) == ConnLayout.FAMILY_IPV4).free(entry);
        }
        return verdict;
    }

    private int sendIn(final PacketView view, final long entry, final int flags) {
        final Batch b = view.batch();
        final int slot = view.slot();
        final int method = ServiceEntry.method(flags);
        final boolean isTranslated = method == Server.NAT || method == Server.FULL;
        if (isTranslated && !isRight(b, slot)) {
            return wrong(view);
        }
        final int number = ServiceEntry.server(entry);
        if (number != 0) {
            ServerLayout.countIn(services.counters(number), b.length[slot] - b.network[slot]);
        }
        if (!isTranslated) {
            return services.sending.send(view, entry, flags, number);
        }
        final int way = ServicePath.route(services, b, slot, entry, ConnDirection.REPLY);
        if (way == ServerRoute.DROPPED) {
            return HookVerdicts.TAKEN;
        }
        if (!rewrite(b, slot, entry, ConnInfo.RELATED, false) || method == Server.FULL && !rewrite(b, slot, entry, ConnInfo.RELATED, true)) {
            return wrong(view);
        }
        b.flags[slot] |= Batch.SERVED;
        ServerSending.untrack(b, slot, flags);
        return way == ServerRoute.LOCAL ? Verdict.ACCEPT : HookVerdicts.SENT_ON;
    }

    /** An error about a tunnel's packet: the client whose packet is inside is told instead; a verdict. */
    private int relay(final PacketView view, final Server server) {
        final Batch b = view.batch();
        final int slot = view.slot();
        final Tunnel tunnel = server.tunnel();
        if (!isRight(b, slot)) {
            return wrong(view);
        }
        if (tunnels.unwrap(b, slot, ServerRoute.mtu(services.lane, tunnel.isIpv4(), server.high, server.low))) {
            ServerRoute.tell(services.lane, b, slot, tunnels.type(), tunnels.code(), tunnels.rest());
        }
        view.dropReason(DropReason.TUNNEL_ERROR);
        return Verdict.DROP;
    }

    /** The connection of the packet inside of the one that an error quotes; 0 for none that is sent so. */
    private long tunnelled() {
        if (isStrange(tunnels.protocol())) {
            return 0;
        }
        final long ip = tunnels.ip();
        final TableWorker table = services.table(tunnels.isIpv4());
        final long found;
        if (tunnels.isIpv4()) {
            final int source = Ipv4Layout.source(ip);
            final int destination = Ipv4Layout.destination(ip);
            found = table.find4(table.hash4(source, destination, tunnels.keys(), tunnels.protocol(), 0), source, destination, tunnels.keys(),
                    tunnels.protocol(), 0);
        } else {
            found = table.find6(table.hash6(Ipv6Layout.sourceHigh(ip), Ipv6Layout.sourceLow(ip), Ipv6Layout.destinationHigh(ip),
                    Ipv6Layout.destinationLow(ip), tunnels.keys(), tunnels.protocol(), 0), Ipv6Layout.sourceHigh(ip), Ipv6Layout.sourceLow(ip),
                    Ipv6Layout.destinationHigh(ip), Ipv6Layout.destinationLow(ip), tunnels.keys(), tunnels.protocol(), 0);
        }
        final long entry = TableWorker.entry(found);
        return found == 0 || TableWorker.direction(found) != ConnDirection.ORIGINAL || ServiceEntry.server(entry) == 0
                || ServiceEntry.method(ServiceEntry.flags(entry)) != Server.TUNNEL
                || !leadsTo(services.server(ServiceEntry.server(entry))) ? 0 : entry;
    }

    /** Whether the quoted packet was on its way to a server. */
    private boolean leadsTo(final Server server) {
        final Tunnel tunnel = server.tunnel();
        return tunnel.kind() == tunnels.kind() && tunnel.isIpv4() == tunnels.isOuterIpv4() && server.high == tunnels.serverHigh()
                && server.low == tunnels.serverLow() && (tunnels.kind() != Tunnel.GUE || tunnel.port() == tunnels.port());
    }

    /** What may come from a server, and has no ports: a verdict. */
    int out(final PacketView view) {
        final Batch b = view.batch();
        final int slot = view.slot();
        if ((b.flags[slot] & (Batch.SERVED | NO_HEADER)) != 0 || !isError(b, slot)) {
            return Verdict.ACCEPT;
        }
        final long found = find(b, slot);
        if (found == 0 || TableWorker.direction(found) != ConnDirection.REPLY) {
            return Verdict.ACCEPT;
        }
        final long entry = TableWorker.entry(found);
        final int flags = ServiceEntry.flags(entry);
        final int method = ServiceEntry.method(flags);
        final boolean isTranslated = method == Server.NAT || method == Server.FULL;
        if (isTranslated && (!isRight(b, slot) || !rewrite(b, slot, entry, ConnInfo.RELATED_REPLY, true))
                || method == Server.FULL && !rewrite(b, slot, entry, ConnInfo.RELATED_REPLY, false)) {
            return wrong(view);
        }
        final int number = ServiceEntry.server(entry);
        if (number != 0) {
            ServerLayout.countOut(services.counters(number), b.length[slot] - b.network[slot]);
        }
        b.flags[slot] |= Batch.SERVED;
        ServerSending.untrack(b, slot, flags);
        if (method != Server.FULL) {
            return Verdict.ACCEPT;
        }
        final int way = ServicePath.route(services, b, slot, entry, ConnDirection.ORIGINAL);
        return way == ServerRoute.DROPPED ? HookVerdicts.TAKEN : way == ServerRoute.LOCAL ? Verdict.ACCEPT : HookVerdicts.SENT_ON;
    }

    /** A server's packet that belongs to no connection is refused, where the settings say so: a verdict. */
    int refuse(final PacketView view) {
        final Batch b = view.batch();
        final int slot = view.slot();
        final long ip = b.frame[slot] + b.network[slot];
        final long l4 = b.frame[slot] + b.transport[slot];
        final int port = UdpLayout.sourcePort(l4);
        final int protocol = b.protocol[slot];
        final boolean isKnown = b.family[slot] == IPV4
                ? services.known().has(4, protocol, 0, Ipv4Layout.source(ip) & 0xFFFF_FFFFL, port)
                : services.known().has(6, protocol, Ipv6Layout.sourceHigh(ip), Ipv6Layout.sourceLow(ip), port);
        final boolean isOwn = b.family[slot] == IPV4
                ? ServerRoute.isOwn(services.lane, true, 0, Ipv4Layout.destination(ip) & 0xFFFF_FFFFL)
                : ServerRoute.isOwn(services.lane, false, Ipv6Layout.destinationHigh(ip), Ipv6Layout.destinationLow(ip));
        // What this host itself has asked a server, as checks do, is no service's.
        if (isOwn) {
            return Verdict.ACCEPT;
        }
        if (!isKnown || protocol == IpProtocol.TCP && (TcpLayout.flags(l4) & TcpLayout.RST) != 0
                || protocol == IpProtocol.SCTP && ServiceStates.sctpFirstChunk(l4, b.length[slot] - b.transport[slot]) == SctpLayout.ABORT) {
            return Verdict.ACCEPT;
        }
        ServerRoute.tellUnreachable(services.lane, b, slot);
        ServerRoute.drop(services.lane, b, slot, DropReason.SERVICE_UNAVAILABLE);
        return HookVerdicts.TAKEN;
    }

    private static int wrong(final PacketView view) {
        view.dropReason(DropReason.NAT_UNTRANSLATABLE);
        return Verdict.DROP;
    }

    private static boolean isStrange(final int protocol) {
        return protocol != IpProtocol.TCP && protocol != IpProtocol.UDP && protocol != IpProtocol.SCTP;
    }

    private static boolean isError(final Batch b, final int slot) {
        final long icmp = b.frame[slot] + b.transport[slot];
        if (b.length[slot] - b.transport[slot] < IcmpLayout.HEADER_BYTES) {
            return false;
        }
        if (b.family[slot] != IPV4) {
            return b.protocol[slot] == IpProtocol.ICMPV6 && Icmpv6Layout.type(icmp) < FIRST_INFORMATIONAL6;
        }
        return b.protocol[slot] == IpProtocol.ICMP && switch (IcmpLayout.type(icmp)) {
            case IcmpLayout.DESTINATION_UNREACHABLE, IcmpLayout.SOURCE_QUENCH, IcmpLayout.TIME_EXCEEDED -> true;
            default -> false;
        };
    }

    /** The connection that an error is about, with the direction of packets that go where the error goes; 0 for none. */
    private long find(final Batch b, final int slot) {
        final long icmp = b.frame[slot] + b.transport[slot];
        final int length = b.length[slot] - b.transport[slot];
        final boolean isIpv4 = b.family[slot] == IPV4;
        final long inner = isIpv4 ? InnerTuple.read4(icmp, length) : InnerTuple.read6(icmp, length);
        if (inner == InnerTuple.NONE) {
            return 0;
        }
        final long ip = icmp + InnerTuple.ipOffset(inner);
        final int keys = InnerTuple.keys(inner);
        final int protocol = InnerTuple.protocol(inner);
        if (isStrange(protocol)) {
            return 0;
        }
        final TableWorker table = services.table(isIpv4);
        if (isIpv4) {
            final int source = Ipv4Layout.destination(ip);
            final int destination = Ipv4Layout.source(ip);
            return table.find4(table.hash4(source, destination, keys, protocol, 0), source, destination, keys, protocol, 0);
        }
        final long sourceHigh = Ipv6Layout.destinationHigh(ip);
        final long sourceLow = Ipv6Layout.destinationLow(ip);
        final long high = Ipv6Layout.sourceHigh(ip);
        final long low = Ipv6Layout.sourceLow(ip);
        return table.find6(table.hash6(sourceHigh, sourceLow, high, low, keys, protocol, 0), sourceHigh, sourceLow, high, low, keys, protocol, 0);
    }

    /** Begins the connection that an error is about, where there is a service for it; 0 where not. */
    private long begin(final PacketView view) {
        final Batch b = view.batch();
        final int slot = view.slot();
        final long icmp = b.frame[slot] + b.transport[slot];
        final int length = b.length[slot] - b.transport[slot];
        final long inner = b.family[slot] == IPV4 ? InnerTuple.read4(icmp, length) : InnerTuple.read6(icmp, length);
        return inner == InnerTuple.NONE || isStrange(InnerTuple.protocol(inner)) ? services.beginning.none()
                : services.beginning.beginAbout(view, icmp + InnerTuple.ipOffset(inner), InnerTuple.protocol(inner), InnerTuple.keys(inner));
    }

    private static boolean isRight(final Batch b, final int slot) {
        final long icmp = b.frame[slot] + b.transport[slot];
        final int length = b.length[slot] - b.transport[slot];
        return b.family[slot] == IPV4 ? Checksum.verifyIcmp(icmp, length)
                : Checksum.verifyIcmpv6(b.frame[slot] + b.network[slot], icmp, length);
    }

    private static boolean rewrite(final Batch b, final int slot, final long entry, final int info, final boolean source) {
        final long ip = b.frame[slot] + b.network[slot];
        final long icmp = b.frame[slot] + b.transport[slot];
        final int length = b.length[slot] - b.transport[slot];
        return b.family[slot] == IPV4 ? NatRewrite.error4(entry, info, source, ip, icmp, length)
                : NatRewrite.error6(entry, info, source, ip, icmp, length);
    }
}
