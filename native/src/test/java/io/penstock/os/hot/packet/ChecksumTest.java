package io.penstock.os.hot.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.memory.Memory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Known sums and packets, and the corners of one's complement. */
final class ChecksumTest {

    /** The SYN of an HTTP connection, 145.254.160.237:3372 to 65.208.228.223:80. */
    private static final String TCP4 = "45000030 0f414000 800691eb 91fea0ed 41d0e4df"
            + "0d2c0050 38affe13 00000000 70022238 c30c0000 020405b4 01010402";
    /** A neighbour solicitation from fe80::1 for fe80::2. */
    private static final String ICMPV6 = "60000000 00203aff fe800000 00000000 00000000 00000001"
            + "ff020000 00000000 00000001 ff000002"
            + "87007a97 00000000 fe800000 00000000 00000000 00000002 01010200 00000001";

    private final TestFrame frame = new TestFrame();

    @AfterEach
    void close() {
        frame.close();
    }

    @Test
    void shouldSumExampleOfRfc1071() {
        final long address = frame.putHex("0001 f203 f4f5 f6f7");
        assertEquals(~0xDDF2 & 0xFFFF, Checksum.checksum(Checksum.sum(address, 8)));
    }

    @Test
    void shouldUpdateExampleOfRfc1624() {
        assertEquals(0x0000, Checksum.update16(0xDD2F, 0x5555, 0x3285));
    }

    @Test
    void shouldFoldToZeroOnlyWhenSumIsZero() {
        assertEquals(0, Checksum.fold(0));
        assertEquals(1, Checksum.fold(1));
        assertEquals(0xFFFF, Checksum.fold(0xFFFF));
        assertEquals(1, Checksum.fold(0x1_0000));
        assertEquals(0xFFFF, Checksum.fold(0x1_FFFE));
        assertEquals(0xFFFF, Checksum.fold(0xFFFF_FFFFL));
        assertEquals(0xFFFF, Checksum.fold(0xFFFF_FFFF_0000L));
        assertEquals(0x7FFF, Checksum.fold(Long.MAX_VALUE));
    }

    @Test
    void shouldVerifyIpv4HeaderUntilABitFlips() {
        final long ip = frame.putHex(TCP4);
        assertTrue(Checksum.verifyIpv4(ip));
        assertTrue(Checksum.verifyIpv4(ip, 20));
        for (int bit = 0; bit < 160; bit++) {
            final long at = ip + bit / 8;
            Memory.putByte(at, (byte) (Memory.getByte(at) ^ 1 << bit % 8));
            assertFalse(Checksum.verifyIpv4(ip), "bit=" + bit);
            assertFalse(Checksum.verifyIpv4(ip, 20), "bit=" + bit);
            Memory.putByte(at, (byte) (Memory.getByte(at) ^ 1 << bit % 8));
        }
        assertFalse(Checksum.verifyIpv4(frame.put(new byte[20])), "all 0");
    }

    @Test
    void shouldVerifyAndWriteIpv4HeaderWhenItHasOptions() {
        final long ip = frame.putHex("46c00020 00004000 01020000 0a000001 e0000016 94040000");
        assertFalse(Checksum.verifyIpv4(ip, 24));
        Checksum.writeIpv4(ip, 24);
        assertEquals(Reference.checksum(TestFrame.bytes("46c00020 00004000 01020000 0a000001 e0000016 94040000")),
                Ipv4Layout.checksum(ip));
        assertTrue(Checksum.verifyIpv4(ip, 24));
    }

    @Test
    void shouldVerifyAndWriteTcpOfACapture() {
        final long ip = frame.putHex(TCP4);
        final long tcp = ip + 20;
        assertTrue(Checksum.verifyTcp4(ip, tcp, 28));
        TcpLayout.setWindow(tcp, 1);
        assertFalse(Checksum.verifyTcp4(ip, tcp, 28));
        TcpLayout.setWindow(tcp, 8760);
        TcpLayout.setChecksum(tcp, 0x1234);
        Checksum.writeTcp4(ip, tcp, 28);
        assertEquals(0xC30C, TcpLayout.checksum(tcp));
    }

    @Test
    void shouldVerifyAndWriteNeighbourSolicitation() {
        final long ip = frame.putHex(ICMPV6);
        assertTrue(Checksum.verifyIcmpv6(ip, ip + 40, 32));
        Icmpv6Layout.setChecksum(ip + 40, 0);
        assertFalse(Checksum.verifyIcmpv6(ip, ip + 40, 32));
        Checksum.writeIcmpv6(ip, ip + 40, 32);
        assertEquals(0x7A97, Icmpv6Layout.checksum(ip + 40));
    }

