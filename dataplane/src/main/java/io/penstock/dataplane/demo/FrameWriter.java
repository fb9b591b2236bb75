package io.penstock.dataplane.demo;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.sys.MappedMemory;

/**
 * Writes the frames that the two hosts send to the router, one at a time, in one place.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A frame is right in all its lengths and checksums, until its user spoils it.</li>
 *   <li>It is valid until the next one is begun.</li>
 * </ol>
 *
 * <p>Source: RFC 9293, 3.1; RFC 7323, 2 (window scale); RFC 792 and RFC 4443, 4.1 (echo). Threads: one.
 */
final class FrameWriter implements AutoCloseable {

    /** What a host sends with; RFC 1122, 3.2.1.7 and the kernel's default. */
    static final int TTL = 64;

    /** Where all TCP goes: commonly iperf's. */
    static final int SERVER_PORT = 5001;

    /** Names the ping. */
    static final int ECHO_ID = 0x5073;

    /** What ping(8) sends, so that its packets have 64 bytes of ICMP. */
    static final int ECHO_PAYLOAD_BYTES = 56;

    private static final int FRAME_BYTES = 2048;
    private static final int WINDOW = 0xFFFF;

    /** NOP to fill up to 32 bits: MSS, window scale 7, SACK permitted. */
    private static final byte[] SYN_OPTIONS = {
        TcpLayout.OPTION_MSS, 4, (byte) (Connection.PAYLOAD_BYTES >>> 8), (byte) Connection.PAYLOAD_BYTES,
        1, TcpLayout.OPTION_WINDOW_SCALE, 3, 7,
        1, 1, TcpLayout.OPTION_SACK_PERMITTED, 2};

    private final MappedMemory memory = MappedMemory.reserve(FRAME_BYTES, MappedMemory.Pages.NORMAL);
    private final long eth = memory.address();
    private final long ip = eth + EthernetLayout.HEADER_BYTES;
    private int bytes;
    private int ipv4Id;

    /** The frame's first byte. */
    long address() {
        return eth;
    }

    /** The frame's length. */
    int bytes() {
        return bytes;
    }

    /** Writes a TCP segment; the payload's first bytes are sent. */
    void tcp(final Connection.Segment segment, final boolean isIpv6, final int clientPort, final byte[] payload) {
        final boolean isSyn = (segment.flags() & TcpLayout.SYN) != 0;
        final int headerBytes = TcpLayout.HEADER_BYTES + (isSyn ? SYN_OPTIONS.length : 0);
        final int tcpBytes = headerBytes + segment.payloadBytes();
        final long tcp = begin(segment.from(), segment.from().other().address(isIpv6), IpProtocol.TCP, tcpBytes);
        final boolean isClient = segment.from() == Side.CLIENT;
        TcpLayout.setSourcePort(tcp, isClient ? clientPort : SERVER_PORT);
        TcpLayout.setDestinationPort(tcp, isClient ? SERVER_PORT : clientPort);
        TcpLayout.setSequence(tcp, segment.sequence());
        TcpLayout.setAcknowledgment(tcp, segment.acknowledgment());
        TcpLayout.setHeaderBytes(tcp, headerBytes);
        TcpLayout.setFlags(tcp, segment.flags());
        TcpLayout.setWindow(tcp, WINDOW);
        TcpLayout.setUrgent(tcp, 0);
        if (isSyn) {
            Memory.copyFromArray(SYN_OPTIONS, 0, tcp + TcpLayout.HEADER_BYTES, SYN_OPTIONS.length);
        }
        Memory.copyFromArray(payload, 0, tcp + headerBytes, segment.payloadBytes());
        if (isIpv6) {
            Checksum.writeTcp6(ip, tcp, tcpBytes);
        } else {
            Checksum.writeTcp4(ip, tcp, tcpBytes);
        }
    }

