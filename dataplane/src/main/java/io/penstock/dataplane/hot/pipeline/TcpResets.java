package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.rules.hot.RulePacket;

/**
 * Writes and sends TCP resets in answer to segments that a rule refuses. They go to the segment's source, by the route there is, through
 * LOCAL_OUT and POST_ROUTING; where there is none, none is sent.
 *
 * <p>Source: RFC 9293 section 3.10.7.1; net/ipv4/netfilter/nf_reject_ipv4.c nf_send_reset, net/ipv6/netfilter/nf_reject_ipv6.c
 * nf_send_reset6. Threads: the lane's worker.
 */
final class TcpResets {

    private static final int NET_SHIFT = 24;
    private static final int LOOPBACK_NET = 127;
    private static final int MULTICAST_BYTE = 0xFF;
    private static final int FIRST_BYTE_SHIFT = 56;
    /** The upper half of an IPv4-mapped address's lower half. */
    private static final int MAPPED = 0xFFFF;

    private final Lane lane;

    TcpResets(final Lane lane) {
        this.lane = lane;
    }

    /**
     * Answers a segment over IPv4.
     *
     * @param packet   the packet as rules see it, whose connection is over then
     * @param bytes    of the segment, header and data
     * @param fromHost this host has sent it
     */
    void ipv4(final RulePacket packet, final Batch b, final int slot, final long tcp, final int bytes, final boolean fromHost) {
        final long ip = b.frame[slot] + b.network[slot];
        final int from = Ipv4Layout.destination(ip);
        final int to = Ipv4Layout.source(ip);
        if (lane.errors4.isToAll(b, slot, from) || !mayGo4(b, slot, from, to, fromHost) || !hasFrame()) {
            return;
        }
        final long reset = lane.originator.begin();
        Ipv4Layout.setHeaderBytes(reset, Ipv4Layout.HEADER_BYTES);
        Ipv4Layout.setTos(reset, 0);
        Ipv4Layout.setTotalLength(reset, Ipv4Layout.HEADER_BYTES + TcpLayout.HEADER_BYTES);
        Ipv4Layout.setId(reset, 0);
        Ipv4Layout.setFragmentWord(reset, Ipv4Layout.DONT_FRAGMENT);
        Ipv4Layout.setTtl(reset, lane.settings.defaultTtl);
        Ipv4Layout.setProtocol(reset, IpProtocol.TCP);
        Ipv4Layout.setSource(reset, from);
        Ipv4Layout.setDestination(reset, to);
        Checksum.writeIpv4(reset, Ipv4Layout.HEADER_BYTES);
        final long segment = reset + Ipv4Layout.HEADER_BYTES;
        write(segment, tcp, bytes);
        Checksum.writeTcp4(reset, segment, TcpLayout.HEADER_BYTES);
        packet.connections.close(packet);
        send(b, slot, Ipv4Layout.HEADER_BYTES, EthernetLayout.TYPE_IPV4, fromHost, lane.settings.fwmarkReflect4);
    }

    /** Answers a segment over IPv6; see {@link #ipv4}. */
    void ipv6(final RulePacket packet, final Batch b, final int slot, final long tcp, final int bytes, final boolean fromHost) {
        final long ip = b.frame[slot] + b.network[slot];
        final long fromHigh = Ipv6Layout.destinationHigh(ip);
        final long fromLow = Ipv6Layout.destinationLow(ip);
        final long toHigh = Ipv6Layout.sourceHigh(ip);
        final long toLow = Ipv6Layout.sourceLow(ip);
        if (!isUnicast(fromHigh, fromLow) || !isUnicast(toHigh, toLow)
                || !(fromHost ? lane.deliverable() && b.outPort[slot] >= 0 : mayGo6(b, slot, toHigh, toLow)) || !hasFrame()) {
            return;
        }
        final long reset = lane.originator.begin();
        Ipv6Layout.setVersionClassLabel(reset, 0, 0);
        Ipv6Layout.setPayloadLength(reset, TcpLayout.HEADER_BYTES);
        Ipv6Layout.setNextHeader(reset, IpProtocol.TCP);
        Ipv6Layout.setHopLimit(reset, lane.settings.hopLimit6);
        Ipv6Layout.setSource(reset, fromHigh, fromLow);
        Ipv6Layout.setDestination(reset, toHigh, toLow);
        final long segment = reset + Ipv6Layout.HEADER_BYTES;
        write(segment, tcp, bytes);
        Checksum.writeTcp6(reset, segment, TcpLayout.HEADER_BYTES);
        packet.connections.close(packet);
        send(b, slot, Ipv6Layout.HEADER_BYTES, EthernetLayout.TYPE_IPV6, fromHost, lane.settings.fwmarkReflect6);
    }

