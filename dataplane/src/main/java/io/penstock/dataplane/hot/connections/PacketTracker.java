package io.penstock.dataplane.hot.connections;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnEvents;
import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.ConnTemplate;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.table.ConfirmResult;
import io.penstock.conntrack.hot.table.TableCounter;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.conntrack.hot.track.IcmpKind;
import io.penstock.conntrack.hot.track.IcmpTracker;
import io.penstock.conntrack.hot.track.Icmpv6Tracker;
import io.penstock.conntrack.hot.track.InnerTuple;
import io.penstock.conntrack.hot.track.PacketCheck;
import io.penstock.conntrack.hot.track.TcpTracker;
import io.penstock.conntrack.hot.track.TrackResult;
import io.penstock.conntrack.hot.track.Trackers;
import io.penstock.conntrack.hot.track.TupleReader;
import io.penstock.conntrack.hot.track.UdpTracker;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * Finds or begins the connection of a packet, and confirms it when its first packet has passed all hooks.
 *
 * <p>Source: nf_conntrack_core.c, {@code nf_conntrack_in}, {@code resolve_normal_ct}, {@code init_conntrack}, {@code nf_conntrack_confirm}.
 *
 * <p>Threads: the lane's worker.
 */
final class PacketTracker {

    /** The packet goes on. */
    static final DropReason ACCEPT = null;

    /** What a packet that is neither fragment nor without a transport header has not. */
    private static final int NO_HEADER = Batch.LATER_FRAGMENT | Batch.NO_TRANSPORT;
    /** Of those that Linux knows: an address mask reply. */
    private static final int LAST_ICMP_TYPE = 18;
    private static final int IPV4 = Family.IPV4.number();

    private final LaneConnections connections;
    private long template;
    private int originalZone;
    private int replyZone;
    private final BatchHints hints;
    private final InvalidLog log;
    private long lastHash;

    PacketTracker(final LaneConnections connections) {
        this.connections = connections;
        this.hints = new BatchHints(connections);
        this.log = new InvalidLog(connections);
    }

    /** Loads what the look-ups of a batch will read. */
    void prepare(final Batch b) {
        hints.prepare(b);
    }

    /** What was prepared is not for the next batch. */
    void end() {
        hints.end();
    }

    /**
     * Tracks a packet.
     *
     * @param received true where packets come in, false where this host sends them
     * @return why it is dropped, or {@link #ACCEPT}
     */
    DropReason track(final Batch b, final int slot, final boolean received) {
        final int info = b.connectionInfo[slot];
        if (hints.isChecked(b, slot) && info == ConnInfo.NONE) {
            final long hint = hints.of(slot);
            final long ip = b.frame[slot] + b.network[slot];
            final int protocol = b.protocol[slot];
            if (connections.table(true).is4(hint, Ipv4Layout.source(ip), Ipv4Layout.destination(ip),
                    Memory.getIntBE(b.frame[slot] + b.transport[slot]), protocol, 0)
                    && protocol == IpProtocol.UDP && UdpTracker.isStream(TableWorker.entry(hint))) {
                final long entry = TableWorker.entry(hint);
                Deadline.renew(entry, connections.settings.udpTimeoutStream * Deadline.SECOND_NS, b.nowNs);
                b.connection[slot] = entry;
                b.connectionInfo[slot] = TableWorker.direction(hint) == ConnDirection.REPLY ? ConnInfo.ESTABLISHED_REPLY : ConnInfo.ESTABLISHED;
                return ACCEPT;
            }
        }
        return trackSlow(b, slot, received);
    }