    @Test
    void shouldTakeZeroForNoUdpChecksumInIpv4Only() {
        final long ip4 = frame.putHex("4500001c 00000000 40110000 0a000001 0a000002 00350035 00080000");
        assertTrue(Checksum.verifyUdp4(ip4, ip4 + 20, 8));
        Checksum.writeUdp4(ip4, ip4 + 20, 8);
        assertTrue(UdpLayout.checksum(ip4 + 20) != 0);
        assertTrue(Checksum.verifyUdp4(ip4, ip4 + 20, 8));

        final long ip6 = frame.putHex("60000000 00081140" + "fd00".repeat(16) + "00350035 00080000");
        assertFalse(Checksum.verifyUdp6(ip6, ip6 + 40, 8));
        Checksum.writeUdp6(ip6, ip6 + 40, 8);
        assertTrue(Checksum.verifyUdp6(ip6, ip6 + 40, 8));
    }

    @Test
    void shouldWriteAllOnesWhenUdpChecksumComesOutAsZero() {
        // Pseudo-header: 0x0011 + 0x0008; ports and length: 0x0008 and two that bring the sum to 0xFFFF.
        final long ip4 = frame.putHex("4500001c 00000000 40110000 00000000 00000000 ffde0000 00080000");
        Checksum.writeUdp4(ip4, ip4 + 20, 8);
        assertEquals(0xFFFF, UdpLayout.checksum(ip4 + 20));
        assertTrue(Checksum.verifyUdp4(ip4, ip4 + 20, 8));
        Checksum.writeUdp4(ip4, ip4 + 20, 8);
        assertEquals(0xFFFF, UdpLayout.checksum(ip4 + 20), "the field's own value must not count");

        final long ip6 = frame.putHex("60000000 00081140" + "0000".repeat(16) + "ffde0000 00080000");
        Checksum.writeUdp6(ip6, ip6 + 40, 8);
        assertEquals(0xFFFF, UdpLayout.checksum(ip6 + 40));
        assertTrue(Checksum.verifyUdp6(ip6, ip6 + 40, 8));
    }

    @Test
    void shouldWriteZeroWhenTcpChecksumComesOutAsZero() {
        final long ip = frame.putHex("45000028 00000000 40060000 00000000 00000000"
                + "afe50000 00000000 00000000 50000000 00000000");
        Checksum.writeTcp4(ip, ip + 20, 20);
        assertEquals(0, TcpLayout.checksum(ip + 20));
        assertTrue(Checksum.verifyTcp4(ip, ip + 20, 20));
    }

    @Test
    void shouldWriteAllOnesWhenIcmpMessageIsAllZero() {
        final long icmp = frame.putHex("0000 abcd 0000 0000");
        Checksum.writeIcmp(icmp, 8);
        assertEquals(0xFFFF, IcmpLayout.checksum(icmp));
        assertTrue(Checksum.verifyIcmp(icmp, 8));
    }

    @Test
    void shouldKeepUdpZeroAndTurnComputedZeroIntoAllOnes() {
        assertEquals(0, Checksum.applyUdp(0, Checksum.change16(1, 2)));
        assertEquals(0xFFFF, Checksum.applyUdp(0xDD2F, Checksum.change16(0x5555, 0x3285)));
        assertEquals(0x1233, Checksum.applyUdp(0x1234, Checksum.change16(1, 2)));
    }

    @Test
    void shouldAddChangesOfOneRewrite() {
        final long changes = Checksum.change32(0x0A00_0001, 0xC000_0201) + Checksum.change16(1024, 61000);
        final int apart = Checksum.update16(Checksum.update32(0x4711, 0x0A00_0001, 0xC000_0201), 1024, 61000);
        assertEquals(apart, Checksum.apply(0x4711, changes));
    }

    /** The kernel's arithmetic on the raw field of a little-endian machine, for each of the 65,536 values. */
    @Test
    void shouldDecrementTtlToTheKernelsBytesWhateverTheChecksumIs() {
        final long ip = frame.putHex(TCP4);
        for (int raw = 0; raw <= 0xFFFF; raw++) {
            final int sum = raw + 0x0001;
            final int expected = sum + (sum >= 0xFFFF ? 1 : 0) & 0xFFFF;
            final int ttl = raw % 255 + 1;
            Ipv4Layout.setTtl(ip, ttl);
            Ipv4Layout.setChecksum(ip, Integer.reverseBytes(raw) >>> 16);
            assertEquals(ttl - 1, Ipv4Layout.decrementTtl(ip));
            assertEquals(Integer.reverseBytes(expected) >>> 16, Ipv4Layout.checksum(ip), "raw=" + raw);
            assertEquals(ttl - 1, Ipv4Layout.ttl(ip));
            assertEquals(IpProtocol.TCP, Ipv4Layout.protocol(ip));
        }
    }
}
