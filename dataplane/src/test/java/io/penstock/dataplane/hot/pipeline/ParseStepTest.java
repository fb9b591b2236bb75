package io.penstock.dataplane.hot.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.UdpLayout;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the parser drops, each for its own reason, and what it finds in the others. */
class ParseStepTest {

    private static final String TO4 = "10.1.0.5";
    private static final String TO6 = "2001:db8:1::5";
    private static final int IP = Packets.IP;

    private final TestEngine engine = new TestEngine();

    @AfterEach
    void close() {
        engine.assertBooks();
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 13})
    void shouldDropWhenTheEthernetHeaderIsCut(final int bytes) {
        assertEquals("dropped frame_truncated", receive(new byte[bytes]));
    }

    @Test
    void shouldDropWhatIsForAnotherHost() {
        assertEquals("dropped frame_other_host",
                receive(Packets.edit(Packets.udp4(TO4), eth -> EthernetLayout.setDestination(eth, 0x0200_0000_0A77L))));
    }

    @Test
    void shouldTakeEveryUnicastFrameWhenThePortHasNoAddress() {
        engine.receive(TestEngine.DMZ,
                Packets.edit(Packets.udp4(TO4), eth -> EthernetLayout.setDestination(eth, 0x0200_0000_0A77L)));
        assertEquals("forwarded", engine.outcome(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {TestEngine.LAN, TestEngine.DMZ})
    void shouldDropMulticastAndBroadcastFrames(final int port) {
        for (final long mac : new long[] {EthernetLayout.BROADCAST, 0x0100_5E00_0001L, 0x3333_0000_0001L}) {
            engine.receive(port, Packets.edit(Packets.udp4(TO4), eth -> EthernetLayout.setDestination(eth, mac)));
            assertEquals("dropped frame_multicast", engine.outcome(0));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0000, 0x05DC, 0x8100, 0x88A8, 0x8847, 0xFFFF})
    void shouldDropOtherProtocols(final int type) {
        assertEquals("dropped frame_protocol", receive(Packets.ethernet(type, 50)));
    }

    @Test
    void shouldPassArpOnlyWhenItIsReceived() {
        assertEquals("delivered", receive(Packets.arp()));
        assertEquals("delivered", receive(Packets.ethernet(EthernetLayout.TYPE_ARP, 46)));
        engine.originate(Packets.ethernet(EthernetLayout.TYPE_ARP, 46));
        assertEquals("dropped frame_protocol", engine.outcome(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 19})
    void shouldDropWhenTheIpv4HeaderIsCut(final int bytes) {
        assertEquals("dropped ipv4_truncated", receive(Arrays.copyOf(Packets.udp4(TO4), IP + bytes)));
    }

    @ParameterizedTest
    @CsvSource({"0x65, ipv4_version", "0x05, ipv4_version", "0x64, ipv4_version", "0x44, ipv4_header_length",
        "0x40, ipv4_header_length", "0x4F, ipv4_header_length", "0x46, ipv4_checksum"})
    void shouldDropWhenTheFirstByteOfIpv4IsWrong(final String first, final String reason) {
        final byte[] packet = Packets.udp4(TO4);
        packet[IP] = (byte) (int) Integer.decode(first);
        assertEquals("dropped " + reason, receive(packet));
    }

    @Test
    void shouldDropWhenTheIpv4ChecksumIsWrong() {
        for (int at = IP + 1; at < IP + Ipv4Layout.HEADER_BYTES; at++) {
            final byte[] packet = Packets.udp4(TO4);
            packet[at] ^= 0x10;
            assertEquals("dropped ipv4_checksum", receive(packet), "byte " + at);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 19, 37, 0xFFFF})
    void shouldDropWhenTheIpv4TotalLengthIsWrong(final int total) {
        assertEquals("dropped ipv4_total_length",
                receive(Packets.editIpv4(Packets.udp4(TO4), ip -> Ipv4Layout.setTotalLength(ip, total))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "224.0.0.1", "239.255.255.255", "255.255.255.255", "0.0.0.0"})
    void shouldDropWhenTheIpv4SourceCannotSend(final String source) {
        assertEquals("dropped ipv4_martian_source", receive(Packets.udp4(source, TO4, 8)));
    }

    @Test
    void shouldTakeAClientsFirstWords() {
        engine.route("255.255.255.255", 32, engine.kind(AdjacencyKind.BROADCAST, 4));
        assertEquals("delivered", receive(Packets.udp4("0.0.0.0", "255.255.255.255", 8)));
        assertEquals("delivered", receive(Packets.udp4("0.0.0.1", "255.255.255.255", 8)));
        assertEquals("delivered", receive(Packets.udp4("0.0.0.0", "0.0.0.0", 8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"240.0.0.1", "255.255.255.254", "0.0.0.7", "1.0.0.1", "126.0.0.1", "128.0.0.1", "223.255.255.255"})
    void shouldForwardFromWhereTheKernelDoes(final String source) {
        assertEquals("forwarded", receive(Packets.udp4(source, TO4, 8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0"})
    void shouldDropWhenTheIpv4DestinationCannotBeOnAWire(final String destination) {
        assertEquals("dropped ipv4_martian_destination", receive(Packets.udp4(destination)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 39})
    void shouldDropWhenTheIpv6HeaderIsCut(final int bytes) {
        assertEquals("dropped ipv6_truncated", receive(Arrays.copyOf(Packets.udp6(TO6), IP + bytes)));
    }

    @Test
    void shouldDropWhenTheIpv6VersionIsWrong() {
        final byte[] packet = Packets.udp6(TO6);
        packet[IP] = 0x45;
        assertEquals("dropped ipv6_version", receive(packet));
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 0xFFFF})
    void shouldDropWhenTheIpv6PayloadLengthIsWrong(final int bytes) {
        assertEquals("dropped ipv6_payload_length",
                receive(Packets.edit(Packets.udp6(TO6), eth -> Ipv6Layout.setPayloadLength(eth + IP, bytes))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"::", "::1", "ff02::1"})
    void shouldDropWhenTheIpv6SourceCannotSend(final String source) {
        assertEquals("dropped ipv6_martian_source", receive(Packets.udp6(source, TO6, 8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"::2", "::1:0:0", "::ffff:10.0.0.1", "64:ff9b::1", "fd00::1"})
    void shouldTakeOtherIpv6Sources(final String source) {
        assertEquals("forwarded", receive(Packets.udp6(source, TO6, 8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"::1", "ff01::1", "ff00::5", "ff10::5"})
    void shouldDropWhenTheIpv6DestinationCannotBeOnAWire(final String destination) {
        assertEquals("dropped ipv6_martian_destination", receive(Packets.udp6(destination)));
    }

    @Test
    void shouldTakeIpv6ExtensionHeadersThatNobodyOnTheWayReads() {
        assertEquals("dropped ipv6_hop_by_hop", receive(extended(IpProtocol.HOP_BY_HOP, IpProtocol.UDP, 200, 0, 0, 0, 0, 0, 0)));
        final byte[] packet = Packets.ethernet(EthernetLayout.TYPE_IPV6, Ipv6Layout.HEADER_BYTES);
        System.arraycopy(Packets.udp6(TO6), 0, packet, 0, packet.length);
        assertEquals("forwarded", receive(Packets.edit(packet, eth -> {
            Ipv6Layout.setPayloadLength(eth + IP, 0);
            Ipv6Layout.setNextHeader(eth + IP, IpProtocol.DESTINATION_OPTIONS);
        })));
        assertParsed(10, IpProtocol.NO_NEXT_HEADER, 54, 54, Batch.NO_TRANSPORT);
    }

    @Test
    void shouldFindTheTransportHeaderOfIpv4() {
        assertEquals("forwarded", receive(Packets.udp4(TO4)));
        assertParsed(2, IpProtocol.UDP, 34, 50, 0);
    }

    @ParameterizedTest
    @CsvSource({"148, forwarded", "131, dropped source_route", "137, dropped source_route", "68, dropped ipv4_options"})
    void shouldRefuseSourceRoutesAndTakeOtherIpv4Options(final int kind, final String outcome) {
        assertEquals(outcome, receive(withOption(kind, 4)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 200})
    void shouldDropWhenAnIpv4OptionsLengthLies(final int length) {
        assertEquals("dropped ipv4_options", receive(withOption(Ipv4Layout.OPTION_TIMESTAMP, length)));
    }

    private static byte[] withOption(final int kind, final int length) {
        return Packets.editIpv4(
                Packets.insert(Packets.udp4(TO4), Packets.IP + Ipv4Layout.HEADER_BYTES, kind, length, 4, 0), ip -> {
                    Ipv4Layout.setHeaderBytes(ip, Ipv4Layout.HEADER_BYTES + 4);
                    Ipv4Layout.setTotalLength(ip, Ipv4Layout.totalLength(ip) + 4);
                });
    }

    @Test
    void shouldFindTheTransportHeaderBehindIpv4Options() {
        final byte[] packet = Packets.insert(Packets.udp4(TO4), IP + Ipv4Layout.HEADER_BYTES, 1, 1, 1, 1, 1, 1, 1, 0);
        assertEquals("forwarded", receive(Packets.editIpv4(packet, ip -> {
            Ipv4Layout.setHeaderBytes(ip, 28);
            Ipv4Layout.setTotalLength(ip, packet.length - IP);
        })));
        assertParsed(2, IpProtocol.UDP, 42, 58, Batch.OPTIONS | Batch.DECREMENTED);
    }

    @Test
    void shouldFindTheTransportHeaderBehindIpv6Extensions() {
        assertEquals("forwarded", receive(extended(IpProtocol.HOP_BY_HOP, IpProtocol.UDP, 0, 1, 4, 0, 0, 0, 0)));
        assertParsed(10, IpProtocol.UDP, 62, 78, 0);
    }

    @Test
    void shouldTakeAProtocolThatItDoesNotKnow() {
        assertEquals("forwarded",
                receive(Packets.edit(Packets.udp6(TO6), eth -> Ipv6Layout.setNextHeader(eth + IP, 253))));
        assertParsed(10, 253, 54, 70, 0);
        assertEquals("forwarded", receive(Packets.editIpv4(Packets.udp4(TO4), ip -> Ipv4Layout.setProtocol(ip, 253))));
        assertParsed(2, 253, 34, 50, 0);
    }

    @ParameterizedTest
    @CsvSource({"0x0000, 0", "0x4000, 0", "0x2000, 8", "0x2001, 10", "0x0001, 10"})
    void shouldTellFragmentsOfIpv4(final String word, final int flags) {
        assertEquals("forwarded", receive(
                Packets.editIpv4(Packets.udp4(TO4), ip -> Ipv4Layout.setFragmentWord(ip, Integer.decode(word)))));
        assertParsed(2, IpProtocol.UDP, 34, 50, flags);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "0, 1, 8", "1, 1, 10", "1, 0, 10"})
    void shouldTellFragmentsOfIpv6(final int offset, final int more, final int flags) {
        assertEquals("forwarded",
                receive(extended(IpProtocol.FRAGMENT, IpProtocol.UDP, 0, 0, offset << 3 | more, 0, 0, 0, 1)));
        assertParsed(10, IpProtocol.UDP, 62, 78, flags);
    }

    @Test
    void shouldCutEthernetPadding() {
        final byte[] padded4 = Arrays.copyOf(Packets.udp4("10.0.0.1", TO4, 2), 60);
        final byte[] padded6 = Arrays.copyOf(Packets.udp6(TO6), 90);
        assertEquals("forwarded", receive(padded4));
        assertParsed(2, IpProtocol.UDP, 34, 44, 0);
        assertEquals(44, engine.ports[TestEngine.WAN].sent.getLast().length);
        assertEquals("forwarded", receive(padded6));
        assertParsed(10, IpProtocol.UDP, 54, 70, 0);
        assertEquals(70, engine.ports[TestEngine.WAN].sent.getLast().length);
    }

    @Test
    void shouldCompleteChecksumsThatAreOnlyBegun() {
        final byte[] whole4 = Packets.udp4(TO4);
        final byte[] whole6 = Packets.udp6(TO6);
        assertEquals("forwarded", receive(begun(Packets.udp4(TO4), true)));
        assertParsed(2, IpProtocol.UDP, 34, 50, 0);
        assertEquals("forwarded", receive(begun(Packets.udp6(TO6), false)));
        assertEquals(2, engine.counters().partialChecksums);
        assertEquals(udpChecksum(whole4, 34), udpChecksum(engine.ports[TestEngine.WAN].sent.get(0), 34));
        assertEquals(udpChecksum(whole6, 54), udpChecksum(engine.ports[TestEngine.WAN].sent.get(1), 54));
    }

    @Test
    void shouldLeaveChecksumsAloneWhereNoneCanBeBegun() {
        engine.namespace.portTable().partialChecksums(TestEngine.LAN, false);
        final byte[] begun = begun(Packets.udp4(TO4), true);
        assertEquals("forwarded", receive(begun.clone()));
        assertEquals(0, engine.counters().partialChecksums);
        assertEquals(udpChecksum(begun, 34), udpChecksum(engine.ports[TestEngine.WAN].sent.getFirst(), 34));
    }

    @Test
    void shouldNotCompleteAFragmentsChecksum() {
        final byte[] begun = Packets.editIpv4(begun(Packets.udp4(TO4), true), ip -> Ipv4Layout.setFragmentWord(ip, 0x2000));
        assertEquals("forwarded", receive(begun.clone()));
        assertEquals(0, engine.counters().partialChecksums);
    }

    @Test
    void shouldTakeATransportHeaderThatIsCut() {
        for (int bytes = 0; bytes < UdpLayout.HEADER_BYTES; bytes++) {
            final int total = Ipv4Layout.HEADER_BYTES + bytes;
            assertEquals("forwarded", receive(Arrays.copyOf(
                    Packets.editIpv4(Packets.udp4(TO4), ip -> Ipv4Layout.setTotalLength(ip, total)), IP + total)));
        }
    }

    @Test
    void shouldParseABatchWhosePacketsDiffer() {
        engine.receive(TestEngine.LAN, Packets.udp4(TO4), new byte[3], Packets.udp6(TO6), Packets.arp(), Packets.udp6("::1"));
        assertEquals("forwarded, dropped frame_truncated, forwarded, delivered, dropped ipv6_martian_destination",
                String.join(", ", engine.outcome(0), engine.outcome(1), engine.outcome(2), engine.outcome(3), engine.outcome(4)));
    }

    private String receive(final byte[] packet) {
        engine.receive(TestEngine.LAN, packet);
        return engine.outcome(0);
    }

    private void assertParsed(final int family, final int protocol, final int transport, final int length, final int flags) {
        final Batch b = engine.batch;
        assertEquals("family=" + family + " network=14 protocol=" + protocol + " transport=" + transport + " length=" + length
                + " flags=" + flags, "family=" + b.family[0] + " network=" + b.network[0] + " protocol=" + b.protocol[0]
                + " transport=" + b.transport[0] + " length=" + b.length[0] + " flags=" + b.flags[0]);
    }

    /** UDP over IPv6 behind one extension header of 8 bytes, whose bytes after the next header are given. */
    private static byte[] extended(final int header, final int next, final int... bytes) {
        final int[] whole = new int[8];
        whole[0] = next;
        System.arraycopy(bytes, 0, whole, 1, bytes.length);
        final byte[] packet = Packets.insert(Packets.udp6(TO6), IP + Ipv6Layout.HEADER_BYTES, whole);
        return Packets.edit(packet, eth -> {
            Ipv6Layout.setNextHeader(eth + IP, header);
            Ipv6Layout.setPayloadLength(eth + IP, packet.length - IP - Ipv6Layout.HEADER_BYTES);
        });
    }

    /** The packet with only the pseudo-header's sum in the checksum's place. */
    private static byte[] begun(final byte[] packet, final boolean ipv4) {
        return Packets.edit(packet, eth -> {
            final long ip = eth + IP;
            final long udp = ip + (ipv4 ? Ipv4Layout.HEADER_BYTES : Ipv6Layout.HEADER_BYTES);
            final int bytes = (int) (eth + packet.length - udp);
            final long sum = ipv4 ? Checksum.pseudo4(ip, IpProtocol.UDP, bytes) : Checksum.pseudo6(ip, IpProtocol.UDP, bytes);
            Memory.putShort(udp + UdpLayout.CHECKSUM, Checksum.fold(sum));
        });
    }

    private static int udpChecksum(final byte[] packet, final int udp) {
        return (packet[udp + UdpLayout.CHECKSUM] & 0xFF) << 8 | packet[udp + UdpLayout.CHECKSUM + 1] & 0xFF;
    }
}
