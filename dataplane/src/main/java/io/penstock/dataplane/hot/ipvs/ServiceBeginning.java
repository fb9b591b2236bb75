package io.penstock.dataplane.hot.ipvs;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.table.ConfirmResult;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.ipvs.schedule.Flow;
import io.penstock.dataplane.hot.ipvs.schedule.Scheduler;
import io.penstock.dataplane.hot.ipvs.state.ServiceStates;
import io.penstock.dataplane.hot.ipvs.state.ServiceTimeouts;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.HookVerdicts;
import io.penstock.dataplane.hot.pipeline.PacketView;
import io.penstock.dataplane.hot.pipeline.ServerRoute;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.TcpLayout;

/**
 * Begins connections: finds the service, asks its scheduler, keeps clients with their servers; and judges whether what looks like a connection's first packet
 * begins another one.
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_core.c, {@code ip_vs_schedule}, {@code ip_vs_sched_persist}, {@code ip_vs_leave}; ip_vs_conn.c, {@code
 * ip_vs_check_template}. Threads: the lane's worker.
 */
final class ServiceBeginning {

    /** The connection goes on. */
    static final int GOES_ON = 0;
    /** It has ended, and the packet may begin another one. */
    static final int ANEW = 1;
    /** The packet was dropped. */
    static final int DROPPED = 2;
    /** The connection has ended, and the packet is this host's, which refuses it. */
    static final int PASSES = 3;

    /** Versions, as flows and services have them. */
    private static final int FAMILY4 = 4;
    private static final int FAMILY6 = 6;
    private static final long UNSIGNED_32 = 0xFFFF_FFFFL;
    private static final int FTP_DATA = 20;
    /** How often what another worker holds is asked for again: a few microseconds. */
    private static final int TRIES = 256;
    /** How many ports are tried for a connection both of whose addresses are translated. */
    private static final int PORT_TRIES = 128;
    /** Ports of such connections: above those that services have, below those that this host's own sockets get. */
    private static final int FIRST_PORT = 1024;
    private static final int PORTS = 31_744;
    private static final long FIRST_NS = ServiceTimeouts.FIRST_SECONDS * Deadline.SECOND_NS;

    private final LaneServices services;
    private int verdict;
    /** It is an error about a packet of the flow that is to begin. */
    private boolean isAbout;

    ServiceBeginning(final LaneServices services) {
        this.services = services;
    }

    /** Why {@link #begin} has begun nothing. */
    int verdict() {
        return verdict;
    }

    /** A packet of a connection that looks like a first one, or whose server is away: one of this class's constants. */
    int again(final PacketView view, final long entry, final boolean isBeginning) {
        final int number = ServiceEntry.server(entry);
        final Server server = number == 0 ? null : services.server(number);
        final ServiceSettings settings = services.settings;
        final int flags = ServiceEntry.flags(entry);
        if (isBeginning) {
            final boolean isQuiet = settings.expireNodestConn != 0 && server != null && server.weight() == 0;
            if (isQuiet || ConnLayout.master(entry) == 0 && ServiceStates.isReusable(ConnLayout.protocol(entry),
                    ConnLayout.trackerState(entry) & ServiceEntry.STATE_MASK, settings.connReuseMode,
                    (flags & ServiceEntry.NO_OUTPUT) != 0)) {
                kill(entry);
                return ANEW;
            }
        }
        if (server == null || server.isAvailable()) {
            return GOES_ON;
        }
        switch (server.service.removal()) {
            case Service.KEEP:
                return GOES_ON;
            case Service.RESET:
                kill(entry);
                return PASSES;
            case Service.REHASH:
                kill(entry);
                return isBeginning || ConnLayout.protocol(entry) == IpProtocol.UDP ? ANEW : PASSES;
            default:
                if (settings.expireNodestConn != 0) {
                    kill(entry);
                    return ANEW;
                }
                ServerRoute.drop(services.lane, view.batch(), view.slot(), DropReason.SERVER_UNAVAILABLE);
                return DROPPED;
        }
    }

