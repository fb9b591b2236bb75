package io.penstock.os.hot.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.os.hot.memory.Memory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reads packets whose fields are known, and writes the same bytes again field by field. */
final class LayoutTest {

    private static final String ETHERNET = "fe ff 20 00 01 00  00 00 01 00 00 00  08 00";
    /** The SYN of an HTTP connection, 145.254.160.237:3372 to 65.208.228.223:80. */
    private static final String IPV4 = "45 00 00 30  0f 41 40 00  80 06 91 eb  91 fe a0 ed  41 d0 e4 df";
    private static final String TCP = "0d 2c 00 50  38 af fe 13  00 00 00 00  70 02 22 38  c3 0c 00 00"
            + "02 04 05 b4 01 01 04 02";
    private static final String IPV6 = "6a b1 23 45 00 20 3a ff"
            + "fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 01 ff 02 00 00 00 00 00 00 00 00 00 01 ff 00 00 02";

    private final TestFrame frame = new TestFrame();

    @AfterEach
    void close() {
        frame.close();
    }

    @Test
    void shouldReadAndWriteEthernet() {
        final long eth = frame.putHex(ETHERNET);
        assertEquals(0xFEFF_2000_0100L, EthernetLayout.destination(eth));
        assertEquals(0x0000_0100_0000L, EthernetLayout.source(eth));
        assertEquals(EthernetLayout.TYPE_IPV4, EthernetLayout.etherType(eth));
        assertTrue(EthernetLayout.isDestination(eth, 0xFEFF_2000_0100L));
        assertFalse(EthernetLayout.isDestination(eth, 0xFEFF_2000_0101L));
        assertTrue(EthernetLayout.isSource(eth, 0x0000_0100_0000L));
        assertFalse(EthernetLayout.isSource(eth, 0x8000_0100_0000L));

        EthernetLayout.setDestination(eth, 0xA1A2_A3A4_A5A6L);
        EthernetLayout.setSource(eth, 0xB1B2_B3B4_B5B6L);
        EthernetLayout.setEtherType(eth, 0x86DD);
        assertEquals("a1a2a3a4a5a6b1b2b3b4b5b686dd", TestFrame.getHex(eth, 14));
        EthernetLayout.setAddresses(eth, 0xC1C2_C3C4_C5C6L, 0xD1D2_D3D4_D5D6L);
        assertEquals("c1c2c3c4c5c6d1d2d3d4d5d686dd", TestFrame.getHex(eth, 14));
    }

    @Test
    void shouldKnowGroupAddresses() {
        assertTrue(EthernetLayout.isMulticast(0x0100_5E00_0001L));
        assertTrue(EthernetLayout.isMulticast(EthernetLayout.BROADCAST));
        assertFalse(EthernetLayout.isMulticast(0xFEFF_2000_0100L));
        assertTrue(EthernetLayout.isBroadcast(0xFFFF_FFFF_FFFFL));
        assertFalse(EthernetLayout.isBroadcast(0xFFFF_FFFF_FFFEL));
    }

    @Test
    void shouldReadStackedTagsAndChangeOne() {
        final long eth = frame.putHex("0180c2000000 020000000001 88a8 6064 8100 b00a 0800");
        assertTrue(VlanLayout.isTag(EthernetLayout.etherType(eth)));
        final long outer = eth + EthernetLayout.HEADER_BYTES;
        assertEquals(100, VlanLayout.vid(outer));
        assertEquals(3, VlanLayout.pcp(outer));
        assertFalse(VlanLayout.isDropEligible(outer));
        assertTrue(VlanLayout.isTag(VlanLayout.etherType(outer)));
        final long inner = outer + VlanLayout.TAG_BYTES;
        assertEquals(0xB00A, VlanLayout.tci(inner));
        assertEquals(10, VlanLayout.vid(inner));
        assertEquals(5, VlanLayout.pcp(inner));
        assertTrue(VlanLayout.isDropEligible(inner));
        assertEquals(EthernetLayout.TYPE_IPV4, VlanLayout.etherType(inner));
        assertFalse(VlanLayout.isTag(VlanLayout.etherType(inner)));

        VlanLayout.setVid(inner, 4094);
        assertEquals("bffe0800", TestFrame.getHex(inner, 4));
        VlanLayout.setTci(inner, 0x2001);
        VlanLayout.setEtherType(inner, 0x86DD);
        assertEquals("200186dd", TestFrame.getHex(inner, 4));
    }

