package io.penstock.dataplane.hot.ipvs;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.nat.NatRewrite;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.ipvs.state.ServiceStates;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.HookVerdicts;
import io.penstock.dataplane.hot.pipeline.PacketView;
import io.penstock.dataplane.hot.pipeline.ServerRoute;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.SctpLayout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.hot.packet.UdpLayout;
import java.lang.invoke.VarHandle;

/**
 * What becomes of a packet: of a client's, its connection to a server is found or begun, and it is sent on; of a server's, it is turned into the service's
 * answer.
 *
 * <p>Source: net/netfilter/ipvs/ip_vs_core.c, {@code ip_vs_in}, {@code ip_vs_out}, {@code handle_response}. Threads: the lane's worker.
 */
final class ServicePath {

    /** What has no ports: later fragments, and headers that lead nowhere. */
    private static final int NO_HEADER = Batch.LATER_FRAGMENT | Batch.NO_TRANSPORT;
    private static final int IPV4 = Family.IPV4.number();
    private static final int ZONE = 0;
    private static final int NO_SLOT = -1;
    /** How often a packet is judged anew as others of its connection come between: none comes between so often. */
    private static final int TRIES = 8;
    private static final long UNSIGNED_32 = 0xFFFF_FFFFL;

    private final LaneServices services;
    private final long[] hints = new long[Batch.CAPACITY];
    private Batch prepared;
    /** Whose look-up {@link #answer} has made: {@link #serve}, which comes next, need not. */
    private int answeredSlot = NO_SLOT;
    private long answered;

    ServicePath(final LaneServices services) {
        this.services = services;
    }

    /** Loads what the look-ups of a batch will read, and keeps what they come to. */
    void prepare(final Batch b) {
        final int n = b.count;
        int other = 0;
        for (int slot = 0; slot < n; slot++) {
            other |= b.family[slot] ^ IPV4;
        }
        b.loaded = other == 0 ? prepare4(b, n) : prepareMixed(b, n);
        prepared = b;
    }

    /** Of a batch of IPv4 alone: nothing in the stages' loops depends on the packet but its addresses. */
    private long prepare4(final Batch b, final int n) {
        final long[] next = hints;
        final TableWorker table = services.table(true);
        for (int slot = 0; slot < n; slot++) {
            next[slot] = hasPorts(b, slot) ? hash4(b, slot, table) : 0;
        }
        long loaded = 0;
        for (int slot = 0; slot < n; slot++) {
            loaded += table.touch(next[slot]);
        }
        for (int slot = 0; slot < n; slot++) {
            next[slot] = table.probe(next[slot]);
        }
        for (int slot = 0; slot < n; slot++) {
            loaded += table.touchEntry(next[slot], 0);
        }
        return loaded;
    }

    private long prepareMixed(final Batch b, final int n) {
        final long[] next = hints;
        final TableWorker table4 = services.table(true);
        final TableWorker table6 = services.table(false);
        for (int slot = 0; slot < n; slot++) {
            next[slot] = !hasPorts(b, slot) ? 0 : b.family[slot] == IPV4 ? hash4(b, slot, table4) : hash6(b, slot, table6);
        }
        long loaded = 0;
        for (int slot = 0; slot < n; slot++) {
            loaded += (b.family[slot] == IPV4 ? table4 : table6).touch(next[slot]);
        }
        for (int slot = 0; slot < n; slot++) {
            next[slot] = (b.family[slot] == IPV4 ? table4 : table6).probe(next[slot]);
        }
        for (int slot = 0; slot < n; slot++) {
            loaded += (b.family[slot] == IPV4 ? table4 : table6).touchEntry(next[slot], 0);
        }
        return loaded;
    }

    /** What was prepared is not for the next batch. */
    void end() {
        prepared = null;
        answeredSlot = NO_SLOT;
    }

    private static long hash4(final Batch b, final int slot, final TableWorker table) {
        final long ip = b.frame[slot] + b.network[slot];
        return table.hash4(Ipv4Layout.source(ip), Ipv4Layout.destination(ip), Memory.getIntBE(b.frame[slot] + b.transport[slot]),
                b.protocol[slot], ZONE);
    }

    private static long hash6(final Batch b, final int slot, final TableWorker table) {
        final long ip = b.frame[slot] + b.network[slot];
        return table.hash6(Ipv6Layout.sourceHigh(ip), Ipv6Layout.sourceLow(ip), Ipv6Layout.destinationHigh(ip), Ipv6Layout.destinationLow(ip),
                Memory.getIntBE(b.frame[slot] + b.transport[slot]), b.protocol[slot], ZONE);
    }

    /** Whether a packet is of a protocol that there are services for, with a whole header. */
    static boolean hasPorts(final Batch b, final int slot) {
        if ((b.flags[slot] & NO_HEADER) != 0) {
            return false;
        }
        final int least = switch (b.protocol[slot]) {
            case IpProtocol.TCP -> TcpLayout.HEADER_BYTES;
            case IpProtocol.UDP -> UdpLayout.HEADER_BYTES;
            case IpProtocol.SCTP -> SctpLayout.HEADER_BYTES;
            default -> Integer.MAX_VALUE;
        };
        return b.length[slot] - b.transport[slot] >= least;
    }

