package io.penstock.conntrack.hot.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.TrackerSettings;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.hot.packet.UdpLayout;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the kernel's answers do not show: all flags, UDP-Lite's checksum, and that nothing outside of a packet is read. */
final class PacketCheckTest {

    private static final String IP4 = "45000000000000004088 00000a0000020a000102";
    private static final String IP6 = "6000000000008840 fd000000000000000000000000000002 fd000001000000000000000000000002";
    private static final String LITE = "9c400035 0000 0000 0102030405";
    private static final int LITE_BYTES = 13;

    private final TestBytes bytes = new TestBytes();

    @AfterEach
    void close() {
        bytes.close();
    }

    @Test
    void shouldTakeNineSetsOfTcpFlagsWhateverElseIsSet() {
        final TreeSet<Integer> valid = new TreeSet<>();
        for (int flags = 0; flags < 256; flags++) {
            final long tcp = bytes.put(new byte[20]);
            TcpLayout.setHeaderBytes(tcp, 20);
            TcpLayout.setFlags(tcp, flags);
            if (PacketCheck.isValid4(0, IpProtocol.TCP, tcp, 20, false)) {
                valid.add(flags & ~(TcpLayout.PSH | TcpLayout.ECE | TcpLayout.CWR));
                assertTrue(PacketCheck.isValid6(0, IpProtocol.TCP, tcp, 20, false));
            }
        }
        // SYN, RST, ACK, FIN+ACK, SYN+ACK, RST+ACK, and URG beside SYN, ACK, FIN+ACK.
        assertEquals(new TreeSet<>(List.of(0x02, 0x04, 0x10, 0x11, 0x12, 0x14, 0x22, 0x30, 0x31)), valid);
    }

    @Test
    void shouldVerifyWhatUdpLiteCovers() {
        for (final String ipHex : new String[] {IP4, IP6}) {
            final boolean four = ipHex.charAt(0) == '4';
            for (int coverage = 0; coverage <= LITE_BYTES + 1; coverage++) {
                final long ip = bytes.putHex(ipHex + LITE);
                final long lite = ip + (four ? 20 : 40);
                UdpLayout.setLength(lite, coverage);
                final int covered = coverage == 0 ? LITE_BYTES : coverage;
                final long pseudo = four
                        ? Checksum.pseudo4(ip, IpProtocol.UDPLITE, LITE_BYTES)
                        : Checksum.pseudo6(ip, IpProtocol.UDPLITE, LITE_BYTES);
                UdpLayout.setChecksum(lite, Checksum.checksum(pseudo + Checksum.sum(lite, Math.min(covered, LITE_BYTES))));
                final boolean legal = coverage == 0 || coverage >= 8 && coverage <= LITE_BYTES;
                assertEquals(legal, isValid(four, ip, lite), "coverage=" + coverage);
                Memory.putByte(lite + LITE_BYTES - 1, (byte) 0x55);
                assertEquals(legal && covered < LITE_BYTES, isValid(four, ip, lite), "damaged behind, coverage=" + coverage);
                Memory.putByte(lite + 1, (byte) 0x55);
                assertFalse(isValid(four, ip, lite), "damaged, coverage=" + coverage);
            }
        }
    }

    @Test
    void shouldReadNothingOutsideWhenPacketIsCutAnywhere() {
        final long entry = bytes.entry();
        for (final String file : new String[] {"others.txt", "tcp.txt", "sctp.txt"}) {
            for (final byte[] packet : KernelScript.packets(file)) {
                final boolean four = packet[0] >>> 4 == 4;
                final int headerBytes = four ? 20 : 40;
                final int protocol = (four ? packet[9] : packet[6]) & 0xFF;
                for (int length = 0; length <= Math.min(packet.length - headerBytes, 100); length++) {
                    final long ip = bytes.put(packet, 0, headerBytes + length);
                    read(four, ip, protocol, ip + headerBytes, length, entry);
                }
            }
        }
    }

    private static void read(final boolean four, final long ip, final int protocol, final long l4, final int length, final long entry) {
        TupleReader.keys(protocol, l4, length);
        if (four ? !PacketCheck.isValid4(ip, protocol, l4, length, true) : !PacketCheck.isValid6(ip, protocol, l4, length, true)) {
            if (!(four ? PacketCheck.isValid4(ip, protocol, l4, length, false) : PacketCheck.isValid6(ip, protocol, l4, length, false))) {
                return;
            }
        }
        if (protocol == IpProtocol.ICMP && IcmpTracker.kind(l4) == IcmpKind.ERROR) {
            InnerTuple.read4(l4, length);
        } else if (protocol == IpProtocol.ICMPV6 && Icmpv6Tracker.kind(ip, l4, length) == IcmpKind.ERROR) {
            InnerTuple.read6(l4, length);
        } else {
            Trackers.first(entry, protocol, l4, length, new TrackerSettings(), 1);
            Trackers.packet(entry, 1, protocol, l4, length, new TrackerSettings(), 2);
        }
    }

    private static boolean isValid(final boolean four, final long ip, final long lite) {
        return four
                ? PacketCheck.isValid4(ip, IpProtocol.UDPLITE, lite, LITE_BYTES, true)
                : PacketCheck.isValid6(ip, IpProtocol.UDPLITE, lite, LITE_BYTES, true);
    }
}
