package io.penstock.dataplane.hot.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.sys.MappedMemory;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpJoinerTest {

    private static final int FRAME_BYTES = 2048;
    private static final int HEADROOM = 256;
    private static final int TCP_BYTES = 32;
    private static final int SEGMENT = 1000;
    private static final int FIRST_SEQUENCE = 0xFFFF_FF00;
    private static final int VIRTIO_BYTES = 10;

    private final TxQueue queue = new TxQueue(true);
    private MappedMemory memory;
    private TcpJoiner joiner;
    private boolean ipv6;

    @BeforeEach
    void make() {
        memory = MappedMemory.reserve(8 * FRAME_BYTES, MappedMemory.Pages.NORMAL);
        joiner = new TcpJoiner(memory.address() + 7 * FRAME_BYTES);
    }

    @AfterEach
    void free() {
        memory.close();
    }

    @Test
    void shouldJoinWhenSegmentsFollowEachOther() {
        for (final boolean family : new boolean[] {false, true}) {
            ipv6 = family;
            queue.count = 0;
            add(SEGMENT, TcpLayout.ACK, true);
            add(SEGMENT, TcpLayout.ACK, true);
            add(1, TcpLayout.ACK | TcpLayout.PSH, true);
            final int l4 = l4();

            assertEquals(3, joiner.join(queue, 0));

            final long frame = queue.frame[0];
            final long ip = frame + EthernetLayout.HEADER_BYTES;
            final int tcpBytes = TCP_BYTES + 2 * SEGMENT + 1;
            if (ipv6) {
                assertEquals(tcpBytes, Ipv6Layout.payloadLength(ip));
                assertEquals(Checksum.fold(Checksum.pseudo6(ip, IpProtocol.TCP, tcpBytes)), checksum(frame));
            } else {
                assertEquals(Ipv4Layout.HEADER_BYTES + tcpBytes, Ipv4Layout.totalLength(ip));
                assertTrue(Checksum.verifyIpv4(ip));
                assertEquals(Checksum.fold(Checksum.pseudo4(ip, IpProtocol.TCP, tcpBytes)), checksum(frame));
            }
            assertEquals(TcpLayout.ACK | TcpLayout.PSH, TcpLayout.flags(frame + l4));
            assertEquals(FIRST_SEQUENCE, TcpLayout.sequence(frame + l4));
            final long header = frame - VIRTIO_BYTES;
            assertEquals(1, Memory.getByte(header), "needs a checksum");
            assertEquals(ipv6 ? 4 : 1, Memory.getByte(header + 1), "kind");
            assertEquals(l4 + TCP_BYTES, Memory.getUnsignedShort(header + 2), "headers");
            assertEquals(SEGMENT, Memory.getUnsignedShort(header + 4), "segment");
            assertEquals(l4, Memory.getUnsignedShort(header + 6), "checksum start");
            assertEquals(TcpLayout.CHECKSUM, Memory.getUnsignedShort(header + 8), "checksum offset");
            assertPiece(0, header, VIRTIO_BYTES + l4 + TCP_BYTES + SEGMENT);
            assertPiece(1, queue.frame[1] + l4 + TCP_BYTES, SEGMENT);
            assertPiece(2, queue.frame[2] + l4 + TCP_BYTES, 1);
        }
    }

    @Test
    void shouldJoinWhenChecksumsAreCompleteAndRight() {
        for (final boolean family : new boolean[] {false, true}) {
            ipv6 = family;
            queue.count = 0;
            add(SEGMENT, TcpLayout.ACK, false);
            add(SEGMENT, TcpLayout.ACK, false);
            assertEquals(2, joiner.join(queue, 0));
        }
    }

    @Test
    void shouldLeaveToTheKernelWhenAChecksumIsWrong() {
        for (int broken = 0; broken < 2; broken++) {
            queue.count = 0;
            add(SEGMENT, TcpLayout.ACK, false);
            add(SEGMENT, TcpLayout.ACK, false);
            final long payload = queue.frame[broken] + l4() + TCP_BYTES;
            Memory.putByte(payload, (byte) ~Memory.getByte(payload));
            assertEquals(1, joiner.join(queue, 0));
        }
    }

    @Test
    void shouldEndWhenASegmentIsShortOrPushed() {
        add(SEGMENT, TcpLayout.ACK, true);
        add(SEGMENT - 1, TcpLayout.ACK, true);
        add(SEGMENT - 1, TcpLayout.ACK, true);
        add(SEGMENT - 1, TcpLayout.ACK | TcpLayout.PSH, true);
        add(SEGMENT - 1, TcpLayout.ACK, true);
        assertEquals(2, joiner.join(queue, 0));
        assertEquals(2, joiner.join(queue, 2));
        assertEquals(1, joiner.join(queue, 4));
    }

    @Test
    void shouldNotJoinWhenAnythingDiffers() {
        stays(frame -> TcpLayout.setSequence(frame + l4(), TcpLayout.sequence(frame + l4()) + 1));
        stays(frame -> TcpLayout.setAcknowledgment(frame + l4(), 8));
        stays(frame -> TcpLayout.setWindow(frame + l4(), 8));
        stays(frame -> TcpLayout.setSourcePort(frame + l4(), 8));
        stays(frame -> TcpLayout.setDestinationPort(frame + l4(), 8));
        stays(frame -> TcpLayout.setHeaderBytes(frame + l4(), 28));
        stays(frame -> Memory.putByte(frame + l4() + TCP_BYTES - 1, (byte) 9));
        for (final int flag : new int[] {
            TcpLayout.FIN, TcpLayout.SYN, TcpLayout.RST, TcpLayout.URG, TcpLayout.ECE, TcpLayout.CWR}) {
            stays(frame -> TcpLayout.setFlags(frame + l4(), TcpLayout.ACK | flag));
        }
        stays(frame -> EthernetLayout.setSource(frame, 8));
        stays(frame -> EthernetLayout.setDestination(frame, 8));
        stays(_ -> queue.mark[1] = 8);
        stays(_ -> queue.inPort[1] = 8);
        stays(_ -> queue.protocol[1] = IpProtocol.UDP);
        stays(_ -> queue.length[1]++);
        ipv6 = false;
        stays(frame -> Ipv4Layout.setId(frame + 14, 1));
        stays(frame -> Ipv4Layout.setTos(frame + 14, 1));
        stays(frame -> Ipv4Layout.setTtl(frame + 14, 1));
        stays(frame -> Ipv4Layout.setSource(frame + 14, 1));
        stays(frame -> Ipv4Layout.setDestination(frame + 14, 1));
        stays(frame -> Ipv4Layout.setFragmentWord(frame + 14, 0));
        ipv6 = true;
        stays(frame -> Ipv6Layout.setHopLimit(frame + 14, 1));
        stays(frame -> Ipv6Layout.setFlowLabel(frame + 14, 1));
        stays(frame -> Ipv6Layout.setTrafficClass(frame + 14, 1));
        stays(frame -> Ipv6Layout.setSource(frame + 14, 1, 1));
        stays(frame -> Ipv6Layout.setDestination(frame + 14, 1, 1));
    }

    @Test
    void shouldNotJoinWhenTheFirstIsOutOfTheOrdinary() {
        first(frame -> TcpLayout.setFlags(frame + l4(), TcpLayout.ACK | TcpLayout.PSH));
        first(frame -> TcpLayout.setFlags(frame + l4(), TcpLayout.SYN));
        first(frame -> TcpLayout.setHeaderBytes(frame + l4(), 16));
        first(frame -> Ipv4Layout.setFragmentWord(frame + 14, Ipv4Layout.MORE_FRAGMENTS));
        first(frame -> Ipv4Layout.setHeaderBytes(frame + 14, 24));
        first(frame -> EthernetLayout.setEtherType(frame, EthernetLayout.TYPE_ARP));
        first(_ -> queue.length[0] = l4() + TCP_BYTES);
        first(_ -> queue.length[1] = l4() + TCP_BYTES);
    }

    private void stays(final LongConsumer change) {
        pair(change, 1);
    }

    private void first(final LongConsumer change) {
        ipv6 = false;
        pair(change, 0);
    }

    private void pair(final LongConsumer change, final int which) {
        queue.count = 0;
        add(SEGMENT, TcpLayout.ACK, true);
        add(SEGMENT, TcpLayout.ACK, true);
        change.accept(queue.frame[which]);
        assertEquals(1, joiner.join(queue, 0));
    }

    private void add(final int payload, final int flags, final boolean partial) {
        final int at = queue.count;
        final long frame = memory.address() + (long) at * FRAME_BYTES + HEADROOM;
        final long ip = frame + EthernetLayout.HEADER_BYTES;
        final int l4 = l4();
        final long tcp = frame + l4;
        final int tcpBytes = TCP_BYTES + payload;
        Memory.fill(frame, FRAME_BYTES - HEADROOM, (byte) (at + 1));
        EthernetLayout.setAddresses(frame, 0x0200_0000_0001L, 0x0200_0000_0002L);
        if (ipv6) {
            EthernetLayout.setEtherType(frame, EthernetLayout.TYPE_IPV6);
            Ipv6Layout.setVersionClassLabel(ip, 0, 7);
            Ipv6Layout.setPayloadLength(ip, tcpBytes);
            Ipv6Layout.setNextHeader(ip, IpProtocol.TCP);
            Ipv6Layout.setHopLimit(ip, 64);
            Ipv6Layout.setSource(ip, 0xFD01L << 48, 2);
            Ipv6Layout.setDestination(ip, 0xFD01L << 48, 1);
        } else {
            EthernetLayout.setEtherType(frame, EthernetLayout.TYPE_IPV4);
            Memory.putByte(ip, (byte) Ipv4Layout.VERSION_4_IHL_5);
            Ipv4Layout.setTos(ip, 0);
            Ipv4Layout.setTotalLength(ip, Ipv4Layout.HEADER_BYTES + tcpBytes);
            Ipv4Layout.setId(ip, 0xFFFF + at);
            Ipv4Layout.setFragmentWord(ip, Ipv4Layout.DONT_FRAGMENT);
            Ipv4Layout.setTtl(ip, 64);
            Ipv4Layout.setProtocol(ip, IpProtocol.TCP);
            Ipv4Layout.setSource(ip, 0x0A01_0002);
            Ipv4Layout.setDestination(ip, 0x0A01_0001);
            Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
        }
        final int sequence = at == 0 ? FIRST_SEQUENCE
                : TcpLayout.sequence(queue.frame[at - 1] + l4) + queue.length[at - 1] - l4 - TCP_BYTES;
        Memory.fill(tcp, TCP_BYTES, (byte) 1);
        TcpLayout.setSequence(tcp, sequence);
        Memory.putByte(tcp + TcpLayout.DATA_OFFSET, (byte) 0);
        TcpLayout.setHeaderBytes(tcp, TCP_BYTES);
        TcpLayout.setFlags(tcp, flags);
        if (partial) {
            Memory.putShort(tcp + TcpLayout.CHECKSUM, Checksum.fold(ipv6
                    ? Checksum.pseudo6(ip, IpProtocol.TCP, tcpBytes) : Checksum.pseudo4(ip, IpProtocol.TCP, tcpBytes)));
        } else if (ipv6) {
            Checksum.writeTcp6(ip, tcp, tcpBytes);
        } else {
            Checksum.writeTcp4(ip, tcp, tcpBytes);
        }
        queue.inPort[at] = 3;
        queue.mark[at] = 0;
        queue.protocol[at] = IpProtocol.TCP;
        queue.transport[at] = partial ? l4 : 0;
        queue.add(frame, l4 + tcpBytes);
    }

    private int l4() {
        return EthernetLayout.HEADER_BYTES + (ipv6 ? Ipv6Layout.HEADER_BYTES : Ipv4Layout.HEADER_BYTES);
    }

    private int checksum(final long frame) {
        return Memory.getUnsignedShort(frame + l4() + TcpLayout.CHECKSUM);
    }

    private void assertPiece(final int index, final long address, final long bytes) {
        assertEquals(address, Memory.getLong(joiner.vectors() + index * 16L));
        assertEquals(bytes, Memory.getLong(joiner.vectors() + index * 16L + 8));
    }
}