    /** A server has refused a connection that begins: whether nobody is told, and the client may get another server when it asks again. */
    boolean forgets(final long entry, final Service service) {
        final Scheduler scheduler = service.scheduler();
        if (service.removal() != Service.REHASH || scheduler == null) {
            return false;
        }
        int able = 0;
        for (int i = 0; i < scheduler.servers().length; i++) {
            able += scheduler.servers()[i].weight() > 0 && !scheduler.servers()[i].isOverloaded() ? 1 : 0;
        }
        if (able < 2) {
            return false;
        }
        final long template = services.templateOf(entry);
        if (template != 0) {
            kill(template);
        }
        kill(entry);
        return true;
    }

    private void kill(final long entry) {
        services.table(ConnLayout.family(entry) == ConnLayout.FAMILY_IPV4).kill(entry);
    }

    /** Begins the connection of a packet that has none; 0 where it begins none, and {@link #verdict} says what becomes of it. */
    long begin(final PacketView view) {
        final Batch b = view.batch();
        final int slot = view.slot();
        final long l4 = b.frame[slot] + b.transport[slot];
        final int protocol = b.protocol[slot];
        verdict = Verdict.ACCEPT;
        isAbout = false;
        if (!mayBegin(protocol, l4, b.length[slot] - b.transport[slot])) {
            return 0;
        }
        // Ports stand at the same places in TCP, UDP and SCTP.
        read(b, slot, protocol, Memory.getIntBE(l4), b.frame[slot] + b.network[slot], false);
        return begin(b, slot);
    }

    /** Begins none: the packet goes on. */
    long none() {
        verdict = Verdict.ACCEPT;
        return 0;
    }

    /**
     * Begins the connection that an ICMP error is about.
     *
     * @param quoted the quoted packet's IP header, of one that went to the client
     * @param keys   of packets that answer it
     */
    long beginAbout(final PacketView view, final long quoted, final int protocol, final int keys) {
        final Batch b = view.batch();
        final int slot = view.slot();
        verdict = Verdict.ACCEPT;
        isAbout = true;
        read(b, slot, protocol, keys, quoted, true);
        return begin(b, slot);
    }

    /** Begins a connection of the flow that was read. */
    private long begin(final Batch b, final int slot) {
        final Flow flow = services.flow;
        final Service service = services.services().find(
                flow.family, b.mark[slot], flow.protocol, flow.destinationHigh, flow.destinationLow, flow.destinationPort);
        if (service == null || flow.sourcePort == FTP_DATA) {
            return 0;
        }
        if (services.share.dropsPacket(services.settings.dropRate)) {
            return dropped(b, slot, DropReason.SERVICE_DEFENCE);
        }
        if (service.persistenceNs() != 0) {
            return persistent(b, slot, service);
        }
        if (service.mark == 0 && flow.destinationPort != service.port) {
            return leave(b, slot, service);
        }
        final Server server = choose(service);
        return server == null ? leave(b, slot, service)
                : connection(b, slot, service, server, server.port != 0 ? server.port : flow.destinationPort, 0);
    }

    private boolean mayBegin(final int protocol, final long l4, final int length) {
        return switch (protocol) {
            case IpProtocol.TCP -> ServiceStates.tcpBegins(TcpLayout.flags(l4), services.settings.sloppyTcp != 0);
            case IpProtocol.SCTP -> ServiceStates.sctpBegins(ServiceStates.sctpFirstChunk(l4, length), services.settings.sloppySctp != 0);
            default -> true;
        };
    }

