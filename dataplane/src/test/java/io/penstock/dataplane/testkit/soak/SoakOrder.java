package io.penstock.dataplane.testkit.soak;

import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.hot.packet.UdpLayout;

/** A packet that a worker is to receive, and how it left. */
final class SoakOrder {

    /** It has not left. */
    static final int NOWHERE = -1;

    private static final int DATA_BYTES = 8;
    private static final int TTL = 64;
    private static final int WINDOW = 0x4000;

    /** Whose it is; null for one that nobody answers. */
    final SoakFlow flow;
    final int step;
    /** Of a connection that may not be lost. */
    final boolean strict;
    final boolean fromClient;

    int leftBy = NOWHERE;
    int leftSource;
    int leftSourcePort;
    int leftDestination;
    int leftDestinationPort;

    private final int protocol;
    private final int source;
    private final int sourcePort;
    private final int destination;
    private final int destinationPort;
    private int flags;
    private int sequence;
    private int acknowledged;
    private int data = DATA_BYTES;

    SoakOrder(
            final SoakFlow flow,
            final int step,
            final boolean strict,
            final boolean fromClient,
            final int protocol,
            final int source,
            final int sourcePort,
            final int destination,
            final int destinationPort) {
        this.flow = flow;
        this.step = step;
        this.strict = strict;
        this.fromClient = fromClient;
        this.protocol = protocol;
        this.source = source;
        this.sourcePort = sourcePort;
        this.destination = destination;
        this.destinationPort = destinationPort;
    }

    /** Makes it a TCP segment; one with data if it is neither the first nor the last. */
    SoakOrder tcp(final int segmentFlags, final int segmentSequence, final int segmentAcknowledged) {
        flags = segmentFlags;
        sequence = segmentSequence;
        acknowledged = segmentAcknowledged;
        data = dataBytes(segmentFlags);
        return this;
    }

    /** How many bytes of data a TCP segment with these flags has here. */
    static int dataBytes(final int flags) {
        return (flags & TcpLayout.PSH) != 0 ? DATA_BYTES : 0;
    }

    /** Writes it as a frame that is known by a number of 16 bits, which translation leaves alone; its length. */
    int write(final long frame, final int number, final long from, final long to) {
        EthernetLayout.setAddresses(frame, to, from);
        EthernetLayout.setEtherType(frame, EthernetLayout.TYPE_IPV4);
        final long ip = frame + EthernetLayout.HEADER_BYTES;
        final long l4 = ip + Ipv4Layout.HEADER_BYTES;
        final boolean isTcp = protocol == IpProtocol.TCP;
        final int l4Bytes = (isTcp ? TcpLayout.HEADER_BYTES : UdpLayout.HEADER_BYTES) + data;
        Ipv4Layout.setHeaderBytes(ip, Ipv4Layout.HEADER_BYTES);
        Ipv4Layout.setTos(ip, 0);
        Ipv4Layout.setTotalLength(ip, Ipv4Layout.HEADER_BYTES + l4Bytes);
        Ipv4Layout.setId(ip, number);
        Ipv4Layout.setFragmentWord(ip, 0);
        Ipv4Layout.setTtl(ip, TTL);
        Ipv4Layout.setProtocol(ip, protocol);
        Ipv4Layout.setSource(ip, source);
        Ipv4Layout.setDestination(ip, destination);
        Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
        if (isTcp) {
            TcpLayout.setSourcePort(l4, sourcePort);
            TcpLayout.setDestinationPort(l4, destinationPort);
            TcpLayout.setSequence(l4, sequence);
            TcpLayout.setAcknowledgment(l4, acknowledged);
            TcpLayout.setHeaderBytes(l4, TcpLayout.HEADER_BYTES);
            TcpLayout.setFlags(l4, flags);
            TcpLayout.setWindow(l4, WINDOW);
            TcpLayout.setUrgent(l4, 0);
            Checksum.writeTcp4(ip, l4, l4Bytes);
        } else {
            UdpLayout.setSourcePort(l4, sourcePort);
            UdpLayout.setDestinationPort(l4, destinationPort);
            UdpLayout.setLength(l4, l4Bytes);
            Checksum.writeUdp4(ip, l4, l4Bytes);
        }
        return EthernetLayout.HEADER_BYTES + Ipv4Layout.HEADER_BYTES + l4Bytes;
    }

    /** The number of a frame that has left. */
    static int number(final long frame) {
        return Ipv4Layout.id(frame + EthernetLayout.HEADER_BYTES);
    }

    /** It has left; true if its checksums are right. */
    boolean leave(final int port, final long frame) {
        final long ip = frame + EthernetLayout.HEADER_BYTES;
        final long l4 = ip + Ipv4Layout.HEADER_BYTES;
        leftBy = port;
        leftSource = Ipv4Layout.source(ip);
        leftDestination = Ipv4Layout.destination(ip);
        // UDP's ports lie where TCP's do.
        leftSourcePort = TcpLayout.sourcePort(l4);
        leftDestinationPort = TcpLayout.destinationPort(l4);
        final int l4Bytes = Ipv4Layout.totalLength(ip) - Ipv4Layout.HEADER_BYTES;
        return Checksum.verifyIpv4(ip, Ipv4Layout.HEADER_BYTES)
                && (protocol == IpProtocol.TCP ? Checksum.verifyTcp4(ip, l4, l4Bytes) : Checksum.verifyUdp4(ip, l4, l4Bytes));
    }

    /** Whether what left has this source. */
    boolean hasLeftFrom(final int address, final int port) {
        return leftSource == address && leftSourcePort == port;
    }

    /** Whether what left has this destination. */
    boolean hasLeftTo(final int address, final int port) {
        return leftDestination == address && leftDestinationPort == port;
    }

    @Override
    public String toString() {
        return "step=" + step + " flags=" + flags + (fromClient ? " from the client " : " from the server ")
                + ends(source, sourcePort, destination, destinationPort)
                + (leftBy == NOWHERE ? "" : " left by " + leftBy + " as "
                        + ends(leftSource, leftSourcePort, leftDestination, leftDestinationPort));
    }

    private static String ends(final int from, final int fromPort, final int to, final int toPort) {
        return address(from) + ':' + fromPort + " > " + address(to) + ':' + toPort;
    }

    static String address(final int address) {
        return (address >>> 24) + "." + (address >>> 16 & 0xFF) + '.' + (address >>> 8 & 0xFF) + '.' + (address & 0xFF);
    }
}
