package io.penstock.rules.hot.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.PartialChecksum;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HotTargetsTest {

    private static final String ADDRESSES = "c0000201 c0000202";
    /** A header of 20 bytes without its length, then protocol TCP. */
    private static final String IP_SYN = "4510 0028 1234 4000 4006 0000 " + ADDRESSES;
    private static final String PORTS = "1000 0050 00000001 00000000";
    private static final String SYN = IP_SYN + PORTS + "5002 ffff 0000 0000";
    private static final String SYN_MSS = "4510 0030 1234 4000 4006 0000 " + ADDRESSES + PORTS + "7002 ffff 0000 0000 0204 05b4 0402 0100";
    private static final String SYN6 = "6a12 3456 0014 06 40 20010db8000000000000000000000001 20010db8000000000000000000000002" + PORTS
            + "5002 ffff 0000 0000";
    private static final String UDP = "4500 001d 1234 4000 0111 0000 " + ADDRESSES + "1000 0035 0009 0000 61";

    private static TestPacket complete(final String hex) {
        final TestPacket test = TestPacket.of(hex);
        final RulePacket packet = test.packet;
        if (packet.version == 4) {
            Checksum.writeIpv4(packet.network, Ipv4Layout.headerBytes(packet.network));
            if (packet.protocol == IpProtocol.TCP) {
                Checksum.writeTcp4(packet.network, packet.transport, packet.transportLength);
            } else {
                Checksum.writeUdp4(packet.network, packet.transport, packet.transportLength);
            }
        } else {
            Checksum.writeTcp6(packet.network, packet.transport, packet.transportLength);
        }
        return test;
    }

    /** Makes the TCP checksum partial. */
    private static TestPacket partial(final String hex) {
        final TestPacket test = complete(hex);
        final RulePacket packet = test.packet;
        final int pseudo = Checksum.checksum(packet.version == 4
                ? Checksum.pseudo4(packet.network, IpProtocol.TCP, packet.transportLength)
                : Checksum.pseudo6(packet.network, IpProtocol.TCP, packet.transportLength));
        TcpLayout.setChecksum(packet.transport, ~pseudo);
        packet.partialChecksum = true;
        return test;
    }

    private static void assertValid(final TestPacket test) {
        final RulePacket packet = test.packet;
        if (packet.version == 4) {
            assertTrue(Checksum.verifyIpv4(packet.network, Ipv4Layout.headerBytes(packet.network)), test.hex());
            assertEquals(packet.length, Ipv4Layout.totalLength(packet.network));
        } else {
            assertEquals(packet.length, Ipv6Layout.HEADER_BYTES + Ipv6Layout.payloadLength(packet.network));
        }
        if (packet.protocol == IpProtocol.TCP) {
            if (packet.partialChecksum) {
                assertTrue(packet.version == 4
                        ? PartialChecksum.isPartial4(packet.network, packet.transport, packet.transportLength, IpProtocol.TCP)
                        : PartialChecksum.isPartial6(packet.network, packet.transport, packet.transportLength, IpProtocol.TCP), test.hex());
                PartialChecksum.complete(packet.transport, packet.transportLength, IpProtocol.TCP);
            }
            assertTrue(packet.version == 4
                    ? Checksum.verifyTcp4(packet.network, packet.transport, packet.transportLength)
                    : Checksum.verifyTcp6(packet.network, packet.transport, packet.transportLength), test.hex());
        }
    }

    private static void assertApplied(final int verdict, final HotTarget target, final TestPacket test) {
        assertEquals(verdict, target.apply(test.packet));
    }

    private static String options(final TestPacket test) {
        final int from = (int) (test.packet.transport - test.packet.network) + TcpLayout.HEADER_BYTES;
        final int bytes = TcpLayout.headerBytes(test.packet.transport) - TcpLayout.HEADER_BYTES;
        return test.hex().substring(2 * from, 2 * (from + bytes));
    }

    @Test
    void shouldChangeMarkWhenBitsAreClearedAndFlipped() {
        try (TestPacket test = complete(SYN)) {
            test.packet.mark = 0xF0F0;
            assertApplied(RuleVerdict.CONTINUE, new HotMark(0x1234, 0xFF00), test);
            assertEquals(0x12C4, test.packet.mark);
            assertApplied(RuleVerdict.CONTINUE, new HotMark(5, -1), test);
            assertEquals(5, test.packet.mark);
        }
    }

    @Test
    void shouldTellServicesWhenTheyAreAsked() {
        try (TestPacket test = complete(SYN)) {
            assertApplied(RuleVerdict.DROP, new HotReject(3, 9), test);
            assertApplied(RuleVerdict.CONTINUE, new HotLog(4, "x", 0x2F), test);
            assertEquals("reject 3 9log 4 x 47", test.asked);
            assertFalse(test.packet.traced);
            assertApplied(RuleVerdict.CONTINUE, new HotTrace(), test);
            assertTrue(test.packet.traced);
            assertApplied(RuleVerdict.CONTINUE, new HotClassify(0x10002), test);
            assertEquals(0x10002, test.packet.priority);
        }
    }

    @Test
    void shouldKeepTtlWithinByteWhenItGoesUpOrDown() {
        try (TestPacket test = complete(SYN)) {
            assertApplied(RuleVerdict.CONTINUE, new HotTtl(true, 250), test);
            assertEquals(255, Ipv4Layout.ttl(test.packet.network));
            assertValid(test);
            assertApplied(RuleVerdict.CONTINUE, new HotTtl(true, -255), test);
            assertEquals(0, Ipv4Layout.ttl(test.packet.network));
            assertValid(test);
            assertApplied(RuleVerdict.CONTINUE, new HotTtl(false, 7), test);
            assertEquals(7, Ipv4Layout.ttl(test.packet.network));
            assertValid(test);
        }
        try (TestPacket test = complete(SYN6)) {
            assertApplied(RuleVerdict.CONTINUE, new HotHopLimit(true, -65), test);
            assertEquals(0, Ipv6Layout.hopLimit(test.packet.network));
            assertApplied(RuleVerdict.CONTINUE, new HotHopLimit(false, 9), test);
            assertEquals(9, Ipv6Layout.hopLimit(test.packet.network));
        }
    }

    @Test
    void shouldChangeServiceBitsWhenEitherFamily() {
        try (TestPacket test = complete(SYN)) {
            assertApplied(RuleVerdict.CONTINUE, new HotTos(0x2E << 2, 0xFC), test);
            assertEquals(0xB8, Ipv4Layout.tos(test.packet.network));
            assertValid(test);
            assertApplied(RuleVerdict.CONTINUE, new HotTos(3, 0), test);
            assertEquals(0xBB, Ipv4Layout.tos(test.packet.network));
            assertValid(test);
        }
        try (TestPacket test = complete(SYN6)) {
            assertApplied(RuleVerdict.CONTINUE, new HotTos(0x10, 0x3F), test);
            assertEquals(0x90, Ipv6Layout.trafficClass(test.packet.network));
            assertEquals(0x23456, Ipv6Layout.flowLabel(test.packet.network));
        }
    }

    @Test
    void shouldChangeCongestionBitsWhenHeaderIsThere() {
        final HotTarget target = new HotEcn(1, 0, 2);
        for (final TestPacket made : List.of(complete(SYN.replace("5002", "5082")), partial(SYN.replace("5002", "5082")))) {
            try (TestPacket test = made) {
                assertApplied(RuleVerdict.CONTINUE, target, test);
                assertEquals(TcpLayout.SYN | TcpLayout.ECE, TcpLayout.flags(test.packet.transport));
                assertEquals(0x12, Ipv4Layout.tos(test.packet.network));
                assertValid(test);
            }
        }
        try (TestPacket test = complete(SYN)) {
            test.packet.transportLength = 19;
            assertApplied(RuleVerdict.DROP, target, test);
        }
        try (TestPacket test = complete(SYN)) {
            test.packet.fragmentOffset = 1;
            assertApplied(RuleVerdict.CONTINUE, target, test);
            assertEquals(TcpLayout.SYN, TcpLayout.flags(test.packet.transport));
        }
    }

    @Test
    void shouldCompleteChecksumWhenItIsPartial() {
        try (TestPacket test = partial(SYN)) {
            assertApplied(RuleVerdict.CONTINUE, new HotChecksum(), test);
            assertFalse(test.packet.partialChecksum);
            assertValid(test);
            final String before = test.hex();
            assertApplied(RuleVerdict.CONTINUE, new HotChecksum(), test);
            assertEquals(before, test.hex());
        }
    }

    @Test
    void shouldStripOptionsWhenTheirKindIsGiven() {
        final String hex = "4510 0040 1234 4000 4006 0000 " + ADDRESSES + PORTS
                + "b002 ffff 0000 0000 0204 05b4 01 0402 080a 00000001 00000002 01 030307 00 0000";
        for (final TestPacket made : List.of(complete(hex), partial(hex))) {
            try (TestPacket test = made) {
                assertApplied(RuleVerdict.CONTINUE, new HotTcpOptStrip(new long[] {1 << 4 | 1 << 8, 0, 0, 1L << 63}), test);
                assertEquals("020405b4" + "01".repeat(14) + "030307" + "000000", options(test));
                assertValid(test);
            }
        }
    }

    @Test
    void shouldStopStrippingWhenOptionLeavesHeader() {
        final String hex = "4510 0030 1234 4000 4006 0000 " + ADDRESSES + PORTS + "7002 ffff 0000 0000 0400 0402 0309 0000";
        try (TestPacket test = complete(hex)) {
            assertApplied(RuleVerdict.CONTINUE, new HotTcpOptStrip(new long[] {1 << 3 | 1 << 4, 0, 0, 0}), test);
            assertEquals("0100010103090000", options(test));
            assertValid(test);
        }
    }

    @Test
    void shouldDropWhenTcpHeaderIsCutOff() {
        for (final HotTarget target : List.of(new HotTcpOptStrip(new long[] {1 << 4, 0, 0, 0}), new HotTcpMss(1000, false, 20))) {
            for (final int left : new int[] {0, 19, 27}) {
                try (TestPacket test = complete(SYN_MSS)) {
                    test.packet.transportLength = left;
                    assertApplied(RuleVerdict.DROP, target, test);
                }
            }
            try (TestPacket test = complete(SYN_MSS.replace("7002", "4002"))) {
                assertApplied(RuleVerdict.DROP, target, test);
            }
            try (TestPacket test = complete(SYN_MSS)) {
                test.packet.fragmentOffset = 3;
                final String before = test.hex();
                assertApplied(RuleVerdict.CONTINUE, target, test);
                assertEquals(before, test.hex());
            }
        }
    }

    @Test
    void shouldLowerSegmentSizeAndNeverRaiseIt() {
        for (final TestPacket made : List.of(complete(SYN_MSS), partial(SYN_MSS))) {
            try (TestPacket test = made) {
                assertApplied(RuleVerdict.CONTINUE, new HotTcpMss(1461, false, 20), test);
                assertEquals("020405b404020100", options(test));
                assertApplied(RuleVerdict.CONTINUE, new HotTcpMss(1000, false, 20), test);
                assertEquals("020403e804020100", options(test));
                assertValid(test);
            }
        }
    }

    @Test
    void shouldClampSegmentSizeWhenPathIsNarrow() {
        try (TestPacket test = complete(SYN_MSS)) {
            test.mtu = 1400;
            assertApplied(RuleVerdict.CONTINUE, new HotTcpMss(0xFFFF, true, 20), test);
            assertEquals("0204055004020100", options(test));
            assertValid(test);
            test.mtu = 40;
            assertApplied(RuleVerdict.DROP, new HotTcpMss(0xFFFF, true, 20), test);
            test.mtu = 0;
            assertApplied(RuleVerdict.DROP, new HotTcpMss(0xFFFF, true, 20), test);
        }
    }

    @Test
    void shouldAddSegmentSizeWhenSynHasNone() {
        for (final TestPacket made : List.of(complete(SYN), partial(SYN))) {
            try (TestPacket test = made) {
                assertApplied(RuleVerdict.CONTINUE, new HotTcpMss(1000, false, 20), test);
                assertEquals("02040218", options(test));
                assertEquals(44, test.packet.length);
                assertValid(test);
            }
        }
        for (final TestPacket made : List.of(complete(SYN6), partial(SYN6))) {
            try (TestPacket test = made) {
                test.mtu = 1280;
                assertApplied(RuleVerdict.CONTINUE, new HotTcpMss(0xFFFF, true, 40), test);
                assertEquals("020404c4", options(test));
                assertValid(test);
            }
        }
    }

    @Test
    void shouldKeepOtherOptionsBehindWhenSegmentSizeIsAdded() {
        try (TestPacket test = complete("4510 002c 1234 4000 4006 0000 " + ADDRESSES + PORTS + "6002 ffff 0000 0000 0402 0100")) {
            assertApplied(RuleVerdict.CONTINUE, new HotTcpMss(100, false, 20), test);
            assertEquals("0204006404020100", options(test));
            assertValid(test);
        }
    }

    @Test
    void shouldAddNothingWhenSynHasDataOrFullHeader() {
        final String data = SYN.replace("4510 0028", "4510 0029") + "ff";
        final String full = "4510 0050 1234 4000 4006 0000 " + ADDRESSES + PORTS + "f002 ffff 0000 0000" + "01".repeat(40);
        for (final String hex : List.of(data, full)) {
            try (TestPacket test = complete(hex)) {
                final String before = test.hex();
                assertApplied(RuleVerdict.CONTINUE, new HotTcpMss(100, false, 20), test);
                assertEquals(before, test.hex());
            }
        }
    }

    @Test
    void shouldDropWhenFrameHasNoRoomForOption() {
        try (TestPacket test = TestPacket.filling(SYN)) {
            assertApplied(RuleVerdict.DROP, new HotTcpMss(100, false, 20), test);
        }
    }

    @Test
    void shouldLeaveTransportAloneWhenPacketIsUdp() {
        try (TestPacket test = complete(UDP)) {
            final String before = test.hex();
            assertApplied(RuleVerdict.CONTINUE, new HotEcn(0, 0, -1), test);
            assertEquals(before, test.hex());
        }
    }
}