    private boolean hasFrame() {
        if (lane.originator.hasFrame()) {
            return true;
        }
        lane.counters.icmpNoFrame++;
        return false;
    }

    private boolean mayGo4(final Batch b, final int slot, final int from, final int to, final boolean fromHost) {
        if (fromHost) {
            return lane.deliverable() && b.outPort[slot] >= 0;
        }
        final long way = lane.fib.adjacency(lane.fib.select(lane.fib.lookup4(to), Multipath.hash(lane, b, slot)));
        return AdjacencyLayout.kind(AdjacencyLayout.headAcquire(way)) >= AdjacencyKind.FORWARD
                && (from >>> NET_SHIFT != LOOPBACK_NET || lane.errors4.mayLoopbackLeave(way));
    }

    private boolean mayGo6(final Batch b, final int slot, final long toHigh, final long toLow) {
        final int found = LinkLocal6.lookup(lane, b.inPort[slot], toHigh, toLow);
        final long way = lane.fib.adjacency(lane.fib.select(found, Multipath.hash(lane, b, slot)));
        return AdjacencyLayout.kind(AdjacencyLayout.headAcquire(way)) >= AdjacencyKind.FORWARD;
    }

    /** Not that of a group, not the unspecified one, and none that stands for an IPv4 address. */
    private static boolean isUnicast(final long high, final long low) {
        return high >>> FIRST_BYTE_SHIFT != MULTICAST_BYTE && (high != 0 || low != 0 && low >>> Integer.SIZE != MAPPED);
    }

    private static void write(final long reset, final long tcp, final int bytes) {
        final int flags = TcpLayout.flags(tcp);
        final boolean acknowledges = (flags & TcpLayout.ACK) != 0;
        // SYN and FIN count as a byte each.
        final int end = TcpLayout.sequence(tcp) + ((flags & TcpLayout.SYN) != 0 ? 1 : 0) + ((flags & TcpLayout.FIN) != 0 ? 1 : 0)
                + bytes - TcpLayout.headerBytes(tcp);
        TcpLayout.setSourcePort(reset, TcpLayout.destinationPort(tcp));
        TcpLayout.setDestinationPort(reset, TcpLayout.sourcePort(tcp));
        TcpLayout.setSequence(reset, acknowledges ? TcpLayout.acknowledgment(tcp) : 0);
        TcpLayout.setAcknowledgment(reset, acknowledges ? 0 : end);
        TcpLayout.setHeaderBytes(reset, TcpLayout.HEADER_BYTES);
        TcpLayout.setFlags(reset, acknowledges ? TcpLayout.RST : TcpLayout.RST | TcpLayout.ACK);
        TcpLayout.setWindow(reset, 0);
        TcpLayout.setChecksum(reset, 0);
        TcpLayout.setUrgent(reset, 0);
    }

    private void send(
            final Batch b,
            final int slot,
            final int headerBytes,
            final int etherType,
            final boolean fromHost,
            final boolean reflectsMark) {
        final int mark = reflectsMark ? b.mark[slot] : 0;
        final int bytes = headerBytes + TcpLayout.HEADER_BYTES;
        if (fromHost) {
            lane.originator.deliver(bytes, etherType, IpProtocol.TCP, b.outPort[slot], mark, b.nowNs);
        } else {
            final int port = etherType == EthernetLayout.TYPE_IPV4 ? Batch.NO_PORT : b.inPort[slot];
            lane.originator.attach(b, slot);
            lane.originator.send(bytes, etherType, port, Multipath.hash(lane, b, slot), mark, b.nowNs);
        }
    }
}
