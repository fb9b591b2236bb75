package io.penstock.perf.connections;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.os.sys.MappedMemory;

/**
 * A frame from which others are made that differ in their ends: checksums follow from the difference, so that making one costs little more than copying it.
 *
 * <p>Source: RFC 1624.
 *
 * <p>Threads: any, once made.
 */
final class FrameTemplate implements AutoCloseable {

    private static final int LINE_BYTES = 64;
    private static final int TTL = 64;
    private static final int WINDOW = 65_535;
    private static final int HALF = 16;
    private static final int LOW = 0xFFFF;
    private static final int WORD_OF_ADDRESS6 = 12;

    private final MappedMemory memory;
    private final int frameBytes;
    private final int copied;
    private final int sourceAt;
    private final int destinationAt;
    private final int l4;
    private final int checksumAt;
    private final boolean ipv4;
    private final boolean udp;
    private final int ipSum;
    private final int l4Sum;

    /**
     * A frame whose ends are all zero but for the networks of IPv6.
     *
     * @param mac               whom it is for
     * @param sourcePrefix      the first eight bytes of IPv6 sources
     * @param destinationPrefix those of IPv6 destinations
     */
    FrameTemplate(
            final boolean ipv6, final Segment segment, final int frameBytes, final long mac, final long senderMac, final long sourcePrefix,
            final long destinationPrefix) {
        this.frameBytes = frameBytes;
        this.ipv4 = !ipv6;
        this.udp = segment.isUdp();
        copied = (frameBytes + LINE_BYTES - 1) & -LINE_BYTES;
        memory = MappedMemory.reserve(copied, MappedMemory.Pages.NORMAL);
        final long frame = memory.address();
        final long ip = frame + EthernetLayout.HEADER_BYTES;
        final int ipBytes = ipv6 ? Ipv6Layout.HEADER_BYTES : Ipv4Layout.HEADER_BYTES;
        l4 = EthernetLayout.HEADER_BYTES + ipBytes;
        // A TCP segment of the smallest frame has no data: what is left is Ethernet's padding.
        final int l4Bytes = udp ? frameBytes - l4 : TcpLayout.HEADER_BYTES + segment.dataBytes();
        EthernetLayout.setAddresses(frame, mac, senderMac);
        EthernetLayout.setEtherType(frame, ipv6 ? EthernetLayout.TYPE_IPV6 : EthernetLayout.TYPE_IPV4);
        final int protocol = udp ? IpProtocol.UDP : IpProtocol.TCP;
        if (ipv6) {
            sourceAt = EthernetLayout.HEADER_BYTES + Ipv6Layout.SOURCE + WORD_OF_ADDRESS6;
            destinationAt = EthernetLayout.HEADER_BYTES + Ipv6Layout.DESTINATION + WORD_OF_ADDRESS6;
            Ipv6Layout.setVersionClassLabel(ip, 0, 0);
            Ipv6Layout.setPayloadLength(ip, l4Bytes);
            Ipv6Layout.setNextHeader(ip, protocol);
            Ipv6Layout.setHopLimit(ip, TTL);
            Ipv6Layout.setSource(ip, sourcePrefix, 0);
            Ipv6Layout.setDestination(ip, destinationPrefix, 0);
        } else {
            sourceAt = EthernetLayout.HEADER_BYTES + Ipv4Layout.SOURCE;
            destinationAt = EthernetLayout.HEADER_BYTES + Ipv4Layout.DESTINATION;
            Ipv4Layout.setHeaderBytes(ip, Ipv4Layout.HEADER_BYTES);
            Ipv4Layout.setTotalLength(ip, ipBytes + l4Bytes);
            Ipv4Layout.setFragmentWord(ip, Ipv4Layout.DONT_FRAGMENT);
            Ipv4Layout.setTtl(ip, TTL);
            Ipv4Layout.setProtocol(ip, protocol);
            Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
        }
        final long transport = frame + l4;
        if (udp) {
            checksumAt = l4 + UdpLayout.CHECKSUM;
            UdpLayout.setLength(transport, l4Bytes);
            if (ipv6) {
                Checksum.writeUdp6(ip, transport, l4Bytes);
            } else {
                Checksum.writeUdp4(ip, transport, l4Bytes);
            }
        } else {
            checksumAt = l4 + TcpLayout.CHECKSUM;
            TcpLayout.setHeaderBytes(transport, TcpLayout.HEADER_BYTES);
            TcpLayout.setFlags(transport, segment.flags());
            TcpLayout.setSequence(transport, segment.sequence());
            TcpLayout.setAcknowledgment(transport, segment.acknowledgment());
            TcpLayout.setWindow(transport, WINDOW);
            if (ipv6) {
                Checksum.writeTcp6(ip, transport, l4Bytes);
            } else {
                Checksum.writeTcp4(ip, transport, l4Bytes);
            }
        }
        ipSum = ipv6 ? 0 : ~Ipv4Layout.checksum(ip) & LOW;
        l4Sum = ~(udp ? UdpLayout.checksum(transport) : TcpLayout.checksum(transport)) & LOW;
    }

    /** Its bytes. */
    int frameBytes() {
        return frameBytes;
    }

    /** Writes a frame, and up to 63 bytes behind it. */
    void write(final long to, final int source, final int destination, final int sourcePort, final int destinationPort) {
        final long from = memory.address();
        for (int at = 0; at < copied; at += Long.BYTES) {
            Memory.putLong(to + at, Memory.getLong(from + at));
        }
        Memory.putIntBE(to + sourceAt, source);
        Memory.putIntBE(to + destinationAt, destination);
        UdpLayout.setSourcePort(to + l4, sourcePort);
        UdpLayout.setDestinationPort(to + l4, destinationPort);
        final int addresses = (source >>> HALF) + (source & LOW) + (destination >>> HALF) + (destination & LOW);
        if (ipv4) {
            Ipv4Layout.setChecksum(to + EthernetLayout.HEADER_BYTES, checksum(ipSum + addresses));
        }
        final int l4Checksum = checksum(l4Sum + addresses + sourcePort + destinationPort);
        Memory.putShortBE(to + checksumAt, udp && l4Checksum == 0 ? LOW : l4Checksum);
    }

    /** The source's last four bytes, of a frame like this one. */
    int source(final long frame) {
        return Memory.getIntBE(frame + sourceAt);
    }

    int destination(final long frame) {
        return Memory.getIntBE(frame + destinationAt);
    }

    int sourcePort(final long frame) {
        return UdpLayout.sourcePort(frame + l4);
    }

    int destinationPort(final long frame) {
        return UdpLayout.destinationPort(frame + l4);
    }

    @Override
    public void close() {
        memory.close();
    }

    private static int checksum(final int sum) {
        final int once = (sum & LOW) + (sum >>> HALF);
        return ~((once & LOW) + (once >>> HALF)) & LOW;
    }
}