    /** The connection of a packet that {@link #hasPorts}, with the direction in bit 0; 0 for none. */
    long find(final Batch b, final int slot) {
        final long ip = b.frame[slot] + b.network[slot];
        final int keys = Memory.getIntBE(b.frame[slot] + b.transport[slot]);
        final int protocol = b.protocol[slot];
        final boolean isIpv4 = b.family[slot] == IPV4;
        final TableWorker table = services.table(isIpv4);
        if (isIpv4) {
            final int source = Ipv4Layout.source(ip);
            final int destination = Ipv4Layout.destination(ip);
            if (prepared == b && table.is4(hints[slot], source, destination, keys, protocol, ZONE)) {
                return hints[slot];
            }
            return table.find4(table.hash4(source, destination, keys, protocol, ZONE), source, destination, keys, protocol, ZONE);
        }
        final long sourceHigh = Ipv6Layout.sourceHigh(ip);
        final long sourceLow = Ipv6Layout.sourceLow(ip);
        final long high = Ipv6Layout.destinationHigh(ip);
        final long low = Ipv6Layout.destinationLow(ip);
        if (prepared == b && table.is6(hints[slot], sourceHigh, sourceLow, high, low, keys, protocol, ZONE)) {
            return hints[slot];
        }
        return table.find6(table.hash6(sourceHigh, sourceLow, high, low, keys, protocol, ZONE), sourceHigh, sourceLow, high, low, keys,
                protocol, ZONE);
    }

    /** Whether a packet has been through here: it passes all functions from then on. */
    static boolean isDone(final PacketView view) {
        return (view.batch().flags[view.slot()] & Batch.SERVED) != 0;
    }

    /** A packet that is for this host, or that this host sends, and not {@link #isDone}: a verdict. */
    int serve(final PacketView view) {
        final Batch b = view.batch();
        final int slot = view.slot();
        if ((b.flags[slot] & Batch.LINK_MULTICAST) != 0) {
            return Verdict.ACCEPT;
        }
        if (!hasPorts(b, slot)) {
            return services.errors.in(view);
        }
        final long found = prepared == b && answeredSlot == slot ? answered : find(b, slot);
        answeredSlot = NO_SLOT;
        long entry = 0;
        if (found != 0) {
            if (TableWorker.direction(found) == ConnDirection.REPLY) {
                return Verdict.ACCEPT;
            }
            entry = TableWorker.entry(found);
            final int number = ServiceEntry.server(entry);
            final boolean isBeginning = isBeginning(b, slot);
            if (isBeginning || number != 0 && !services.server(number).isAvailable()) {
                final int judged = services.beginning.again(view, entry, isBeginning);
                if (judged != ServiceBeginning.GOES_ON && judged != ServiceBeginning.ANEW) {
                    return judged == ServiceBeginning.PASSES ? Verdict.ACCEPT : HookVerdicts.TAKEN;
                }
                entry = judged == ServiceBeginning.GOES_ON ? entry : 0;
            }
        }
        if (entry == 0) {
            entry = services.beginning.begin(view);
            if (entry == 0) {
                return services.beginning.verdict();
            }
        }
        return go(view, entry);
    }

    /** A packet of a connection: counts it, judges its state, and sends it on. */
    int go(final PacketView view, final long entry) {
        final Batch b = view.batch();
        final int slot = view.slot();
        final int flags = ServiceEntry.flags(entry);
        final int number = ServiceEntry.server(entry);
        if (number != 0) {
            ServerLayout.countIn(services.counters(number), b.length[slot] - b.network[slot]);
        }
        change(b, slot, entry, flags, ServiceStates.INPUT, ServiceEntry.state(entry));
        ServiceEntry.countPacket(entry, flags);
        final int verdict = services.sending.send(view, entry, flags, number);
        if ((flags & ServiceEntry.ONE_PACKET) != 0) {
            services.table(ConnLayout.family(entry) == ConnLayout.FAMILY_IPV4).free(entry);
        }
        return verdict;
    }

    /**
     * The state and the deadline of a connection after a packet.
     *
     * @param seen the state in which it was met; another worker's packet may come between, and this one is then judged by what that has made of it
     */
    void change(final Batch b, final int slot, final long entry, final int flags, final int direction, final int seen) {
        final int protocol = b.protocol[slot];
        int before = seen;
        int after = next(b, slot, before, flags, direction);
        for (int tries = TRIES; before != after && !services.move(entry, protocol, before, after); tries--) {
            before = ServiceEntry.state(entry);
            after = tries > 0 ? next(b, slot, before, flags, direction) : before;
        }
        if ((flags & ServiceEntry.ONE_PACKET) != 0) {
            return;
        }
        final long timeoutNs = services.timeouts.seconds(protocol, after) * Deadline.SECOND_NS;
        if (Deadline.renew(entry, timeoutNs, b.nowNs) && hasGoneOn(entry, before, after)) {
            Deadline.renew(entry, services.timeouts.seconds(protocol, ServiceEntry.state(entry)) * Deadline.SECOND_NS, b.nowNs);
        }
        if (ConnLayout.master(entry) != 0) {
            services.beginning.keep(entry, protocol, direction, before, after, timeoutNs, b.nowNs);
        }
    }

