package io.penstock.dataplane.testkit;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.sys.MappedMemory;
import java.util.Arrays;
import java.util.function.LongConsumer;

/** Ethernet frames as byte arrays, right unless a test spoils them. */
public final class Packets {

    /** To whom they are sent: the first port's address. */
    public static final long PORT_MAC = 0x0200_0000_0A00L;
    /** Who sends them. */
    public static final long HOST_MAC = 0x0200_0000_0B00L;
    /** Bytes in front of the network header. */
    public static final int IP = EthernetLayout.HEADER_BYTES;

    private static final int TTL = 64;
    private static final int MAX_BYTES = 4096;

    private Packets() {
    }

    /** UDP over IPv4 from 10.0.0.1 with a payload of 8 bytes. */
    public static byte[] udp4(final String destination) {
        return udp4("10.0.0.1", destination, 8);
    }

    /** UDP over IPv4, ports 1000 and 2000. */
    public static byte[] udp4(final String source, final String destination, final int payloadBytes) {
        final byte[] packet = ethernet(EthernetLayout.TYPE_IPV4, Ipv4Layout.HEADER_BYTES + UdpLayout.HEADER_BYTES + payloadBytes);
        edit(packet, eth -> {
            final long ip = eth + IP;
            Memory.putByte(ip, (byte) Ipv4Layout.VERSION_4_IHL_5);
            Ipv4Layout.setTotalLength(ip, packet.length - IP);
            Ipv4Layout.setTtl(ip, TTL);
            Ipv4Layout.setProtocol(ip, IpProtocol.UDP);
            Ipv4Layout.setSource(ip, (int) IpAddress.parse(source).low());
            Ipv4Layout.setDestination(ip, (int) IpAddress.parse(destination).low());
            Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
            final long udp = ip + Ipv4Layout.HEADER_BYTES;
            udp(udp, packet.length - IP - Ipv4Layout.HEADER_BYTES);
            Checksum.writeUdp4(ip, udp, packet.length - IP - Ipv4Layout.HEADER_BYTES);
        });
        return packet;
    }

    /** UDP over IPv6 from 2001:db8::1 with a payload of 8 bytes. */
    public static byte[] udp6(final String destination) {
        return udp6("2001:db8::1", destination, 8);
    }

    /** UDP over IPv6, ports 1000 and 2000. */
    public static byte[] udp6(final String source, final String destination, final int payloadBytes) {
        final byte[] packet = ethernet(EthernetLayout.TYPE_IPV6, Ipv6Layout.HEADER_BYTES + UdpLayout.HEADER_BYTES + payloadBytes);
        final IpAddress from = IpAddress.parse(source);
        final IpAddress to = IpAddress.parse(destination);
        edit(packet, eth -> {
            final long ip = eth + IP;
            Ipv6Layout.setVersionClassLabel(ip, 0, 0);
            Ipv6Layout.setPayloadLength(ip, packet.length - IP - Ipv6Layout.HEADER_BYTES);
            Ipv6Layout.setNextHeader(ip, IpProtocol.UDP);
            Ipv6Layout.setHopLimit(ip, TTL);
            Ipv6Layout.setSource(ip, from.high(), from.low());
            Ipv6Layout.setDestination(ip, to.high(), to.low());
            final long udp = ip + Ipv6Layout.HEADER_BYTES;
            udp(udp, packet.length - IP - Ipv6Layout.HEADER_BYTES);
            Checksum.writeUdp6(ip, udp, packet.length - IP - Ipv6Layout.HEADER_BYTES);
        });
        return packet;
    }

    /** A broadcast frame of type ARP; what it asks does not matter here. */
    public static byte[] arp() {
        final byte[] packet = ethernet(0x0806, 28);
        Arrays.fill(packet, 0, EthernetLayout.MAC_BYTES, (byte) 0xFF);
        return packet;
    }

    /** A frame to the first port with a payload of zeros. */
    public static byte[] ethernet(final int type, final int payloadBytes) {
        final byte[] packet = new byte[IP + payloadBytes];
        edit(packet, eth -> {
            EthernetLayout.setAddresses(eth, PORT_MAC, HOST_MAC);
            EthernetLayout.setEtherType(eth, type);
        });
        return packet;
    }

    /** Changes an IPv4 packet's header and corrects its checksum. */
    public static byte[] editIpv4(final byte[] packet, final LongConsumer editor) {
        return edit(packet, eth -> {
            editor.accept(eth + IP);
            Checksum.writeIpv4(eth + IP, Ipv4Layout.headerBytes(eth + IP));
        });
    }

    /** Changes a packet in place through the layouts; the address is the Ethernet header's. */
    public static byte[] edit(final byte[] packet, final LongConsumer editor) {
        try (MappedMemory memory = MappedMemory.reserve(MAX_BYTES, MappedMemory.Pages.NORMAL)) {
            Memory.copyFromArray(packet, 0, memory.address(), packet.length);
            editor.accept(memory.address());
            Memory.copyToArray(memory.address(), packet, 0, packet.length);
        }
        return packet;
    }

    /** The packet with bytes put in at an offset. */
    public static byte[] insert(final byte[] packet, final int at, final int... bytes) {
        final byte[] longer = Arrays.copyOf(packet, packet.length + bytes.length);
        System.arraycopy(packet, at, longer, at + bytes.length, packet.length - at);
        for (int i = 0; i < bytes.length; i++) {
            longer[at + i] = (byte) bytes[i];
        }
        return longer;
    }

    private static void udp(final long udp, final int bytes) {
        UdpLayout.setSourcePort(udp, 1000);
        UdpLayout.setDestinationPort(udp, 2000);
        UdpLayout.setLength(udp, bytes);
        for (int i = UdpLayout.HEADER_BYTES; i < bytes; i++) {
            Memory.putByte(udp + i, (byte) i);
        }
    }
}
