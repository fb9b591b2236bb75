package io.penstock.perf.jmh;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.perf.connections.ConnectionFlows;

/**
 * Frames of flows of one family and protocol: what a client sends, what a server answers to what has come to it, and what a router on the way says of that.
 * Answers are made from frames as they have left, so that they are right whatever translation has made of them.
 *
 * <p>Threads: one.
 */
final class EchoFrames {

    /** Bytes of a frame at the most: an error about a packet of IPv6, in whole cache lines. */
    static final int SLOT_BYTES = 192;

    private static final int CLIENTS = 0x0A00_0000;
    private static final int CLIENT_MASK = 0xFFFF;
    private static final int SERVERS = 0xC612_0000;
    private static final int SERVER_MASK = 0xFF;
    private static final long CLIENT_PREFIX = 0x2001_0DB8_0010_0000L;
    private static final long SERVER_PREFIX = 0x2001_0002_0000_0000L;
    private static final int FIRST_PORT = 1024;
    private static final int PORTS = 60_000;
    private static final int SERVER_PORT = 443;
    private static final int SEQUENCE = 1_000;
    private static final int ACKNOWLEDGED = 5_000;
    private static final int WINDOW = 65_535;
    private static final int TTL = 64;
    private static final int LEAST_FRAME_BYTES = 60;
    private static final int HOST_UNREACHABLE = 1;
    /** As much as RFC 792 asks for, and all of a TCP header, as RFC 1812 does. */
    private static final int QUOTED_BYTES = 20;

    private final boolean ipv6;
    private final int protocol;
    private final int ipBytes;

    /** Frames of a protocol: TCP, UDP, or ICMP, which for IPv6 is ICMPv6. */
    EchoFrames(final boolean ipv6, final int protocol) {
        this.ipv6 = ipv6;
        this.protocol = ipv6 && protocol == IpProtocol.ICMP ? IpProtocol.ICMPV6 : protocol;
        this.ipBytes = ipv6 ? Ipv6Layout.HEADER_BYTES : Ipv4Layout.HEADER_BYTES;
    }

    /** Bytes of what clients and servers send. */
    int frameBytes() {
        return Math.max(LEAST_FRAME_BYTES, EthernetLayout.HEADER_BYTES + ipBytes + l4Bytes());
    }

    /** Bytes of an error. */
    int errorBytes() {
        return EthernetLayout.HEADER_BYTES + 2 * ipBytes + IcmpLayout.HEADER_BYTES + QUOTED_BYTES;
    }

    /** What a client sends. */
    void request(final long frame, final int flow, final int tcpFlags) {
        clear(frame);
        final int client = CLIENTS + (flow & CLIENT_MASK);
        final int server = SERVERS + (flow & SERVER_MASK);
        final int key = FIRST_PORT + Integer.remainderUnsigned(flow * 31 + (flow >>> 16), PORTS);
        writeHeader(frame, l4Bytes(), protocol);
        final long ip = frame + EthernetLayout.HEADER_BYTES;
        if (ipv6) {
            Ipv6Layout.setSource(ip, CLIENT_PREFIX, client & 0xFFFF_FFFFL);
            Ipv6Layout.setDestination(ip, SERVER_PREFIX, server & 0xFFFF_FFFFL);
        } else {
            Ipv4Layout.setSource(ip, client);
            Ipv4Layout.setDestination(ip, server);
            Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
        }
        final long l4 = ip + ipBytes;
        switch (protocol) {
            case IpProtocol.TCP -> {
                TcpLayout.setSourcePort(l4, key);
                TcpLayout.setDestinationPort(l4, SERVER_PORT);
                TcpLayout.setHeaderBytes(l4, TcpLayout.HEADER_BYTES);
                TcpLayout.setSequence(l4, SEQUENCE);
                TcpLayout.setAcknowledgment(l4, (tcpFlags & TcpLayout.ACK) != 0 ? ACKNOWLEDGED : 0);
                TcpLayout.setFlags(l4, tcpFlags);
                TcpLayout.setWindow(l4, WINDOW);
            }
            case IpProtocol.UDP -> {
                UdpLayout.setSourcePort(l4, key);
                UdpLayout.setDestinationPort(l4, SERVER_PORT);
                UdpLayout.setLength(l4, l4Bytes());
            }
            default -> {
                IcmpLayout.setType(l4, ipv6 ? Icmpv6Layout.ECHO_REQUEST : IcmpLayout.ECHO_REQUEST);
                IcmpLayout.setId(l4, key);
                IcmpLayout.setSequence(l4, 1);
            }
        }
        writeChecksum(ip);
    }

    /** What answers a frame that has left: back where it came from. */
    void reply(final long frame, final long departed) {
        if (departed != frame) {
            Memory.copy(departed, frame, SLOT_BYTES);
        }
        EthernetLayout.setAddresses(frame, ConnectionFlows.MAC, ConnectionFlows.SENDER_MAC);
        final long ip = frame + EthernetLayout.HEADER_BYTES;
        swapAddresses(ip);
        final long l4 = ip + ipBytes;
        switch (protocol) {
            case IpProtocol.TCP -> {
                final int port = TcpLayout.sourcePort(l4);
                TcpLayout.setSourcePort(l4, TcpLayout.destinationPort(l4));
                TcpLayout.setDestinationPort(l4, port);
                TcpLayout.setSequence(l4, ACKNOWLEDGED);
                TcpLayout.setAcknowledgment(l4, SEQUENCE);
                TcpLayout.setFlags(l4, TcpLayout.ACK);
            }
            case IpProtocol.UDP -> {
                final int port = UdpLayout.sourcePort(l4);
                UdpLayout.setSourcePort(l4, UdpLayout.destinationPort(l4));
                UdpLayout.setDestinationPort(l4, port);
            }
            default -> IcmpLayout.setType(l4, ipv6 ? Icmpv6Layout.ECHO_REPLY : IcmpLayout.ECHO_REPLY);
        }
        writeChecksum(ip);
    }