    /** As {@link #track}, of any packet. */
    private DropReason trackSlow(final Batch b, final int slot, final boolean received) {
        final int info = b.connectionInfo[slot];
        if (info < ConnInfo.NONE) {
            return ACCEPT;
        }
        template = info == ConnInfo.TEMPLATE ? b.connection[slot] : ConnTemplate.NONE;
        b.connectionInfo[slot] = ConnInfo.NONE;
        originalZone = 0;
        replyZone = 0;
        if (template != ConnTemplate.NONE) {
            originalZone = ConnTemplate.zone(template, ConnDirection.ORIGINAL, b.mark[slot]);
            replyZone = ConnTemplate.zone(template, ConnDirection.REPLY, b.mark[slot]);
        }
        final boolean isIpv4 = b.family[slot] == IPV4;
        final TableWorker table = connections.table(isIpv4);
        final int flags = b.flags[slot];
        final long ip = b.frame[slot] + b.network[slot];
        final long l4 = b.frame[slot] + b.transport[slot];
        final int length = b.length[slot] - b.transport[slot];
        final int protocol = b.protocol[slot];
        final boolean verifies = received && (flags & Batch.PARTIAL_CHECKSUM) == 0 && connections.settings.checksum != 0;
        if ((flags & NO_HEADER) != 0
                || !(isIpv4 ? PacketCheck.isValid4(ip, protocol, l4, length, verifies)
                        : PacketCheck.isValid6(ip, protocol, l4, length, verifies))) {
            if (isLogged() && (flags & NO_HEADER) == 0) {
                log.unchecked(b, slot, verifies);
            }
            final boolean isIcmp = (flags & NO_HEADER) == 0 && protocol == (isIpv4 ? IpProtocol.ICMP : IpProtocol.ICMPV6);
            return isIcmp ? wrongIcmp(table) : invalid(table);
        }
        if (isIpv4 ? protocol == IpProtocol.ICMP : protocol == IpProtocol.ICMPV6) {
            final int kind = isIpv4 ? IcmpTracker.kind(l4) : Icmpv6Tracker.kind(ip, l4, length);
            if (kind != IcmpKind.QUERY) {
                return kind(b, slot, table, kind, ip, l4, length);
            }
        }
        final long keys = TupleReader.keys(protocol, l4, length);
        if (keys == TupleReader.NONE) {
            return invalid(table);
        }
        final long found = isHinted(b, slot, table, ip, isIpv4, protocol, (int) keys) ? hints.of(slot)
                : find(table, ip, isIpv4, protocol, (int) keys);
        return found == 0 ? begin(b, slot, table, ip, l4, length, (int) keys) : follow(b, slot, table, found, l4, length, (int) keys);
    }

    /** Whether somebody wants to know why packets are invalid. Asked of those alone that are. */
    private boolean isLogged() {
        return connections.settings.logInvalid != 0;
    }

    private static DropReason invalid(final TableWorker table) {
        table.count(TableCounter.INVALID);
        return ACCEPT;
    }

    /** As {@link #invalid}, of what ICMP itself says is wrong, which the kernel counts apart. */
    private static DropReason wrongIcmp(final TableWorker table) {
        table.count(TableCounter.ERROR);
        return ACCEPT;
    }

    /** Whether the hint is right: what was prepared may have come or gone since, and says nothing of zones. */
    private boolean isHinted(
            final Batch b, final int slot, final TableWorker table, final long ip, final boolean isIpv4, final int protocol, final int keys) {
        if (!hints.areOf(b) || template != ConnTemplate.NONE) {
            return false;
        }
        return isIpv4 ? table.is4(hints.of(slot), Ipv4Layout.source(ip), Ipv4Layout.destination(ip), keys, protocol, 0)
                : table.is6(hints.of(slot), Ipv6Layout.sourceHigh(ip), Ipv6Layout.sourceLow(ip), Ipv6Layout.destinationHigh(ip),
                        Ipv6Layout.destinationLow(ip), keys, protocol, 0);
    }

    private long find(final TableWorker table, final long ip, final boolean isIpv4, final int protocol, final int keys) {
        final long found = findIn(table, ip, isIpv4, protocol, keys, originalZone);
        return originalZone == replyZone ? found : findZonedSlow(table, ip, isIpv4, protocol, keys, found);
    }

    /** A zone that counts in one direction only: the other one's tuples are in another. */
    private long findZonedSlow(
            final TableWorker table, final long ip, final boolean isIpv4, final int protocol, final int keys, final long found) {
        final long original = directed(table, found, ConnDirection.ORIGINAL);
        return original != 0 ? original : directed(table, findIn(table, ip, isIpv4, protocol, keys, replyZone), ConnDirection.REPLY);
    }

    /** What was found, if it has the tuple in that direction, or what has; 0 for none. */
    private static long directed(final TableWorker table, final long found, final int direction) {
        return found == 0 || TableWorker.direction(found) == direction ? found : table.findExchanged(found);
    }

    private long findIn(
            final TableWorker table, final long ip, final boolean isIpv4, final int protocol, final int keys, final int zone) {
        if (isIpv4) {
            final int source = Ipv4Layout.source(ip);
            final int destination = Ipv4Layout.destination(ip);
            lastHash = table.hash4(source, destination, keys, protocol, zone);
            return table.find4(lastHash, source, destination, keys, protocol, zone);
        }
        final long sourceHigh = Ipv6Layout.sourceHigh(ip);
        final long sourceLow = Ipv6Layout.sourceLow(ip);
        final long destinationHigh = Ipv6Layout.destinationHigh(ip);
        final long destinationLow = Ipv6Layout.destinationLow(ip);
        lastHash = table.hash6(sourceHigh, sourceLow, destinationHigh, destinationLow, keys, protocol, zone);
        return table.find6(lastHash, sourceHigh, sourceLow, destinationHigh, destinationLow, keys, protocol, zone);
    }