    @Test
    void shouldReadAndWriteArp() {
        final String packet = "0001080006040002020000000001c0000201020000000002c0000202";
        final long arp = frame.putHex(packet);
        assertTrue(ArpLayout.isIpv4OverEthernet(arp));
        assertEquals(ArpLayout.HARDWARE_ETHERNET, ArpLayout.hardwareType(arp));
        assertEquals(EthernetLayout.TYPE_IPV4, ArpLayout.protocolType(arp));
        assertEquals(6, ArpLayout.hardwareAddressBytes(arp));
        assertEquals(4, ArpLayout.protocolAddressBytes(arp));
        assertEquals(ArpLayout.REPLY, ArpLayout.operation(arp));
        assertEquals(0x0200_0000_0001L, ArpLayout.senderMac(arp));
        assertEquals(0xC000_0201, ArpLayout.senderIp(arp));
        assertEquals(0x0200_0000_0002L, ArpLayout.targetMac(arp));
        assertEquals(0xC000_0202, ArpLayout.targetIp(arp));

        final long copy = frame.put(new byte[ArpLayout.PACKET_BYTES]);
        ArpLayout.setIpv4OverEthernet(copy, ArpLayout.REQUEST);
        ArpLayout.setOperation(copy, ArpLayout.REPLY);
        ArpLayout.setSender(copy, 0x0200_0000_0001L, 0xC000_0201);
        ArpLayout.setTarget(copy, 0x0200_0000_0002L, 0xC000_0202);
        assertEquals(packet, TestFrame.getHex(copy, 28));
        assertFalse(ArpLayout.isIpv4OverEthernet(frame.putHex("0001 86dd 0604 0001")));
    }

    @Test
    void shouldReadAndWriteIpv4() {
        final long ip = frame.putHex(IPV4);
        assertEquals(4, Ipv4Layout.version(ip));
        assertEquals(20, Ipv4Layout.headerBytes(ip));
        assertEquals(48, Ipv4Layout.totalLength(ip));
        assertEquals(0x0F41, Ipv4Layout.id(ip));
        assertEquals(Ipv4Layout.DONT_FRAGMENT, Ipv4Layout.flags(ip));
        assertEquals(0, Ipv4Layout.fragmentOffset(ip));
        assertFalse(Ipv4Layout.isFragment(ip));
        assertEquals(128, Ipv4Layout.ttl(ip));
        assertEquals(IpProtocol.TCP, Ipv4Layout.protocol(ip));
        assertEquals(0x91EB, Ipv4Layout.checksum(ip));
        assertEquals(0x91FE_A0ED, Ipv4Layout.source(ip));
        assertEquals(0x41D0_E4DF, Ipv4Layout.destination(ip));
        assertTrue(Checksum.verifyIpv4(ip));

        final long copy = frame.put(new byte[20]);
        Ipv4Layout.setHeaderBytes(copy, 20);
        Ipv4Layout.setTotalLength(copy, 48);
        Ipv4Layout.setId(copy, 0x0F41);
        Ipv4Layout.setFragmentWord(copy, Ipv4Layout.DONT_FRAGMENT);
        Ipv4Layout.setTtl(copy, 128);
        Ipv4Layout.setProtocol(copy, IpProtocol.TCP);
        Ipv4Layout.setSource(copy, 0x91FE_A0ED);
        Ipv4Layout.setDestination(copy, 0x41D0_E4DF);
        Checksum.writeIpv4(copy, 20);
        assertEquals(IPV4.replace(" ", ""), TestFrame.getHex(copy, 20));
        Ipv4Layout.setTos(copy, 0xBB);
        Ipv4Layout.setFragmentWord(copy, Ipv4Layout.MORE_FRAGMENTS | 185);
        Ipv4Layout.setChecksum(copy, 0x1234);
        assertEquals(46, Ipv4Layout.dscp(copy));
        assertEquals(3, Ipv4Layout.ecn(copy));
        assertEquals(1480, Ipv4Layout.fragmentOffset(copy));
        assertEquals(Ipv4Layout.MORE_FRAGMENTS, Ipv4Layout.flags(copy));
        assertTrue(Ipv4Layout.isFragment(copy));
        assertEquals(0x1234, Ipv4Layout.checksum(copy));
    }