    /** What whoever it was sent to says of a frame that has left: it cannot be delivered. */
    void error(final long frame, final long departed) {
        clear(frame);
        final long about = departed + EthernetLayout.HEADER_BYTES;
        final int quoted = ipBytes + QUOTED_BYTES;
        writeHeader(frame, IcmpLayout.HEADER_BYTES + quoted, ipv6 ? IpProtocol.ICMPV6 : IpProtocol.ICMP);
        final long ip = frame + EthernetLayout.HEADER_BYTES;
        if (ipv6) {
            Ipv6Layout.setSource(ip, Ipv6Layout.destinationHigh(about), Ipv6Layout.destinationLow(about));
            Ipv6Layout.setDestination(ip, Ipv6Layout.sourceHigh(about), Ipv6Layout.sourceLow(about));
        } else {
            Ipv4Layout.setSource(ip, Ipv4Layout.destination(about));
            Ipv4Layout.setDestination(ip, Ipv4Layout.source(about));
            Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
        }
        final long icmp = ip + ipBytes;
        IcmpLayout.setType(icmp, ipv6 ? Icmpv6Layout.DESTINATION_UNREACHABLE : IcmpLayout.DESTINATION_UNREACHABLE);
        IcmpLayout.setCode(icmp, ipv6 ? 0 : HOST_UNREACHABLE);
        Memory.copy(about, icmp + IcmpLayout.HEADER_BYTES, quoted);
        if (ipv6) {
            Checksum.writeIcmpv6(ip, icmp, IcmpLayout.HEADER_BYTES + quoted);
        } else {
            Checksum.writeIcmp(icmp, IcmpLayout.HEADER_BYTES + quoted);
        }
    }

    /** Makes a frame's transport checksum wrong: its packet is of no connection. */
    void spoil(final long frame) {
        final long l4 = frame + EthernetLayout.HEADER_BYTES + ipBytes;
        switch (protocol) {
            case IpProtocol.TCP -> TcpLayout.setChecksum(l4, TcpLayout.checksum(l4) ^ 1);
            case IpProtocol.UDP -> UdpLayout.setChecksum(l4, UdpLayout.checksum(l4) ^ 1);
            default -> IcmpLayout.setChecksum(l4, IcmpLayout.checksum(l4) ^ 1);
        }
    }

    private int l4Bytes() {
        // As much as an error quotes: of all protocols the same.
        return QUOTED_BYTES;
    }

    private void writeHeader(final long frame, final int payload, final int next) {
        EthernetLayout.setAddresses(frame, ConnectionFlows.MAC, ConnectionFlows.SENDER_MAC);
        EthernetLayout.setEtherType(frame, ipv6 ? EthernetLayout.TYPE_IPV6 : EthernetLayout.TYPE_IPV4);
        final long ip = frame + EthernetLayout.HEADER_BYTES;
        if (ipv6) {
            Ipv6Layout.setVersionClassLabel(ip, 0, 0);
            Ipv6Layout.setPayloadLength(ip, payload);
            Ipv6Layout.setNextHeader(ip, next);
            Ipv6Layout.setHopLimit(ip, TTL);
        } else {
            Ipv4Layout.setHeaderBytes(ip, Ipv4Layout.HEADER_BYTES);
            Ipv4Layout.setTotalLength(ip, Ipv4Layout.HEADER_BYTES + payload);
            Ipv4Layout.setFragmentWord(ip, Ipv4Layout.DONT_FRAGMENT);
            Ipv4Layout.setTtl(ip, TTL);
            Ipv4Layout.setProtocol(ip, next);
        }
    }

    private void writeChecksum(final long ip) {
        final long l4 = ip + ipBytes;
        final int bytes = l4Bytes();
        switch (protocol) {
            case IpProtocol.TCP -> {
                if (ipv6) {
                    Checksum.writeTcp6(ip, l4, bytes);
                } else {
                    Checksum.writeTcp4(ip, l4, bytes);
                }
            }
            case IpProtocol.UDP -> {
                if (ipv6) {
                    Checksum.writeUdp6(ip, l4, bytes);
                } else {
                    Checksum.writeUdp4(ip, l4, bytes);
                }
            }
            case IpProtocol.ICMPV6 -> Checksum.writeIcmpv6(ip, l4, bytes);
            default -> Checksum.writeIcmp(l4, bytes);
        }
    }

    private void swapAddresses(final long ip) {
        if (ipv6) {
            final long high = Ipv6Layout.sourceHigh(ip);
            final long low = Ipv6Layout.sourceLow(ip);
            Ipv6Layout.setSource(ip, Ipv6Layout.destinationHigh(ip), Ipv6Layout.destinationLow(ip));
            Ipv6Layout.setDestination(ip, high, low);
        } else {
            final int source = Ipv4Layout.source(ip);
            Ipv4Layout.setSource(ip, Ipv4Layout.destination(ip));
            Ipv4Layout.setDestination(ip, source);
        }
    }

    private static void clear(final long frame) {
        for (int at = 0; at < SLOT_BYTES; at += Long.BYTES) {
            Memory.putLong(frame + at, 0);
        }
    }
}
