package io.penstock.dataplane.hot.log;

import io.penstock.conntrack.hot.track.Complaint;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.rules.log.LoggedPacket;

/**
 * What is kept of a packet that is logged: written by the worker, read by the control thread, never by both at a time
 * ({@link PacketLogProxy}).
 */
public final class LogRecord {

    /** The line's begin; null of a traced packet, and of one that its connection does not take. */
    public String prefix;
    /** Why its connection does not take it; its reason is {@link Complaint#NONE} for all others. */
    public final Complaint complaint = new Complaint();
    /** Of a packet that its connection does not take, the transport protocol. */
    public int protocol;
    /** Of a packet that its connection does not take, the device that it came in by, null for none: in place of {@link #inName}. */
    public String in;
    /** Of a packet that its connection does not take, the device that it leaves by, null for none: in place of {@link #outName}. */
    public String out;
    /** Of a traced packet the table's name. */
    public String table;
    /** Of a traced packet the chain's name. */
    public String chain;
    /** Of a traced packet what took it, {@code TableImage.TRACE_*}. */
    public int what;
    /** Of a traced packet the rule's number. */
    public int number;
    /** Syslog's. */
    public int level;
    /** {@code NF_LOG_*}. */
    public int flags;
    /** 4 or 6. */
    public int version;
    /** First 8 bytes of the name of the device that it came in by, 0 for none. */
    public long inName;
    /** The rest of that name. */
    public long inNameRest;
    /** First 8 bytes of the name of the device that it leaves by, 0 for none. */
    public long outName;
    /** The rest of that name. */
    public long outNameRest;
    /** Its link header, if it has one, then its begin from the network header on. */
    public final byte[] bytes = new byte[EthernetLayout.HEADER_BYTES + LoggedPacket.COPY_BYTES];
    /** Bytes of the link header. */
    public int linkBytes;
    /** Bytes of both that were copied. */
    public int copied;
    /** How long it is from the network header on. */
    public int length;
    /** Its mark. */
    public int mark;
    /** The user id of the socket that sent it, or -1. */
    public int uid;
    /** The group id of that socket, or -1. */
    public int gid;
    /** The time of day. Unit: ns since 1970, UTC. */
    public long wallNs;

    LogRecord() {
    }
}