    /**
     * Reads a flow.
     *
     * @param keys       the client's port and the service's
     * @param ip         the header that has the addresses
     * @param isAnswered whether that is of a packet to the client
     */
    private void read(final Batch b, final int slot, final int protocol, final int keys, final long ip, final boolean isAnswered) {
        final Flow flow = services.flow;
        flow.family = b.family[slot] == Family.IPV4.number() ? FAMILY4 : FAMILY6;
        flow.protocol = protocol;
        flow.nowNs = b.nowNs;
        flow.random = services.random();
        flow.isInverse = false;
        flow.sourcePort = ConnLayout.sourceKey(keys);
        flow.destinationPort = ConnLayout.destinationKey(keys);
        final boolean isIpv4 = flow.family == FAMILY4;
        final long fromHigh = isIpv4 ? 0 : Ipv6Layout.sourceHigh(ip);
        final long fromLow = isIpv4 ? Ipv4Layout.source(ip) & UNSIGNED_32 : Ipv6Layout.sourceLow(ip);
        final long toHigh = isIpv4 ? 0 : Ipv6Layout.destinationHigh(ip);
        final long toLow = isIpv4 ? Ipv4Layout.destination(ip) & UNSIGNED_32 : Ipv6Layout.destinationLow(ip);
        flow.sourceHigh = isAnswered ? toHigh : fromHigh;
        flow.sourceLow = isAnswered ? toLow : fromLow;
        flow.destinationHigh = isAnswered ? fromHigh : toHigh;
        flow.destinationLow = isAnswered ? fromLow : toLow;
    }

    private Server choose(final Service service) {
        final Scheduler scheduler = service.scheduler();
        if (scheduler == null) {
            return null;
        }
        final int picked = scheduler.pick(services.flow);
        return picked == Scheduler.NONE ? null : (Server) scheduler.servers()[picked];
    }

    private long dropped(final Batch b, final int slot, final DropReason reason) {
        ServerRoute.drop(services.lane, b, slot, reason);
        verdict = HookVerdicts.TAKEN;
        return 0;
    }

    /** There is no server. */
    private long leave(final Batch b, final int slot, final Service service) {
        final Flow flow = services.flow;
        if (!isAbout && services.settings.cacheBypass != 0 && service.mark != 0
                && !ServerRoute.isOwn(services.lane, flow.family == FAMILY4, flow.destinationHigh, flow.destinationLow)) {
            return connection(b, slot, service, null, flow.destinationPort, 0);
        }
        if (service.port == Service.FTP_PORT && flow.destinationPort != Service.FTP_PORT) {
            return 0;
        }
        if (!isAbout) {
            ServerRoute.tellUnreachable(services.lane, b, slot);
        }
        return dropped(b, slot, DropReason.SERVICE_UNAVAILABLE);
    }

    /** A client that stays with its server. */
    private long persistent(final Batch b, final int slot, final Service service) {
        final Flow flow = services.flow;
        final long high = flow.sourceHigh & service.maskHigh();
        final long low = flow.sourceLow & service.maskLow();
        final boolean isOwnPort = flow.destinationPort == service.port;
        final boolean byMark = !isOwnPort && service.mark != 0;
        final int port = isOwnPort && service.port != Service.FTP_PORT ? service.port : 0;
        final int protocol = byMark ? IpProtocol.HOP_BY_HOP : flow.protocol;
        final long virtualHigh = byMark ? 0 : flow.destinationHigh;
        final long virtualLow = byMark ? service.mark & UNSIGNED_32 : flow.destinationLow;
        long template = template(flow.family, protocol, high, low, virtualHigh, virtualLow, port);
        Server server = template == 0 ? null : services.server(ServiceEntry.server(template));
        if (server != null && (!server.keepsClients() || services.settings.expireQuiescentTemplate != 0 && server.weight() == 0)) {
            kill(template);
            server = null;
        }
        if (server == null) {
            server = choose(service);
            if (server == null) {
                return leave(b, slot, service);
            }
            template = begin(flow.family, protocol, high, low, virtualHigh, virtualLow, port, service, server);
            if (template == 0) {
                return dropped(b, slot, DropReason.CONNECTIONS_FULL);
            }
            server = services.server(ServiceEntry.server(template));
        }
        ServiceEntry.setOwnDeadline(template, b.nowNs + service.persistenceNs());
        if (Deadline.left(template, b.nowNs) < service.persistenceNs()) {
            Deadline.renew(template, service.persistenceNs(), b.nowNs);
        }
        final int to = flow.destinationPort == service.port && server.port != 0 ? server.port : flow.destinationPort;
        return connection(b, slot, service, server, to, template);
    }

