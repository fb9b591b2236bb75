package io.penstock.dataplane.hot.connections;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.nat.NatRange;
import io.penstock.conntrack.hot.nat.NatRewrite;
import io.penstock.conntrack.hot.nat.NatWorker;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DeviceAddresses;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.os.hot.packet.IpProtocol;

/**
 * The translation of a lane's packets.
 *
 * <p>Source: nf_nat_core.c, {@code nf_nat_inet_fn}, {@code nf_nat_packet}; nf_nat_proto.c, {@code nf_nat_ipv4_fn}.
 *
 * <p>Threads: the lane's worker.
 */
final class LaneNat {

    private static final int IPV4 = Family.IPV4.number();
    private static final long UNSIGNED_32 = 0xFFFF_FFFFL;
    private static final int LOOPBACK4 = 0x7F00_0001;
    private static final long LOOPBACK6 = 1;

    private final LaneConnections connections;
    private final DeviceAddresses addresses;
    private NatWorker worker;

    LaneNat(final LaneConnections connections) {
        this.connections = connections;
        this.addresses = new DeviceAddresses(connections.lane);
    }

    void worker(final NatWorker value) {
        worker = value;
    }

    NatWorker worker() {
        return worker;
    }

    /** Whether rules are to be asked how a packet's connection is translated. */
    boolean isOpen(final Batch b, final int slot, final boolean source) {
        return !NatWorker.isSettled(b.connection[slot], source) && isFirst(b, slot);
    }

    /** Settles a connection that rules left alone; false when no tuple is left. */
    boolean settle(final Batch b, final int slot, final boolean source) {
        return !isOpen(b, slot, source) || worker.setupNull(b.connection[slot], source);
    }

    private static boolean isFirst(final Batch b, final int slot) {
        final int info = b.connectionInfo[slot];
        return info != ConnInfo.ESTABLISHED && info != ConnInfo.ESTABLISHED_REPLY && !isError(b, slot);
    }

    /** Writes into a packet what its connection's translation makes of it: why it is dropped, or {@link PacketTracker#ACCEPT}. */
    DropReason rewrite(final Batch b, final int slot, final boolean source) {
        final long entry = b.connection[slot];
        if (isError(b, slot)) {
            return rewriteErrorSlow(b, slot, entry, source);
        }
        final int direction = ConnInfo.direction(b.connectionInfo[slot]);
        if (!NatRewrite.isRewritten(ConnLayout.status(entry), direction, source)) {
            return PacketTracker.ACCEPT;
        }
        final long ip = b.frame[slot] + b.network[slot];
        final long l4 = b.frame[slot] + b.transport[slot];
        final int length = b.length[slot] - b.transport[slot];
        final boolean partial = (b.flags[slot] & Batch.PARTIAL_CHECKSUM) != 0;
        final boolean done = b.family[slot] == IPV4 ? NatRewrite.packet4(entry, direction, source, ip, l4, length, partial)
                : NatRewrite.packet6(entry, direction, source, ip, l4, length, partial);
        return done ? PacketTracker.ACCEPT : DropReason.NAT_UNTRANSLATABLE;
    }

    private DropReason rewriteErrorSlow(
            final Batch b, final int slot, final long entry, final boolean source) {
        final int info = b.connectionInfo[slot];
        final long ip = b.frame[slot] + b.network[slot];
        final long icmp = b.frame[slot] + b.transport[slot];
        final int length = b.length[slot] - b.transport[slot];
        final boolean done = b.family[slot] == IPV4 ? NatRewrite.error4(entry, info, source, ip, icmp, length)
                : NatRewrite.error6(entry, info, source, ip, icmp, length);
        return done ? PacketTracker.ACCEPT : DropReason.NAT_UNTRANSLATABLE;
    }

    /** Whether a packet is an ICMP error about its connection. */
    private static boolean isError(final Batch b, final int slot) {
        final int info = b.connectionInfo[slot];
        return (info == ConnInfo.RELATED || info == ConnInfo.RELATED_REPLY)
                && b.protocol[slot] == (b.family[slot] == IPV4 ? IpProtocol.ICMP : IpProtocol.ICMPV6);
    }

    /** Whether a masqueraded connection's packet leaves by another device than the one whose address it has. */
    boolean hasMoved(final Batch b, final int slot) {
        final int index = ConnLayout.masquerade(b.connection[slot]);
        return index != 0 && !isError(b, slot) && ConnInfo.direction(b.connectionInfo[slot]) == ConnDirection.ORIGINAL
                && index != connections.lane.devices.ifindex(b.outPort[slot]);
    }

    /** Whether a packet that this host sends goes elsewhere than where it was routed to. */
    static boolean isTurned(final Batch b, final int slot) {
        final long entry = b.connection[slot];
        final int direction = ConnInfo.direction(b.connectionInfo[slot]);
        final int other = ConnDirection.opposite(direction);
        return b.family[slot] == IPV4 ? ConnLayout.destination4(entry, direction) != ConnLayout.source4(entry, other)
                : ConnLayout.destination6High(entry, direction) != ConnLayout.source6High(entry, other)
                        || ConnLayout.destination6Low(entry, direction) != ConnLayout.source6Low(entry, other);
    }

    boolean translate(final long entry, final NatRange range, final boolean source) {
        return worker.setup(entry, range, source);
    }

    boolean translateTo(final long entry, final NatRange range, final long high, final long low, final boolean source) {
        return worker.setupTo(entry, range, high, low, source);
    }

    /** False when the device has no address. */
    boolean masquerade(final Batch b, final int slot, final NatRange range) {
        final long entry = b.connection[slot];
        if (b.family[slot] == IPV4) {
            if (ConnLayout.source4(entry, ConnDirection.ORIGINAL) == 0) {
                return true;
            }
            final int address = addresses.outgoing4(b, slot);
            if (address == 0) {
                return false;
            }
            remember(b, slot, entry);
            return worker.setupTo(entry, range, 0, address & UNSIGNED_32, true);
        }
        final int number = addresses.outgoing6(b, slot);
        if (number == DeviceAddresses.NONE) {
            return false;
        }
        remember(b, slot, entry);
        return worker.setupTo(entry, range, addresses.high6(number), addresses.low6(number), true);
    }

    /** Which device's address a connection has, unless it was confirmed before: then it is not translated, and does not end with the device. */
    private void remember(final Batch b, final int slot, final long entry) {
        if (!ConnLayout.hasStatus(entry, ConnStatus.CONFIRMED)) {
            ConnLayout.setMasquerade(entry, connections.lane.devices.ifindex(b.outPort[slot]));
        }
    }

    /** False when the device has no address. */
    boolean redirect(final Batch b, final int slot, final NatRange range) {
        final long entry = b.connection[slot];
        final boolean isOurs = b.inPort[slot] == Batch.FROM_HOST;
        if (b.family[slot] == IPV4) {
            final int address = isOurs ? LOOPBACK4 : addresses.incoming4(b, slot);
            return address != 0 && worker.setupTo(entry, range, 0, address & UNSIGNED_32, false);
        }
        if (isOurs) {
            return worker.setupTo(entry, range, 0, LOOPBACK6, false);
        }
        final int number = addresses.incoming6(b, slot);
        return number != DeviceAddresses.NONE
                && worker.setupTo(entry, range, addresses.high6(number), addresses.low6(number), false);
    }
}
