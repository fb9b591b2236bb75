package io.penstock.dataplane.hot.ipvs;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.nat.NatRewrite;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.ipvs.tunnel.Tunnel;
import io.penstock.dataplane.hot.ipvs.tunnel.TunnelWriter;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.HookVerdicts;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PacketView;
import io.penstock.dataplane.hot.pipeline.ServerRoute;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * Sends packets to servers: translated, as they came, or within others. The way is looked up, and the sender told what is wrong with it, before anything is
 * written.
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_xmit.c. Threads: the lane's worker.
 */
final class ServerSending {

    private static final int IPV4 = Family.IPV4.number();
    private static final long UNSIGNED_32 = 0xFFFF_FFFFL;

    private final LaneServices services;
    private final TunnelWriter tunnels;

    ServerSending(final LaneServices services, final TunnelWriter tunnels) {
        this.services = services;
        this.tunnels = tunnels;
    }

    /** Sends a packet of a connection; a verdict. */
    int send(final PacketView view, final long entry, final int flags, final int number) {
        final Batch b = view.batch();
        final int slot = view.slot();
        switch (ServiceEntry.method(flags)) {
            case Server.NAT:
                return translated(view, b, slot, entry, flags, number);
            case Server.ROUTE:
                return routed(b, slot, services.server(number), flags);
            case Server.TUNNEL:
                return tunnelled(view, b, slot, services.server(number), flags);
            case Server.FULL:
                return translated(view, b, slot, entry, flags, number);
            case Server.BYPASS:
                return bypassed(b, slot, flags);
            default:
                b.flags[slot] |= Batch.SERVED;
                untrack(b, slot, flags);
                return Verdict.ACCEPT;
        }
    }

    private int translated(final PacketView view, final Batch b, final int slot, final long entry, final int flags, final int number) {
        final int way = b.family[slot] == IPV4
                ? ServerRoute.by4(services.lane, b, slot, services.way4(number, ConnLayout.source4(entry, ConnDirection.REPLY)))
                : ServicePath.route(services, b, slot, entry, ConnDirection.REPLY);
        if (way == ServerRoute.DROPPED) {
            return HookVerdicts.TAKEN;
        }
        if (!track(b, slot, entry, flags)) {
            view.dropReason(DropReason.CONNECTION_GONE);
            return Verdict.DROP;
        }
        if (!rewrite(b, slot, entry, ConnDirection.ORIGINAL, ServiceEntry.method(flags) == Server.FULL)) {
            view.dropReason(DropReason.NAT_UNTRANSLATABLE);
            return Verdict.DROP;
        }
        b.flags[slot] |= Batch.SERVED;
        return way == ServerRoute.LOCAL ? Verdict.ACCEPT : HookVerdicts.SENT_ON;
    }

    /** An answer whose both addresses are translated goes on to its client; a verdict. */
    int back(final PacketView view, final long entry) {
        final Batch b = view.batch();
        final int slot = view.slot();
        final int way = ServicePath.route(services, b, slot, entry, ConnDirection.ORIGINAL);
        if (way == ServerRoute.DROPPED) {
            return HookVerdicts.TAKEN;
        }
        if (!rewrite(b, slot, entry, ConnDirection.REPLY, true)) {
            view.dropReason(DropReason.NAT_UNTRANSLATABLE);
            return Verdict.DROP;
        }
        return way == ServerRoute.LOCAL ? Verdict.ACCEPT : HookVerdicts.SENT_ON;
    }

    /** Writes the destination, and the source if that is translated too. */
    private static boolean rewrite(final Batch b, final int slot, final long entry, final int direction, final boolean both) {
        final long ip = b.frame[slot] + b.network[slot];
        final long l4 = b.frame[slot] + b.transport[slot];
        final int length = b.length[slot] - b.transport[slot];
        final boolean partial = (b.flags[slot] & Batch.PARTIAL_CHECKSUM) != 0;
        return b.family[slot] == IPV4
                ? NatRewrite.packet4(entry, direction, false, ip, l4, length, partial)
                        && (!both || NatRewrite.packet4(entry, direction, true, ip, l4, length, partial))
                : NatRewrite.packet6(entry, direction, false, ip, l4, length, partial)
                        && (!both || NatRewrite.packet6(entry, direction, true, ip, l4, length, partial));
    }

    private int routed(final Batch b, final int slot, final Server server, final int flags) {
        final int way = b.family[slot] == IPV4 ? ServerRoute.by4(services.lane, b, slot, services.way4(server.number, (int) server.low))
                : ServerRoute.to(services.lane, b, slot, server.high, server.low);
        if (way == ServerRoute.DROPPED) {
            return HookVerdicts.TAKEN;
        }
        b.flags[slot] |= Batch.SERVED;
        untrack(b, slot, flags);
        if (way == ServerRoute.LOCAL) {
            return Verdict.ACCEPT;
        }
        ServerRoute.bind(b, slot, server.high, server.low);
        return HookVerdicts.SENT_ON;
    }

    private int bypassed(final Batch b, final int slot, final int flags) {
        final long ip = b.frame[slot] + b.network[slot];
        final int way = b.family[slot] == IPV4 ? ServerRoute.to(services.lane, b, slot, 0, Ipv4Layout.destination(ip) & UNSIGNED_32)
                : ServerRoute.to(services.lane, b, slot, Ipv6Layout.destinationHigh(ip), Ipv6Layout.destinationLow(ip));
        if (way == ServerRoute.DROPPED) {
            return HookVerdicts.TAKEN;
        }
        b.flags[slot] |= Batch.SERVED;
        untrack(b, slot, flags);
        return way == ServerRoute.LOCAL ? Verdict.ACCEPT : HookVerdicts.SENT_ON;
    }