    @Test
    void shouldReadAndWriteIpv6() {
        final long ip = frame.putHex(IPV6);
        assertEquals(6, Ipv6Layout.version(ip));
        assertEquals(0xAB, Ipv6Layout.trafficClass(ip));
        assertEquals(0x2A, Ipv6Layout.dscp(ip));
        assertEquals(3, Ipv6Layout.ecn(ip));
        assertEquals(0x12345, Ipv6Layout.flowLabel(ip));
        assertEquals(32, Ipv6Layout.payloadLength(ip));
        assertEquals(IpProtocol.ICMPV6, Ipv6Layout.nextHeader(ip));
        assertEquals(255, Ipv6Layout.hopLimit(ip));
        assertEquals(0xFE80_0000_0000_0000L, Ipv6Layout.sourceHigh(ip));
        assertEquals(1, Ipv6Layout.sourceLow(ip));
        assertEquals(0xFF02_0000_0000_0000L, Ipv6Layout.destinationHigh(ip));
        assertEquals(0x0000_0001_FF00_0002L, Ipv6Layout.destinationLow(ip));

        final long copy = frame.put(new byte[40]);
        Ipv6Layout.setVersionClassLabel(copy, 0xFF, 0xFFFFF);
        Ipv6Layout.setTrafficClass(copy, 0xAB);
        Ipv6Layout.setFlowLabel(copy, 0x12345);
        Ipv6Layout.setPayloadLength(copy, 32);
        Ipv6Layout.setNextHeader(copy, IpProtocol.ICMPV6);
        Ipv6Layout.setHopLimit(copy, 255);
        Ipv6Layout.setSource(copy, 0xFE80_0000_0000_0000L, 1);
        Ipv6Layout.setDestination(copy, 0xFF02_0000_0000_0000L, 0x0000_0001_FF00_0002L);
        assertEquals(IPV6.replace(" ", ""), TestFrame.getHex(copy, 40));
        assertEquals(254, Ipv6Layout.decrementHopLimit(copy));
        assertEquals(254, Ipv6Layout.hopLimit(copy));
    }

    @Test
    void shouldReadAndWriteTcp() {
        final long tcp = frame.putHex(TCP);
        assertEquals(3372, TcpLayout.sourcePort(tcp));
        assertEquals(80, TcpLayout.destinationPort(tcp));
        assertEquals(951057939, TcpLayout.sequence(tcp));
        assertEquals(0, TcpLayout.acknowledgment(tcp));
        assertEquals(28, TcpLayout.headerBytes(tcp));
        assertEquals(TcpLayout.SYN, TcpLayout.flags(tcp));
        assertEquals(8760, TcpLayout.window(tcp));
        assertEquals(0xC30C, TcpLayout.checksum(tcp));

        final long copy = frame.put(new byte[20]);
        TcpLayout.setSourcePort(copy, 0xFFEE);
        TcpLayout.setDestinationPort(copy, 0xDDCC);
        TcpLayout.setSequence(copy, 0xA1A2_A3A4);
        TcpLayout.setAcknowledgment(copy, 0xB1B2_B3B4);
        TcpLayout.setHeaderBytes(copy, 60);
        TcpLayout.setFlags(copy, TcpLayout.CWR | TcpLayout.ECE | TcpLayout.URG | TcpLayout.FIN);
        TcpLayout.setWindow(copy, 0xC1C2);
        TcpLayout.setChecksum(copy, 0xD1D2);
        TcpLayout.setUrgent(copy, 0xE1E2);
        assertEquals("ffeeddcca1a2a3a4b1b2b3b4f0e1c1c2d1d2e1e2", TestFrame.getHex(copy, 20));
        assertEquals(60, TcpLayout.headerBytes(copy));
        assertEquals(0, TcpLayout.reserved(copy));
        assertEquals(0xE1E2, TcpLayout.urgent(copy));
        assertEquals(0xB1B2_B3B4, TcpLayout.acknowledgment(copy));
        assertEquals(0xF, TcpLayout.reserved(frame.putHex("000000000000000000000000 5f")));
    }