    private long template(final int family, final int protocol, final long high, final long low, final long virtualHigh,
            final long virtualLow, final int port) {
        final TableWorker table = services.table(family == FAMILY4);
        final long found = family == FAMILY4
                ? table.find4(table.hash4((int) low, (int) virtualLow, port, protocol, ServiceEntry.TEMPLATE_ZONE),
                        (int) low, (int) virtualLow, port, protocol, ServiceEntry.TEMPLATE_ZONE)
                : table.find6(table.hash6(high, low, virtualHigh, virtualLow, port, protocol, ServiceEntry.TEMPLATE_ZONE),
                        high, low, virtualHigh, virtualLow, port, protocol, ServiceEntry.TEMPLATE_ZONE);
        return found == 0 || TableWorker.direction(found) != ConnDirection.ORIGINAL ? 0 : TableWorker.entry(found);
    }

    /** Begins a template; the one that another worker has just begun for the same client; 0 where there is no room. */
    private long begin(final int family, final int protocol, final long high, final long low, final long virtualHigh,
            final long virtualLow, final int port, final Service service, final Server server) {
        final boolean isIpv4 = family == FAMILY4;
        final TableWorker table = services.table(isIpv4);
        final long entry = table.allocate(isIpv4 ? table.hash4((int) low, (int) virtualLow, port, protocol, ServiceEntry.TEMPLATE_ZONE)
                : table.hash6(high, low, virtualHigh, virtualLow, port, protocol, ServiceEntry.TEMPLATE_ZONE));
        if (entry == 0) {
            return 0;
        }
        if (isIpv4) {
            ConnLayout.setTuple4(entry, ConnDirection.ORIGINAL, (int) low, (int) virtualLow, port);
        } else {
            ConnLayout.setTuple6(entry, ConnDirection.ORIGINAL, high, low, virtualHigh, virtualLow, port);
        }
        exchange(entry, isIpv4);
        ConnLayout.setProtocol(entry, protocol);
        ConnLayout.setZone(entry, ConnDirection.ORIGINAL, ServiceEntry.TEMPLATE_ZONE);
        ConnLayout.setZone(entry, ConnDirection.REPLY, ServiceEntry.TEMPLATE_ZONE);
        ConnLayout.setStatus(entry, ConnStatus.ASSURED);
        ServiceEntry.setFlags(entry, ServiceEntry.TEMPLATE | server.method());
        Deadline.setLength(entry, service.persistenceNs());
        services.bind(entry, server);
        return show(table, entry);
    }

    /** Of an entry that is not in the table: the reply is the original exchanged. */
    private static void exchange(final long entry, final boolean isIpv4) {
        final int keys = Integer.rotateLeft(ConnLayout.keysOf(entry, ConnDirection.ORIGINAL), 16);
        if (isIpv4) {
            ConnLayout.setTuple4(entry, ConnDirection.REPLY, ConnLayout.destination4(entry, ConnDirection.ORIGINAL),
                    ConnLayout.source4(entry, ConnDirection.ORIGINAL), keys);
        } else {
            ConnLayout.setTuple6(entry, ConnDirection.REPLY, ConnLayout.destination6High(entry, ConnDirection.ORIGINAL),
                    ConnLayout.destination6Low(entry, ConnDirection.ORIGINAL), ConnLayout.source6High(entry, ConnDirection.ORIGINAL),
                    ConnLayout.source6Low(entry, ConnDirection.ORIGINAL), keys);
        }
    }