    /** Another packet of a connection. */
    private DropReason follow(
            final Batch b, final int slot, final TableWorker table, final long found, final long l4, final int length, final int keys) {
        final long entry = TableWorker.entry(found);
        final int direction = TableWorker.direction(found);
        final boolean isClaimed = ConnClaim.take(table, entry);
        if (!isClaimed) {
            if (!ConnClaim.mayPassWithout(entry, b.protocol[slot], l4)) {
                return DropReason.CONNECTION_BUSY;
            }
            ConnLayout.setUnjudged(entry);
        }
        final int status = ConnLayout.status(entry);
        int result = isClaimed ? Trackers.packet(
                entry, direction, b.protocol[slot], l4, length, connections.settings, b.nowNs) : TrackResult.UNJUDGED;
        final int verdict = TrackResult.verdict(result);
        if (verdict != TrackResult.ACCEPT && verdict != TrackResult.ACCEPT_AND_KILL) {
            if (verdict != TrackResult.IGNORED) {
                return refuseSlow(b, slot, table, found, keys, result, isClaimed);
            }
            result = ignoreSlow(b, slot, found, result);
        }
        if ((ConnLayout.flags(entry) & ConnLayout.FLAG_ACCOUNTING) != 0 && TrackResult.isCounted(result)) {
            ConnLayout.account(entry, direction, 1, b.length[slot] - b.network[slot]);
        }
        int events = TrackResult.events(result);
        if (direction == ConnDirection.REPLY) {
            b.connectionInfo[slot] = ConnInfo.ESTABLISHED_REPLY;
            if ((status & ConnStatus.SEEN_REPLY) == 0 && ConnLayout.setStatus(entry, ConnStatus.SEEN_REPLY)) {
                events |= ConnEvents.REPLY;
            }
        } else {
            b.connectionInfo[slot] = (status & ConnStatus.SEEN_REPLY) != 0 ? ConnInfo.ESTABLISHED
                    : (status & ConnStatus.EXPECTED) != 0 ? ConnInfo.RELATED : ConnInfo.NEW;
        }
        b.connection[slot] = entry;
        ConnClaim.release(table, entry, isClaimed);
        if (events != 0) {
            connections.happened(entry, events);
        }
        if (verdict == TrackResult.ACCEPT_AND_KILL) {
            table.kill(entry);
        }
        return ACCEPT;
    }

    /** A rule has reset a TCP connection; one that another worker holds for long goes on until its ends are heard of. */
    void close(final long entry, final boolean isIpv4, final long nowNs) {
        final TableWorker table = connections.table(isIpv4);
        if (ConnClaim.take(table, entry)) {
            final boolean isNew = TcpTracker.close(entry, connections.settings, nowNs);
            table.release(entry);
            if (isNew) {
                connections.happened(entry, ConnEvents.PROTOINFO);
            }
        }
    }

    /** The connection does not take the packet. */
    private DropReason refuseSlow(
            final Batch b, final int slot, final TableWorker table, final long found, final int keys, final int result, final boolean isClaimed) {
        final long entry = TableWorker.entry(found);
        final boolean isInvalid = TrackResult.verdict(result) == TrackResult.INVALID;
        if (isInvalid && isLogged()) {
            log.judged(b, slot, result, entry, TableWorker.direction(found));
        }
        ConnClaim.release(table, entry, isClaimed);
        return isInvalid ? invalid(table)
                : reopen(b, slot, table, entry, b.frame[slot] + b.transport[slot], b.length[slot] - b.transport[slot], keys);
    }

    /** The packet goes on with its connection as if no tracker had seen it. */
    private int ignoreSlow(final Batch b, final int slot, final long found, final int result) {
        if (isLogged()) {
            log.judged(b, slot, result, TableWorker.entry(found), TableWorker.direction(found));
        }
        return TrackResult.UNJUDGED;
    }

    /** The packet begins a connection where one that is over stands. */
    private DropReason reopen(
            final Batch b, final int slot, final TableWorker table, final long entry, final long l4, final int length, final int keys) {
        if (!table.kill(entry)) {
            return DropReason.CONNECTION_GONE;
        }
        final long ip = b.frame[slot] + b.network[slot];
        final long found = find(table, ip, b.family[slot] == IPV4, b.protocol[slot], keys);
        // Whoever was quicker has begun it.
        return found == 0 ? begin(b, slot, table, ip, l4, length, keys) : follow(b, slot, table, found, l4, length, keys);
    }