    @Test
    void shouldReadAndWriteUdp() {
        final long udp = frame.putHex("f2b40035 001c 8d21");
        assertEquals(62132, UdpLayout.sourcePort(udp));
        assertEquals(53, UdpLayout.destinationPort(udp));
        assertEquals(28, UdpLayout.length(udp));
        assertEquals(0x8D21, UdpLayout.checksum(udp));
        UdpLayout.setSourcePort(udp, 1);
        UdpLayout.setDestinationPort(udp, 0xFFFF);
        UdpLayout.setLength(udp, 8);
        UdpLayout.setChecksum(udp, 0xABCD);
        assertEquals("0001ffff0008abcd", TestFrame.getHex(udp, 8));
    }

    @Test
    void shouldReadAndWriteIcmp() {
        final long echo = frame.putHex("0800 4d5a 0001 0002");
        assertEquals(IcmpLayout.ECHO_REQUEST, IcmpLayout.type(echo));
        assertEquals(0, IcmpLayout.code(echo));
        assertEquals(0x4D5A, IcmpLayout.checksum(echo));
        assertEquals(1, IcmpLayout.id(echo));
        assertEquals(2, IcmpLayout.sequence(echo));
        IcmpLayout.setType(echo, IcmpLayout.ECHO_REPLY);
        IcmpLayout.setCode(echo, 9);
        IcmpLayout.setChecksum(echo, 0x1122);
        IcmpLayout.setId(echo, 0x3344);
        IcmpLayout.setSequence(echo, 0x5566);
        assertEquals("0009112233445566", TestFrame.getHex(echo, 8));
        IcmpLayout.setRest(echo, 1400);
        assertEquals(1400, IcmpLayout.mtu(echo));
        IcmpLayout.setRest(echo, 0x0A00_0001);
        assertEquals(0x0A00_0001, IcmpLayout.gateway(echo));
        assertEquals(10, IcmpLayout.pointer(echo));
    }

    @Test
    void shouldKnowWhichIcmpTypesAreErrors() {
        for (int type = 0; type < 256; type++) {
            final boolean error = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
            assertEquals(error, IcmpLayout.isError(type), "type=" + type);
            assertEquals(type < 128, Icmpv6Layout.isError(type), "type=" + type);
            assertEquals(type >= 133 && type <= 137, Icmpv6Layout.isNeighbourDiscovery(type), "type=" + type);
        }
    }

    @Test
    void shouldReadAndWriteIcmpv6() {
        final long icmp = frame.putHex("0200 1234 0000 0500");
        assertEquals(Icmpv6Layout.PACKET_TOO_BIG, Icmpv6Layout.type(icmp));
        assertEquals(0, Icmpv6Layout.code(icmp));
        assertEquals(0x1234, Icmpv6Layout.checksum(icmp));
        assertEquals(1280, Icmpv6Layout.mtu(icmp));
        assertEquals(1280, Icmpv6Layout.pointer(icmp));
        Icmpv6Layout.setType(icmp, Icmpv6Layout.ECHO_REPLY);
        Icmpv6Layout.setCode(icmp, 1);
        Icmpv6Layout.setChecksum(icmp, 0xABCD);
        Icmpv6Layout.setId(icmp, 7);
        Icmpv6Layout.setSequence(icmp, 8);
        assertEquals("8101abcd00070008", TestFrame.getHex(icmp, 8));
        assertEquals(7, Icmpv6Layout.id(icmp));
        assertEquals(8, Icmpv6Layout.sequence(icmp));
        Icmpv6Layout.setRest(icmp, 0);
        assertEquals(0, Icmpv6Layout.mtu(icmp));
    }

    @Test
    void shouldFindGreFieldsWhenFlagsVary() {
        final long all = frame.putHex("b000 0800 aaaa 0000 11223344 55667788");
        final int flags = GreLayout.flags(all);
        assertEquals(GreLayout.FLAG_CHECKSUM | GreLayout.FLAG_KEY | GreLayout.FLAG_SEQUENCE, flags);
        assertEquals(GreLayout.VERSION_0, GreLayout.version(flags));
        assertEquals(EthernetLayout.TYPE_IPV4, GreLayout.protocolType(all));
        assertEquals(0xAAAA, GreLayout.checksum(all));
        assertEquals(0x1122_3344, GreLayout.key(all, flags));
        assertEquals(0x5566_7788, GreLayout.sequence(all, flags));
        assertEquals(16, GreLayout.headerBytes(flags));
        GreLayout.setKey(all, flags, 0x0102_0304);
        assertEquals("b0000800aaaa00000102030455667788", TestFrame.getHex(all, 16));

        assertEquals(4, GreLayout.headerBytes(0));
        assertEquals(8, GreLayout.headerBytes(GreLayout.FLAG_KEY));
        assertEquals(4, GreLayout.keyOffset(GreLayout.FLAG_KEY));
        assertEquals(8, GreLayout.sequenceOffset(GreLayout.FLAG_CHECKSUM | GreLayout.FLAG_SEQUENCE));
        assertEquals(4, GreLayout.headerBytes(GreLayout.FLAG_ACKNOWLEDGMENT), "no such field in version 0");
    }