    /**
     * Begins a connection of the packet's flow.
     *
     * @param server   null for none: the packet goes on as it came
     * @param to       the server's port
     * @param template what it stays with, or 0
     */
    private long connection(final Batch b, final int slot, final Service service, final Server server, final int to, final long template) {
        final Flow flow = services.flow;
        final boolean isIpv4 = flow.family == FAMILY4;
        final TableWorker table = services.table(isIpv4);
        final int keys = ConnLayout.keys(flow.sourcePort, flow.destinationPort);
        final long entry = table.allocate(isIpv4
                ? table.hash4((int) flow.sourceLow, (int) flow.destinationLow, keys, flow.protocol, 0)
                : table.hash6(flow.sourceHigh, flow.sourceLow, flow.destinationHigh, flow.destinationLow, keys, flow.protocol, 0));
        if (entry == 0) {
            return dropped(b, slot, DropReason.CONNECTIONS_FULL);
        }
        if (isIpv4) {
            ConnLayout.setTuple4(entry, ConnDirection.ORIGINAL, (int) flow.sourceLow, (int) flow.destinationLow, keys);
        } else {
            ConnLayout.setTuple6(entry, ConnDirection.ORIGINAL, flow.sourceHigh, flow.sourceLow, flow.destinationHigh, flow.destinationLow, keys);
        }
        ConnLayout.setProtocol(entry, flow.protocol);
        final int method = server == null ? Server.BYPASS : server.method();
        final boolean isOnePacket = service.isOnePacket() && flow.protocol == IpProtocol.UDP;
        int status = ConnStatus.ASSURED;
        if (method == Server.NAT || method == Server.FULL) {
            status |= method == Server.FULL ? ConnStatus.NAT_MASK | ConnStatus.NAT_DONE_MASK : ConnStatus.DST_NAT | ConnStatus.NAT_DONE_MASK;
            answers(entry, server, isIpv4, flow.sourceHigh, flow.sourceLow, ConnLayout.keys(to, flow.sourcePort));
            if (method == Server.FULL && !source(table, entry, server, isIpv4, to)) {
                table.free(entry);
                return dropped(b, slot, DropReason.NAT_EXHAUSTED);
            }
        } else {
            exchange(entry, isIpv4);
        }
        ConnLayout.setStatus(entry, status);
        ServiceEntry.setFlags(entry, method | (method == Server.NAT || method == Server.FULL || method == Server.BYPASS ? 0 : ServiceEntry.NO_OUTPUT)
                | (isOnePacket ? ServiceEntry.ONE_PACKET : 0) | (services.settings.conntrack != 0 ? ServiceEntry.TRACKED : 0));
        Deadline.setLength(entry, FIRST_NS);
        if (template != 0) {
            ServiceEntry.setTemplate(entry, services.numberOf(template), ConnLayout.generation(template));
            ServiceEntry.control(template, 1);
        }
        if (server != null) {
            services.bind(entry, server);
        }
        final long shown = isOnePacket ? entry : show(table, entry);
        if (shown == entry && server != null) {
            ServerLayout.countConnection(services.counters(server.number));
        }
        return shown != 0 ? shown : dropped(b, slot, DropReason.CONNECTION_BUSY);
    }

    private static void answers(final long entry, final Server server, final boolean isIpv4, final long high, final long low, final int keys) {
        if (isIpv4) {
            ConnLayout.setTuple4(entry, ConnDirection.REPLY, (int) server.low, (int) low, keys);
        } else {
            ConnLayout.setTuple6(entry, ConnDirection.REPLY, server.high, server.low, high, low, keys);
        }
    }