    /**
     * Whether another worker has gone on from a state whose deadline this one has just written: deadlines are the last state's. Certain where this one has
     * changed the state; a packet that changes none is not worth a fence.
     */
    private static boolean hasGoneOn(final long entry, final int before, final int after) {
        if (before != after) {
            VarHandle.fullFence();
        }
        return ServiceEntry.state(entry) != after;
    }

    private int next(final Batch b, final int slot, final int state, final int flags, final int direction) {
        final long l4 = b.frame[slot] + b.transport[slot];
        final int counted = ServiceStates.direction(direction, (flags & ServiceEntry.NO_OUTPUT) != 0);
        return switch (b.protocol[slot]) {
            case IpProtocol.TCP -> ServiceStates.tcp(state, counted, TcpLayout.flags(l4), services.settings.isSecure);
            case IpProtocol.SCTP -> ServiceStates.sctp(state, counted, ServiceStates.sctpChunk(l4, b.length[slot] - b.transport[slot]));
            default -> ServiceStates.udp();
        };
    }

    /** Whether a packet is the first of a connection by its looks. */
    private static boolean isBeginning(final Batch b, final int slot) {
        final long l4 = b.frame[slot] + b.transport[slot];
        return switch (b.protocol[slot]) {
            case IpProtocol.TCP -> (TcpLayout.flags(l4) & TcpLayout.SYN) != 0;
            case IpProtocol.SCTP -> ServiceStates.sctpFirstChunk(l4, b.length[slot] - b.transport[slot]) == SctpLayout.INIT;
            default -> false;
        };
    }

    /** A packet that may be a server's answer, and is not {@link #isDone}: a verdict. */
    int answer(final PacketView view) {
        final Batch b = view.batch();
        final int slot = view.slot();
        if (!hasPorts(b, slot)) {
            return services.errors.out(view);
        }
        final long found = find(b, slot);
        if (found == 0 || TableWorker.direction(found) != ConnDirection.REPLY) {
            answeredSlot = slot;
            answered = found;
            return found == 0 && services.settings.natIcmpSend != 0 ? services.errors.refuse(view) : Verdict.ACCEPT;
        }
        final long entry = TableWorker.entry(found);
        final int flags = ServiceEntry.flags(entry);
        if (ServiceEntry.method(flags) == Server.NAT && !rewriteSource(b, slot, entry)) {
            view.dropReason(DropReason.NAT_UNTRANSLATABLE);
            return Verdict.DROP;
        }
        final int number = ServiceEntry.server(entry);
        if (number != 0) {
            if (isRefusal(b, slot, entry) && services.beginning.forgets(entry, services.server(number).service)) {
                // The client asks again when no answer comes, and another server may get it.
                view.dropReason(DropReason.SERVER_REFUSED);
                return Verdict.DROP;
            }
            ServerLayout.countOut(services.counters(number), b.length[slot] - b.network[slot]);
        }
        change(b, slot, entry, flags, ServiceStates.OUTPUT, ServiceEntry.state(entry));
        if ((flags & ServiceEntry.NO_OUTPUT) != 0) {
            ServiceEntry.setFlags(entry, ServiceEntry.flags(entry) & ~ServiceEntry.NO_OUTPUT);
        }
        b.flags[slot] |= Batch.SERVED;
        ServerSending.untrack(b, slot, flags);
        return ServiceEntry.method(flags) == Server.FULL ? services.sending.back(view, entry) : Verdict.ACCEPT;
    }

    /** Whether a server does not take a connection that begins. */
    private static boolean isRefusal(final Batch b, final int slot, final long entry) {
        return b.protocol[slot] == IpProtocol.TCP && (TcpLayout.flags(b.frame[slot] + b.transport[slot]) & TcpLayout.RST) != 0
                && ServiceEntry.state(entry) == ServiceStates.TCP_SYN_RECV;
    }

    private static boolean rewriteSource(final Batch b, final int slot, final long entry) {
        final long ip = b.frame[slot] + b.network[slot];
        final long l4 = b.frame[slot] + b.transport[slot];
        final int length = b.length[slot] - b.transport[slot];
        final boolean partial = (b.flags[slot] & Batch.PARTIAL_CHECKSUM) != 0;
        return b.family[slot] == IPV4 ? NatRewrite.packet4(entry, ConnDirection.REPLY, true, ip, l4, length, partial)
                : NatRewrite.packet6(entry, ConnDirection.REPLY, true, ip, l4, length, partial);
    }

    /** The way to the source of a connection's tuple: to its server by the reply, to its client by the original. */
    static int route(final LaneServices services, final Batch b, final int slot, final long entry, final int direction) {
        return b.family[slot] == IPV4
                ? ServerRoute.to(services.lane, b, slot, 0, ConnLayout.source4(entry, direction) & UNSIGNED_32)
                : ServerRoute.to(services.lane, b, slot, ConnLayout.source6High(entry, direction), ConnLayout.source6Low(entry, direction));
    }
}