    /** Writes an echo request of the client's or a reply of the server's. */
    void echo(final Side from, final IpAddress destination, final int sequence) {
        final boolean isIpv6 = destination.family() == IpAddress.V6;
        final int icmpBytes = IcmpLayout.HEADER_BYTES + ECHO_PAYLOAD_BYTES;
        final boolean isRequest = from == Side.CLIENT;
        final long icmp = begin(from, destination, isIpv6 ? IpProtocol.ICMPV6 : IpProtocol.ICMP, icmpBytes);
        if (isIpv6) {
            Icmpv6Layout.setType(icmp, isRequest ? Icmpv6Layout.ECHO_REQUEST : Icmpv6Layout.ECHO_REPLY);
        } else {
            IcmpLayout.setType(icmp, isRequest ? IcmpLayout.ECHO_REQUEST : IcmpLayout.ECHO_REPLY);
        }
        IcmpLayout.setCode(icmp, 0);
        IcmpLayout.setId(icmp, ECHO_ID);
        IcmpLayout.setSequence(icmp, sequence);
        for (int i = 0; i < ECHO_PAYLOAD_BYTES; i++) {
            Memory.putByte(icmp + IcmpLayout.HEADER_BYTES + i, (byte) i);
        }
        if (isIpv6) {
            Checksum.writeIcmpv6(ip, icmp, icmpBytes);
        } else {
            Checksum.writeIcmp(icmp, icmpBytes);
        }
    }

    /** Lets the packet end at the router. */
    void spendTtl(final boolean isIpv6) {
        if (isIpv6) {
            Ipv6Layout.setHopLimit(ip, 1);
        } else {
            Ipv4Layout.setTtl(ip, 1);
            Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
        }
    }

    /** Spoils the header's checksum. */
    void spoilIpv4() {
        Ipv4Layout.setChecksum(ip, Ipv4Layout.checksum(ip) ^ 1);
    }

    @Override
    public void close() {
        memory.close();
    }

    /** Ethernet and IP header; returns where the next one goes. */
    private long begin(final Side from, final IpAddress destination, final int protocol, final int l4Bytes) {
        final boolean isIpv6 = destination.family() == IpAddress.V6;
        final IpAddress source = from.address(isIpv6);
        EthernetLayout.setAddresses(eth, from.routerMac(), from.mac());
        if (isIpv6) {
            EthernetLayout.setEtherType(eth, EthernetLayout.TYPE_IPV6);
            Ipv6Layout.setVersionClassLabel(ip, 0, 0);
            Ipv6Layout.setPayloadLength(ip, l4Bytes);
            Ipv6Layout.setNextHeader(ip, protocol);
            Ipv6Layout.setHopLimit(ip, TTL);
            Ipv6Layout.setSource(ip, source.high(), source.low());
            Ipv6Layout.setDestination(ip, destination.high(), destination.low());
            bytes = EthernetLayout.HEADER_BYTES + Ipv6Layout.HEADER_BYTES + l4Bytes;
            return ip + Ipv6Layout.HEADER_BYTES;
        }
        EthernetLayout.setEtherType(eth, EthernetLayout.TYPE_IPV4);
        Ipv4Layout.setHeaderBytes(ip, Ipv4Layout.HEADER_BYTES);
        Ipv4Layout.setTos(ip, 0);
        Ipv4Layout.setTotalLength(ip, Ipv4Layout.HEADER_BYTES + l4Bytes);
        Ipv4Layout.setId(ip, ++ipv4Id);
        Ipv4Layout.setFragmentWord(ip, Ipv4Layout.DONT_FRAGMENT);
        Ipv4Layout.setTtl(ip, TTL);
        Ipv4Layout.setProtocol(ip, protocol);
        Ipv4Layout.setSource(ip, source.toInt());
        Ipv4Layout.setDestination(ip, destination.toInt());
        Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
        bytes = EthernetLayout.HEADER_BYTES + Ipv4Layout.HEADER_BYTES + l4Bytes;
        return ip + Ipv4Layout.HEADER_BYTES;
    }
}