    @Test
    void shouldFindPptpFieldsWhenVersionIs1() {
        final long gre = frame.putHex("3081 880b 0010 c001 00000005 00000004");
        final int flags = GreLayout.flags(gre);
        assertEquals(GreLayout.VERSION_1, GreLayout.version(flags));
        assertEquals(GreLayout.TYPE_PPP, GreLayout.protocolType(gre));
        assertEquals(16, GreLayout.pptpPayloadLength(gre));
        assertEquals(0xC001, GreLayout.pptpCallId(gre));
        assertEquals(5, GreLayout.sequence(gre, flags));
        assertEquals(4, GreLayout.acknowledgment(gre, flags));
        assertEquals(16, GreLayout.headerBytes(flags));
        assertEquals(12, GreLayout.headerBytes(0x2081), "acknowledgment without sequence number");
        assertEquals(8, GreLayout.acknowledgmentOffset(0x2081));
        assertEquals(GreLayout.PPTP_FIXED_BYTES, GreLayout.headerBytes(0x2001));
        GreLayout.setPptpCallId(gre, 0x1234);
        assertEquals(0x1234, GreLayout.pptpCallId(gre));
    }

    @Test
    void shouldWriteGreWithAndWithoutChecksum() {
        final long gre = frame.putHex("ffff ffff ffff ffff 0102 03");
        GreLayout.set(gre, 0, EthernetLayout.TYPE_IPV6);
        assertEquals("000086ddffff", TestFrame.getHex(gre, 6));
        GreLayout.set(gre, GreLayout.FLAG_CHECKSUM, EthernetLayout.TYPE_IPV4);
        GreLayout.writeChecksum(gre, 11);
        assertEquals("8000080073fd0000010203", TestFrame.getHex(gre, 11));
        assertTrue(Checksum.isValid(Checksum.sum(gre, 11)));
    }

    @Test
    void shouldReadAndWriteGue() {
        final long gue = frame.putHex("ffff ffff ffff ffff ffff ffff");
        assertFalse(GueLayout.isData(gue));
        GueLayout.setRemoteChecksum(gue, IpProtocol.IPIP, 20, 26);
        assertEquals("02040001800000000014001a", TestFrame.getHex(gue, 12));
        assertTrue(GueLayout.isData(gue));
        assertEquals(12, GueLayout.headerBytes(gue));
        assertEquals(IpProtocol.IPIP, GueLayout.protocol(gue));
        assertEquals(GueLayout.FLAG_PRIVATE, GueLayout.flags(gue));
        assertEquals(GueLayout.PRIVATE_REMOTE_CHECKSUM, GueLayout.privateFlags(gue));
        assertEquals(20, GueLayout.checksumStart(gue));
        assertEquals(26, GueLayout.checksumField(gue));
        GueLayout.set(gue, IpProtocol.IPV6);
        assertEquals("00290000", TestFrame.getHex(gue, 4));
        assertEquals(GueLayout.FIXED_BYTES, GueLayout.headerBytes(gue));
        assertFalse(GueLayout.isData(frame.putHex("2004 0000")), "control message");
        assertFalse(GueLayout.isData(frame.putHex("4004 0000")), "version 1");
    }

    @Test
    void shouldThrowInCheckedModeWhenFieldIsBehindFrame() {
        assumeTrue(Memory.CHECKED, "lacking: -Dpenstock.checked=true");
        final long ip = frame.put(new byte[19]);
        final String text = assertThrows(IndexOutOfBoundsException.class, () -> Ipv4Layout.destination(ip)).getMessage();
        assertTrue(text.startsWith("access outside of the frame: offset in chunk=30 bytes=4 frame=["), text);
    }
}