    private int tunnelled(final PacketView view, final Batch b, final int slot, final Server server, final int flags) {
        final Tunnel tunnel = server.tunnel();
        final Lane lane = services.lane;
        final boolean isLocked = services.settings.pmtuDisc != 0;
        final int way = ServerRoute.through(lane, b, slot, tunnel.isIpv4(), server.high, server.low, TunnelWriter.overhead(b, slot, tunnel), isLocked);
        if (way == ServerRoute.DROPPED) {
            return HookVerdicts.TAKEN;
        }
        b.flags[slot] |= Batch.SERVED;
        untrack(b, slot, flags);
        if (way == ServerRoute.LOCAL) {
            return Verdict.ACCEPT;
        }
        final long high = tunnel.isIpv4() ? 0 : ServerRoute.source6High(lane, b, slot, server.high, server.low);
        final long low = tunnel.isIpv4() ? ServerRoute.source4(lane, b, slot) & UNSIGNED_32
                : ServerRoute.source6Low(lane, b, slot, server.high, server.low);
        if ((high | low) == 0 || !tunnels.wrap(lane, b, slot, tunnel, high, low, isLocked)) {
            view.dropReason(DropReason.TUNNEL_FAILED);
            return Verdict.DROP;
        }
        // The outer packet is another one's: what is tracked of it begins anew.
        b.connectionInfo[slot] = ConnInfo.NONE;
        ServerRoute.wrapped(lane, b, slot);
        return HookVerdicts.SENT_ON;
    }

    /** The packet's connection that is tracked beside is not its own any more, unless the settings keep it. */
    static void untrack(final Batch b, final int slot, final int flags) {
        if ((flags & ServiceEntry.TRACKED) == 0 && ConnInfo.hasConnection(b.connectionInfo[slot])) {
            b.connectionInfo[slot] = ConnInfo.UNTRACKED;
        }
    }

    /**
     * As {@link #untrack}; one that is kept, and begins, expects answers from the server. One that expects them from another server ends, and so does its
     * packet: false; the client sends it again. Source: ip_vs_nfct.c, {@code ip_vs_update_conntrack}; ip_vs_core.c, {@code ip_vs_in_hook}.
     */
    private static boolean track(final Batch b, final int slot, final long entry, final int flags) {
        if ((flags & ServiceEntry.TRACKED) == 0) {
            untrack(b, slot, flags);
            return true;
        }
        final long tracked = b.connection[slot];
        final int info = b.connectionInfo[slot];
        if ((flags & ServiceEntry.ONE_PACKET) != 0) {
            // One tracked connection, and a server for each of its packets.
            return true;
        }
        if (!ConnInfo.hasConnection(info) || ConnInfo.direction(info) != ConnDirection.ORIGINAL) {
            return true;
        }
        if (ConnLayout.hasStatus(tracked, ConnStatus.CONFIRMED)) {
            if (ConnLayout.hasStatus(tracked, ConnStatus.DST_NAT) || isSameServer(tracked, entry, b.family[slot] == IPV4)) {
                return true;
            }
            Deadline.set(tracked, 0, b.nowNs);
            return false;
        }
        if (info != ConnInfo.NEW) {
            return true;
        }
        // Where the source is translated too, answers come to that; else to whom the tracked connection says.
        final long to = ServiceEntry.method(flags) == Server.FULL ? entry : tracked;
        final int keys = ConnLayout.keys(ConnLayout.sourceKey(ConnLayout.keysOf(entry, ConnDirection.REPLY)),
                ConnLayout.destinationKey(ConnLayout.keysOf(to, ConnDirection.REPLY)));
        if (b.family[slot] == IPV4) {
            ConnLayout.setTuple4(tracked, ConnDirection.REPLY, ConnLayout.source4(entry, ConnDirection.REPLY),
                    ConnLayout.destination4(to, ConnDirection.REPLY), keys);
        } else {
            ConnLayout.setTuple6(tracked, ConnDirection.REPLY, ConnLayout.source6High(entry, ConnDirection.REPLY),
                    ConnLayout.source6Low(entry, ConnDirection.REPLY), ConnLayout.destination6High(to, ConnDirection.REPLY),
                    ConnLayout.destination6Low(to, ConnDirection.REPLY), keys);
        }
        return true;
    }

    private static boolean isSameServer(final long tracked, final long entry, final boolean isIpv4) {
        if (ConnLayout.sourceKey(ConnLayout.keysOf(tracked, ConnDirection.REPLY)) != ConnLayout.sourceKey(ConnLayout.keysOf(entry, ConnDirection.REPLY))) {
            return false;
        }
        return isIpv4 ? ConnLayout.source4(tracked, ConnDirection.REPLY) == ConnLayout.source4(entry, ConnDirection.REPLY)
                : ConnLayout.source6High(tracked, ConnDirection.REPLY) == ConnLayout.source6High(entry, ConnDirection.REPLY)
                        && ConnLayout.source6Low(tracked, ConnDirection.REPLY) == ConnLayout.source6Low(entry, ConnDirection.REPLY);
    }
}