    /** Finds an address and a port of this host for the source; false where none is left. */
    private boolean source(final TableWorker table, final long entry, final Server server, final boolean isIpv4, final int to) {
        final LocalAddresses pool = services.pool(isIpv4);
        if (pool.count() == 0) {
            return false;
        }
        final long random = services.random();
        final int first = (int) ((random & UNSIGNED_32) * PORTS >>> 32);
        int address = (int) ((random >>> 32) * pool.count() >>> 32);
        for (int i = 0; i < PORT_TRIES; i++) {
            final int keys = ConnLayout.keys(to, FIRST_PORT + (first + i) % PORTS);
            answers(entry, server, isIpv4, pool.high(address), pool.low(address), keys);
            if (table.takenBy(entry) == 0) {
                return true;
            }
            address = address + 1 == pool.count() ? 0 : address + 1;
        }
        return false;
    }

    /**
     * Puts an entry into the table: it; or the one that another worker has just begun by the same packets; or 0 where others are at work there. Whose
     * answers would be the same ends: the last one that a client has begun is the one that it waits for; with a source of this host another one is taken.
     */
    private long show(final TableWorker table, final long entry) {
        for (int i = 0; i < TRIES; i++) {
            final int result = table.confirm(entry);
            if (result == ConfirmResult.CONFIRMED) {
                return entry;
            }
            if (result == ConfirmResult.CLASH) {
                final long other = TableWorker.entry(table.clash());
                if (isSame(entry, other)) {
                    table.free(entry);
                    return other;
                }
                if (!isFull(entry)) {
                    table.kill(other);
                } else if (!again(table, entry)) {
                    break;
                }
            } else if (result != ConfirmResult.BUSY) {
                break;
            }
            Thread.onSpinWait();
        }
        table.free(entry);
        return 0;
    }

    private static boolean isFull(final long entry) {
        return (ServiceEntry.flags(entry) & (ServiceEntry.METHOD_MASK | ServiceEntry.TEMPLATE)) == Server.FULL;
    }

    /** Another worker was faster with the source of an entry: finds it another one. */
    private boolean again(final TableWorker table, final long entry) {
        return source(table, entry, services.server(ServiceEntry.server(entry)), ConnLayout.family(entry) == ConnLayout.FAMILY_IPV4,
                ConnLayout.sourceKey(ConnLayout.keysOf(entry, ConnDirection.REPLY)));
    }

    /** Whether two entries have the same original tuple. */
    private static boolean isSame(final long entry, final long other) {
        if (ConnLayout.keysOf(entry, ConnDirection.ORIGINAL) != ConnLayout.keysOf(other, ConnDirection.ORIGINAL)) {
            return false;
        }
        if (ConnLayout.family(entry) == ConnLayout.FAMILY_IPV4) {
            return ConnLayout.source4(entry, ConnDirection.ORIGINAL) == ConnLayout.source4(other, ConnDirection.ORIGINAL)
                    && ConnLayout.destination4(entry, ConnDirection.ORIGINAL) == ConnLayout.destination4(other, ConnDirection.ORIGINAL);
        }
        return ConnLayout.source6High(entry, ConnDirection.ORIGINAL) == ConnLayout.source6High(other, ConnDirection.ORIGINAL)
                && ConnLayout.source6Low(entry, ConnDirection.ORIGINAL) == ConnLayout.source6Low(other, ConnDirection.ORIGINAL)
                && ConnLayout.destination6High(entry, ConnDirection.ORIGINAL) == ConnLayout.destination6High(other, ConnDirection.ORIGINAL)
                && ConnLayout.destination6Low(entry, ConnDirection.ORIGINAL) == ConnLayout.destination6Low(other, ConnDirection.ORIGINAL);
    }

    /** A packet of a connection that stays with a template: that one lives at least as long. */
    void keep(final long entry, final int protocol, final int direction, final int before, final int after, final long timeoutNs, final long nowNs) {
        final long template = services.templateOf(entry);
        if (template == 0) {
            return;
        }
        if (ServiceStates.assures(protocol, direction, before, after)) {
            ServiceEntry.setFlags(template, ServiceEntry.flags(template) | ServiceEntry.ASSURED);
        }
        if (Deadline.left(template, nowNs) < timeoutNs) {
            Deadline.renew(template, timeoutNs, nowNs);
        }
    }
}
