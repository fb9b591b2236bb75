package io.penstock.dataplane.rehearsal;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.os.sys.MappedMemory;
import java.util.SplittableRandom;

/**
 * Packets of both families, protocols and many flows in memory, a few of them fragments, too old, or cut off: most meet some rule of
 * {@link RehearsalRules}.
 *
 * <p>Threads: written by the one that makes it, then only read.
 */
final class RehearsalPackets implements AutoCloseable {

    /** Bytes of a slot; a multiple of a cache line. */
    static final int SLOT_BYTES = 128;
    /** The port that they come to. */
    static final long PORT_MAC = 0x0200_0000_0001L;

    private static final int PACKETS = 1 << 12;
    private static final int FRAME_BYTES = 100;
    private static final long SENDER_MAC = 0x0200_0000_0002L;
    private static final int SOURCES = 0x0A01_0000;
    private static final int DESTINATIONS = 0x0A02_0000;
    private static final long SOURCES6 = 0x2001_0DB8_0001_0000L;
    private static final long DESTINATIONS6 = 0x2001_0DB8_0002_0000L;
    private static final int HOSTS = 64;
    private static final int PORTS = 64;
    private static final int FIRST_PORT = 60;
    private static final int TTL = 64;
    /** One in so many is a fragment, one too old, one cut off. */
    private static final int RARE = 50;
    private static final int UDP_LENGTH = 4;
    private static final int UDP_CHECKSUM = 6;

    private final MappedMemory memory = MappedMemory.reserve((long) PACKETS * SLOT_BYTES, MappedMemory.Pages.NORMAL);
    private final int[] lengths = new int[PACKETS];
    private final SplittableRandom random = new SplittableRandom(1);

    RehearsalPackets() {
        for (int i = 0; i < PACKETS; i++) {
            lengths[i] = FRAME_BYTES;
            write(i, memory.address() + (long) i * SLOT_BYTES, (i & 1) == 0);
        }
    }

    long address() {
        return memory.address();
    }

    int[] lengths() {
        return lengths;
    }

    @Override
    public void close() {
        memory.close();
    }

    private void write(final int packet, final long frame, final boolean ipv6) {
        EthernetLayout.setAddresses(frame, PORT_MAC, SENDER_MAC);
        EthernetLayout.setEtherType(frame, ipv6 ? EthernetLayout.TYPE_IPV6 : EthernetLayout.TYPE_IPV4);
        final long ip = frame + EthernetLayout.HEADER_BYTES;
        final int protocol = switch (random.nextInt(8)) {
            case 0 -> ipv6 ? IpProtocol.ICMPV6 : IpProtocol.ICMP;
            case 1, 2, 3 -> IpProtocol.UDP;
            default -> IpProtocol.TCP;
        };
        final int ttl = random.nextInt(RARE) == 0 ? 1 : 2 + random.nextInt(TTL);
        final int ipBytes = ipv6 ? Ipv6Layout.HEADER_BYTES : Ipv4Layout.HEADER_BYTES;
        final long l4 = ip + ipBytes;
        final int l4Bytes = FRAME_BYTES - EthernetLayout.HEADER_BYTES - ipBytes;
        if (ipv6) {
            Ipv6Layout.setVersionClassLabel(ip, 0, 0);
            Ipv6Layout.setPayloadLength(ip, l4Bytes);
            Ipv6Layout.setNextHeader(ip, protocol);
            Ipv6Layout.setHopLimit(ip, ttl);
            Ipv6Layout.setSource(ip, SOURCES6, 1 + random.nextInt(HOSTS));
            Ipv6Layout.setDestination(ip, DESTINATIONS6, 1 + random.nextInt(HOSTS));
        } else {
            Ipv4Layout.setHeaderBytes(ip, Ipv4Layout.HEADER_BYTES);
            Ipv4Layout.setTotalLength(ip, Ipv4Layout.HEADER_BYTES + l4Bytes);
            Ipv4Layout.setFragmentWord(ip, random.nextInt(RARE) == 0
                    ? random.nextBoolean() ? Ipv4Layout.MORE_FRAGMENTS : 8 : Ipv4Layout.DONT_FRAGMENT);
            Ipv4Layout.setTtl(ip, ttl);
            Ipv4Layout.setProtocol(ip, protocol);
            Ipv4Layout.setSource(ip, SOURCES + 1 + random.nextInt(HOSTS));
            Ipv4Layout.setDestination(ip, DESTINATIONS + 1 + random.nextInt(HOSTS));
            Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
        }
        ports(l4, l4Bytes, protocol);
        if (random.nextInt(RARE) == 0) {
            // The IP length says more than there is.
            lengths[packet] -= l4Bytes;
        }
    }

    private void ports(final long l4, final int l4Bytes, final int protocol) {
        if (protocol == IpProtocol.TCP) {
            TcpLayout.setHeaderBytes(l4, TcpLayout.HEADER_BYTES);
            TcpLayout.setFlags(l4, random.nextInt(4) == 0 ? TcpLayout.SYN : TcpLayout.ACK);
        } else if (protocol == IpProtocol.UDP) {
            Memory.putShort(l4 + UDP_LENGTH, (short) 0);
            UdpLayout.setLength(l4, l4Bytes);
            Memory.putShort(l4 + UDP_CHECKSUM, (short) 0);
        } else {
            return;
        }
        TcpLayout.setSourcePort(l4, FIRST_PORT + random.nextInt(PORTS));
        TcpLayout.setDestinationPort(l4, FIRST_PORT + random.nextInt(PORTS));
    }
}
