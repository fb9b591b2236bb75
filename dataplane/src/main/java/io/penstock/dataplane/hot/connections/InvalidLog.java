package io.penstock.dataplane.hot.connections;

import io.penstock.conntrack.hot.track.Complaint;
import io.penstock.conntrack.hot.track.Complaints;
import io.penstock.dataplane.api.Device;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.hot.log.LogRecord;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.rules.log.LoggedPacket;

/**
 * Copies packets that are invalid or ignored into the lane's ring, where {@code net.netfilter.nf_conntrack_log_invalid} wants it; when that is full
 * they are counted as lost. It comes after the judgement and changes nothing of it.
 *
 * <p>Threads: the lane's worker.
 */
final class InvalidLog {

    /** Notice. */
    private static final int LEVEL = 5;
    /** TCP's sequence numbers and options, IP's options, the socket's owner. */
    private static final int FLAGS = 0xF;
    private static final int VERSION_4 = 4;
    private static final int VERSION_6 = 6;

    private final LaneConnections connections;
    private final Complaint complaint = new Complaint();

    InvalidLog(final LaneConnections connections) {
        this.connections = connections;
    }

    /** A packet that its check did not let pass. */
    void unchecked(final Batch b, final int slot, final boolean checksum) {
        if (!isWanted(b, slot)) {
            return;
        }
        final long l4 = b.frame[slot] + b.transport[slot];
        Complaints.unchecked(b.frame[slot] + b.network[slot], isIpv4(b, slot), b.protocol[slot], l4, b.length[slot] - b.transport[slot], checksum,
                complaint);
        write(b, slot);
    }

    /** An ICMP message that is neither half of an exchange nor an error. */
    void icmp(final Batch b, final int slot) {
        if (isWanted(b, slot)) {
            Complaints.icmp(b.frame[slot] + b.network[slot], isIpv4(b, slot), b.frame[slot] + b.transport[slot],
                    b.length[slot] - b.transport[slot], complaint);
            write(b, slot);
        }
    }

    /** An ICMP error that goes somewhere else than what it is about. */
    void misdirected(final Batch b, final int slot, final long entry, final int direction) {
        if (isWanted(b, slot)) {
            Complaints.misdirected(isIpv4(b, slot), entry, direction, complaint);
            write(b, slot);
        }
    }

    /** A packet that its tracker has judged. While nobody else has the entry. */
    void judged(final Batch b, final int slot, final int result, final long entry, final int direction) {
        final int protocol = b.protocol[slot];
        if (!isWanted(b, slot)) {
            return;
        }
        final long l4 = b.frame[slot] + b.transport[slot];
        Complaints.judged(result, entry, direction, protocol, l4, b.length[slot] - b.transport[slot], complaint);
        write(b, slot);
        if (Complaints.hasEnded(result, entry, direction, l4, connections.settings, complaint)) {
            write(b, slot);
        }
    }

    private boolean isWanted(final Batch b, final int slot) {
        return Complaints.isWanted(connections.settings, b.protocol[slot]);
    }

    private static boolean isIpv4(final Batch b, final int slot) {
        return b.family[slot] == Family.IPV4.number();
    }

    private void write(final Batch b, final int slot) {
        if (complaint.reason == Complaint.NONE) {
            return;
        }
        final Lane lane = connections.lane;
        final LogRecord record = lane.packetLog.claim();
        if (record == null) {
            lane.counters.logsLost++;
            return;
        }
        record.complaint.set(complaint);
        record.protocol = b.protocol[slot];
        record.level = LEVEL;
        record.flags = FLAGS;
        record.version = isIpv4(b, slot) ? VERSION_4 : VERSION_6;
        final int inPort = b.inPort[slot];
        final boolean isSent = inPort == Batch.FROM_HOST;
        record.in = isSent ? null : name(lane.devices.of(inPort));
        record.out = isSent ? name(lane.devices.of(b.outPort[slot])) : null;
        record.linkBytes = lane.hasLink(inPort) ? EthernetLayout.HEADER_BYTES : 0;
        record.length = b.length[slot] - b.network[slot];
        record.copied = record.linkBytes + Math.min(record.length, LoggedPacket.COPY_BYTES);
        Memory.copyToArray(b.frame[slot] + b.network[slot] - record.linkBytes, record.bytes, 0, record.copied);
        record.mark = b.mark[slot];
        record.uid = isSent ? b.uid[slot] : LoggedPacket.NO_SOCKET;
        record.gid = LoggedPacket.NO_SOCKET;
        record.wallNs = b.nowNs + lane.wallClockOffsetNs();
        lane.packetLog.publish();
    }

    private static String name(final Device device) {
        return device == null ? null : device.name();
    }
}