    private DropReason begin(
            final Batch b, final int slot, final TableWorker table, final long ip, final long l4, final int length, final int keys) {
        final int protocol = b.protocol[slot];
        final long inverse = TupleReader.invert(protocol, keys);
        if (inverse == TupleReader.NONE) {
            return invalid(table);
        }
        final boolean isIpv4 = b.family[slot] == IPV4;
        final long entry = connections.hasRoom() ? table.allocate(lastHash) : 0;
        if (entry == 0) {
            return DropReason.CONNECTIONS_FULL;
        }
        connections.begun(entry);
        setTuples(entry, isIpv4, ip, keys, (int) inverse);
        ConnLayout.setProtocol(entry, protocol);
        ConnLayout.setZone(entry, ConnDirection.ORIGINAL, originalZone);
        ConnLayout.setZone(entry, ConnDirection.REPLY, replyZone);
        ConnLayout.setFlags(entry, connections.switches.flags());
        ConnLayout.setEvents(entry, connections.switches.eventsOfNew(connections.isHeard(), ConnTemplate.events(template)));
        final int result = Trackers.first(entry, protocol, l4, length, connections.settings, b.nowNs);
        if (TrackResult.verdict(result) != TrackResult.ACCEPT) {
            if (isLogged()) {
                log.judged(b, slot, result, entry, ConnDirection.ORIGINAL);
            }
            return invalid(table);
        }
        if ((ConnLayout.flags(entry) & ConnLayout.FLAG_ACCOUNTING) != 0 && TrackResult.isCounted(result)) {
            ConnLayout.account(entry, ConnDirection.ORIGINAL, 1, b.length[slot] - b.network[slot]);
        }
        b.connection[slot] = entry;
        b.connectionInfo[slot] = ConnInfo.NEW;
        return ACCEPT;
    }

    private static void setTuples(final long entry, final boolean isIpv4, final long ip, final int keys, final int inverse) {
        if (isIpv4) {
            final int source = Ipv4Layout.source(ip);
            final int destination = Ipv4Layout.destination(ip);
            ConnLayout.setTuple4(entry, ConnDirection.ORIGINAL, source, destination, keys);
            ConnLayout.setTuple4(entry, ConnDirection.REPLY, destination, source, inverse);
            return;
        }
        final long sourceHigh = Ipv6Layout.sourceHigh(ip);
        final long sourceLow = Ipv6Layout.sourceLow(ip);
        final long destinationHigh = Ipv6Layout.destinationHigh(ip);
        final long destinationLow = Ipv6Layout.destinationLow(ip);
        ConnLayout.setTuple6(entry, ConnDirection.ORIGINAL, sourceHigh, sourceLow, destinationHigh, destinationLow, keys);
        ConnLayout.setTuple6(entry, ConnDirection.REPLY, destinationHigh, destinationLow, sourceHigh, sourceLow, inverse);
    }

    /** An ICMP message that is not half of an exchange. */
    private DropReason kind(
            final Batch b, final int slot, final TableWorker table, final int kind, final long ip, final long icmp, final int length) {
        if (kind == IcmpKind.UNTRACKED) {
            b.connectionInfo[slot] = ConnInfo.UNTRACKED;
            return ACCEPT;
        }
        final boolean isIpv4 = b.family[slot] == IPV4;
        if (kind == IcmpKind.INVALID) {
            if (isLogged()) {
                log.icmp(b, slot);
            }
            final int type = IcmpLayout.type(icmp);
            return (isIpv4 ? type > LAST_ICMP_TYPE : type == Icmpv6Layout.REDIRECT) ? wrongIcmp(table) : invalid(table);
        }
        final long inner = isIpv4 ? InnerTuple.read4(icmp, length) : InnerTuple.read6(icmp, length);
        if (inner == InnerTuple.NONE) {
            return wrongIcmp(table);
        }
        final long quoted = icmp + InnerTuple.ipOffset(inner);
        final long found = findInverse(table, quoted, isIpv4, inner);
        if (found == 0) {
            return wrongIcmp(table);
        }
        if (!isFor(TableWorker.entry(found), TableWorker.direction(found), ip, isIpv4)) {
            if (isLogged()) {
                log.misdirected(b, slot, TableWorker.entry(found), TableWorker.direction(found));
            }
            return wrongIcmp(table);
        }
        b.connection[slot] = TableWorker.entry(found);
        b.connectionInfo[slot] =
                TableWorker.direction(found) == ConnDirection.ORIGINAL ? ConnInfo.RELATED : ConnInfo.RELATED_REPLY;
        return ACCEPT;
    }

