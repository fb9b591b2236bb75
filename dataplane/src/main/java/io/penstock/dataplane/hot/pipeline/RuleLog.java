package io.penstock.dataplane.hot.pipeline;

import io.penstock.conntrack.hot.track.Complaint;
import io.penstock.dataplane.hot.log.LogRecord;
import io.penstock.dataplane.hot.log.PacketLogProxy;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.log.LoggedPacket;

/**
 * Copies what is logged (LOG) and traced (TRACE) into the lane's ring; when that is full it is counted as lost.
 *
 * <p>Source: net/netfilter/nf_log_syslog.c; net/ipv4/netfilter/ip_tables.c trace_packet. Threads: the lane's worker.
 */
final class RuleLog {

    /** Warning: the level of a traced packet's lines. */
    private static final int TRACE_LEVEL = 4;
    /** TCP's sequence numbers and options, IP's options, the socket's owner: what a traced packet's lines say. */
    private static final int TRACE_FLAGS = 0xF;

    private final Lane lane;
    private final PacketLogProxy ring;

    RuleLog(final Lane lane) {
        this.lane = lane;
        this.ring = lane.packetLog;
    }

    void log(final RulePacket packet, final int level, final String prefix, final int flags) {
        final LogRecord record = claim();
        if (record != null) {
            record.prefix = prefix;
            write(record, packet, level, flags);
        }
    }

    void trace(final RulePacket packet, final String table, final String chain, final int what, final int number) {
        final LogRecord record = claim();
        if (record != null) {
            record.prefix = null;
            record.table = table;
            record.chain = chain;
            record.what = what;
            record.number = number;
            write(record, packet, TRACE_LEVEL, TRACE_FLAGS);
        }
    }

    private LogRecord claim() {
        final LogRecord record = ring.claim();
        if (record == null) {
            lane.counters.logsLost++;
        }
        return record;
    }

    private void write(final LogRecord record, final RulePacket packet, final int level, final int flags) {
        record.complaint.reason = Complaint.NONE;
        record.level = level;
        record.flags = flags;
        record.version = packet.version;
        record.inName = packet.inName;
        record.inNameRest = packet.inNameRest;
        record.outName = packet.outName;
        record.outNameRest = packet.outNameRest;
        // The line has link addresses of what came in by a device that has some.
        record.linkBytes = packet.frame != 0 ? EthernetLayout.HEADER_BYTES : 0;
        final int bytes = Math.min(packet.length, LoggedPacket.COPY_BYTES);
        Memory.copyToArray(packet.network - record.linkBytes, record.bytes, 0, record.linkBytes + bytes);
        record.copied = record.linkBytes + bytes;
        record.length = packet.length;
        record.mark = packet.mark;
        record.uid = packet.uid;
        record.gid = packet.gid;
        record.wallNs = packet.wallNs;
        ring.publish();
    }
}
