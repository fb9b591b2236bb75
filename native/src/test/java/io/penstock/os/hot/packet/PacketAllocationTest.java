package io.penstock.os.hot.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Parsing, checking, rewriting and hashing a packet allocates nothing. */
final class PacketAllocationTest {

    private static final int ROUNDS = 2_000;
    private static final int WINDOWS = 50;

    @Test
    void shouldAllocateNothingPerPacket() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (TestFrame four = new TestFrame(); TestFrame six = new TestFrame(); TestFrame stream = new TestFrame()) {
            final long ip4 = four.putHex("4500003c 00004000 40060000 0a000001 c0000201"
                    + "9c4001bb 00000001 00000000 a002ffff 00000000 020405b4 0402080a 00000001 00000000 01030307");
            final long ip6 = six.putHex("60000000 00103c40" + "fd00".repeat(16) + "11000104 00000000 00350035 00080000");
            final long sctp = stream.putHex("1388138a 01020304 00000000 0b000004 03000010" + "00".repeat(12));
            long bytes = Long.MAX_VALUE;
            long sum = 0;
            // Accesses allocate until the compiler has them: wait for a window without, bounded.
            for (int window = 0; window < WINDOWS && bytes != 0; window++) {
                final long before = threads.getCurrentThreadAllocatedBytes();
                for (int round = 0; round < ROUNDS; round++) {
                    sum += packet4(ip4) + packet6(ip6) + packetSctp(sctp);
                }
                bytes = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertTrue(sum != 0);
            assertEquals(0, bytes);
        }
    }

    private static long packet4(final long ip) {
        final long tcp = ip + Ipv4Layout.headerBytes(ip);
        final int tcpBytes = Ipv4Layout.totalLength(ip) - Ipv4Layout.headerBytes(ip);
        Ipv4Layout.setTtl(ip, 64);
        Checksum.writeIpv4(ip, 20);
        Checksum.writeTcp4(ip, tcp, tcpBytes);
        long sum = Ipv4Layout.decrementTtl(ip);
        sum += Checksum.verifyIpv4(ip) && Checksum.verifyTcp4(ip, tcp, tcpBytes) ? 1 : 0;
        sum += PartialChecksum.isPartial4(ip, tcp, tcpBytes, IpProtocol.TCP) ? 1 : 0;
        final int headerBytes = TcpLayout.headerBytes(tcp);
        int option = TcpLayout.firstOption(tcp, headerBytes);
        while (option > 0) {
            sum += TcpLayout.optionKind(tcp, option);
            option = TcpLayout.nextOption(tcp, option, headerBytes);
        }
        return sum + FlowHash.hash4(Ipv4Layout.source(ip), Ipv4Layout.destination(ip), TcpLayout.sourcePort(tcp),
                TcpLayout.destinationPort(tcp), Ipv4Layout.protocol(ip), 1);
    }

    private static long packet6(final long ip) {
        final long walked = Ipv6Extensions.walk(ip, ip + Ipv6Layout.HEADER_BYTES + Ipv6Layout.payloadLength(ip));
        final long udp = ip + Ipv6Extensions.l4Offset(walked);
        Checksum.writeUdp6(ip, udp, 8);
        long sum = Checksum.verifyUdp6(ip, udp, 8) ? 1 : 0;
        sum += PartialChecksum.isPartial6(ip, udp, 8, Ipv6Extensions.nextHeader(walked)) ? 1 : 0;
        return sum + FlowHash.hash6(Ipv6Layout.sourceHigh(ip), Ipv6Layout.sourceLow(ip), Ipv6Layout.destinationHigh(ip),
                Ipv6Layout.destinationLow(ip), UdpLayout.sourcePort(udp), UdpLayout.destinationPort(udp), 17, 1);
    }

    private static long packetSctp(final long sctp) {
        SctpLayout.writeChecksum(sctp, 32);
        long sum = SctpLayout.verifyChecksum(sctp, 32) ? 1 : 0;
        int chunk = SctpLayout.firstChunk(sctp, 32);
        while (chunk > 0) {
            sum += SctpLayout.chunkType(sctp, chunk);
            chunk = SctpLayout.nextChunk(sctp, chunk, 32);
        }
        return sum;
    }
}