    private long findInverse(final TableWorker table, final long quoted, final boolean isIpv4, final long inner) {
        final int keys = InnerTuple.keys(inner);
        final int protocol = InnerTuple.protocol(inner);
        final long first = findInverseIn(table, quoted, isIpv4, protocol, keys, originalZone);
        if (originalZone == replyZone) {
            return first;
        }
        final long original = directed(table, first, ConnDirection.ORIGINAL);
        return original != 0 ? original
                : directed(table, findInverseIn(table, quoted, isIpv4, protocol, keys, replyZone), ConnDirection.REPLY);
    }

    private static long findInverseIn(
            final TableWorker table, final long quoted, final boolean isIpv4, final int protocol, final int keys, final int zone) {
        if (isIpv4) {
            final int source = Ipv4Layout.destination(quoted);
            final int destination = Ipv4Layout.source(quoted);
            return table.find4(table.hash4(source, destination, keys, protocol, zone), source, destination, keys, protocol, zone);
        }
        final long sourceHigh = Ipv6Layout.destinationHigh(quoted);
        final long sourceLow = Ipv6Layout.destinationLow(quoted);
        final long destinationHigh = Ipv6Layout.sourceHigh(quoted);
        final long destinationLow = Ipv6Layout.sourceLow(quoted);
        final long hash = table.hash6(sourceHigh, sourceLow, destinationHigh, destinationLow, keys, protocol, zone);
        return table.find6(hash, sourceHigh, sourceLow, destinationHigh, destinationLow, keys, protocol, zone);
    }

    /** Whether an error goes where the tuple goes that it is about. */
    private static boolean isFor(final long entry, final int direction, final long ip, final boolean isIpv4) {
        return isIpv4 ? ConnLayout.destination4(entry, direction) == Ipv4Layout.destination(ip)
                : ConnLayout.destination6High(entry, direction) == Ipv6Layout.destinationHigh(ip)
                        && ConnLayout.destination6Low(entry, direction) == Ipv6Layout.destinationLow(ip);
    }

    /** The packet has passed all hooks: its connection, if it has only begun, is found from now on. Why it is dropped, or {@link #ACCEPT}. */
    DropReason confirm(final Batch b, final int slot) {
        final int info = b.connectionInfo[slot];
        if (!ConnInfo.hasConnection(info)) {
            return ACCEPT;
        }
        if (!connections.hasBegun()) {
            connections.passed();
            return ACCEPT;
        }
        final long entry = b.connection[slot];
        final DropReason reason = (ConnLayout.status(entry) & ConnStatus.CONFIRMED) != 0
                || ConnInfo.direction(info) != ConnDirection.ORIGINAL ? ACCEPT : confirm(b, slot, entry);
        if (reason == ACCEPT) {
            connections.passed();
        }
        return reason;
    }

    /** What is told of a new connection: its state too, where it has one, and its labels. */
    private static int eventsOfNew(final long entry) {
        final int protocol = ConnLayout.protocol(entry);
        final boolean hasState = protocol == IpProtocol.TCP || protocol == IpProtocol.SCTP;
        final boolean hasLabels = (ConnLayout.labels(entry, 0) | ConnLayout.labels(entry, 1)) != 0;
        return ConnEvents.NEW | (hasState ? ConnEvents.PROTOINFO : 0) | (hasLabels ? ConnEvents.LABEL : 0);
    }

    private DropReason confirm(final Batch b, final int slot, final long entry) {
        final TableWorker table = connections.tableOf(entry);
        int result = table.confirm(entry);
        for (int i = 0; result == ConfirmResult.BUSY && i < ConnClaim.TRIES; i++) {
            Thread.onSpinWait();
            result = table.confirm(entry);
        }
        if (result == ConfirmResult.CLASH) {
            final long winner = table.clash();
            result = table.resolveClash(entry);
            for (int i = 0; result == ConfirmResult.BUSY && i < ConnClaim.TRIES; i++) {
                Thread.onSpinWait();
                result = table.resolveClash(entry);
            }
            if (result == ConfirmResult.MERGED) {
                b.connection[slot] = TableWorker.entry(winner);
                return ACCEPT;
            }
        }
        return switch (result) {
            case ConfirmResult.CONFIRMED -> {
                connections.happened(entry, eventsOfNew(entry));
                yield ACCEPT;
            }
            case ConfirmResult.DEAD -> DropReason.CONNECTION_GONE;
            case ConfirmResult.BUSY -> DropReason.CONNECTION_BUSY;
            default -> DropReason.CONNECTION_CLASH;
        };
    }
}
