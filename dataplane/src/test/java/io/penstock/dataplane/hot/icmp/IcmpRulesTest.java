package io.penstock.dataplane.hot.icmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.testkit.RandomPacket4;
import io.penstock.dataplane.testkit.RandomPacket6;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.sys.MappedMemory;
import java.nio.ByteBuffer;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which packets are answered; {@link RouterFixtureTest} and the kernel tests have the rest. */
class IcmpRulesTest {

    private static final int CHUNK_SHIFT = 12;
    private static final Set<Integer> ANSWERED_TYPES = Set.of(0, 8, 13, 14, 15, 16, 17, 18);
    private static final long HOST = 0xFD01_0000_0000_0000L;
    private static final long GROUP = 0xFF05_0000_0000_0000L;
    private static final int TOO_BIG = Icmpv6Layout.PACKET_TOO_BIG;
    private static final int EXCEEDED = Icmpv6Layout.TIME_EXCEEDED;
    private static final int PROBLEM = Icmpv6Layout.PARAMETER_PROBLEM;

    private final MappedMemory memory = MappedMemory.reserveChunked(1L << CHUNK_SHIFT, MappedMemory.Pages.NORMAL, CHUNK_SHIFT);
    private final long ip = memory.address();
    private int bytes;

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void shouldAnswerQueriesAndAnswersOnlyWhenIcmp() {
        for (int type = 0; type < 256; type++) {
            put(RandomPacket4.packet(0, 0, 0, 64, IpProtocol.ICMP, 1, 2, new byte[0], new byte[] {(byte) type}));
            assertEquals(ANSWERED_TYPES.contains(type), IcmpRules.mayAnswer4(ip, bytes), "type " + type);
        }
    }

    @Test
    void shouldNotAnswerWhenTheIcmpTypeIsCutOff() {
        put(RandomPacket4.packet(0, 0, 0, 64, IpProtocol.ICMP, 1, 2, new byte[7], new byte[0]));
        assertFalse(IcmpRules.mayAnswer4(ip, bytes));
    }

    @Test
    void shouldAnswerFirstFragmentsOnly() {
        put(RandomPacket4.packet(0, 0, 0x2000, 64, IpProtocol.UDP, 1, 2, new byte[0], new byte[8]));
        assertTrue(IcmpRules.mayAnswer4(ip, bytes));
        put(RandomPacket4.packet(0, 0, 0x0001, 64, IpProtocol.UDP, 1, 2, new byte[0], new byte[8]));
        assertFalse(IcmpRules.mayAnswer4(ip, bytes));
    }

    @Test
    void shouldTellGroupsOfLargePacketsAndUnknownOptionsOnly() {
        put6(HOST, GROUP, IpProtocol.UDP, 0x80, 0xC0, 0x00);
        assertFalse(answers(EXCEEDED, 0, 0, true));
        assertTrue(answers(TOO_BIG, 0, 1280, true));
        assertFalse(answers(PROBLEM, Icmpv6Layout.CODE_ERRONEOUS_HEADER, 40, true));
        assertTrue(answers(PROBLEM, Icmpv6Layout.CODE_UNKNOWN_OPTION, 40, true));
        assertFalse(answers(PROBLEM, Icmpv6Layout.CODE_UNKNOWN_OPTION, 41, true));
        assertFalse(answers(PROBLEM, Icmpv6Layout.CODE_UNKNOWN_OPTION, 42, true));
        assertTrue(answers(PROBLEM, Icmpv6Layout.CODE_UNKNOWN_OPTION, 43, true));
        assertTrue(answers(PROBLEM, Icmpv6Layout.CODE_UNKNOWN_OPTION, -1, true));
    }

    @Test
    void shouldTreatAFrameToOthersAsOneToAGroup() {
        put6(HOST, HOST, IpProtocol.UDP);
        assertTrue(answers(EXCEEDED, 0, 0, true));
        assertFalse(answers(EXCEEDED, 0, 0, false));
        assertTrue(answers(TOO_BIG, 0, 1280, false));
    }

    @Test
    void shouldNotAnswerWhenTheSourceIsNoHost() {
        put6(GROUP, HOST, IpProtocol.UDP);
        assertFalse(answers(TOO_BIG, 0, 1280, true));
        put6(0, HOST, IpProtocol.UDP);
        assertTrue(answers(TOO_BIG, 0, 1280, true));
        Memory.putLongBE(ip + 16, 0);
        assertFalse(answers(TOO_BIG, 0, 1280, true));
    }

    @Test
    void shouldNotAnswerIcmpv6ErrorsWhereverTheyStand() {
        put6(HOST, HOST, IpProtocol.ICMPV6, 127);
        assertFalse(answers(EXCEEDED, 0, 0, true));
        put6(HOST, HOST, IpProtocol.ICMPV6, 128);
        assertTrue(answers(EXCEEDED, 0, 0, true));
        put6(HOST, HOST, IpProtocol.ICMPV6);
        assertFalse(answers(EXCEEDED, 0, 0, true));
        put6(HOST, HOST, IpProtocol.DESTINATION_OPTIONS, IpProtocol.ICMPV6, 0, 1, 4, 0, 0, 0, 0, 1);
        assertFalse(answers(EXCEEDED, 0, 0, true));
        put6(HOST, HOST, IpProtocol.AH, IpProtocol.ICMPV6, 0, 0, 0, 0, 0, 0, 0, 3);
        assertFalse(answers(EXCEEDED, 0, 0, true));
        put6(HOST, HOST, IpProtocol.FRAGMENT, IpProtocol.ICMPV6, 0, 0, 1, 0, 0, 0, 0, 3);
        assertFalse(answers(EXCEEDED, 0, 0, true));
    }

    @Test
    void shouldAnswerWhatFragmentsAndBrokenChainsHide() {
        put6(HOST, HOST, IpProtocol.FRAGMENT, IpProtocol.ICMPV6, 0, 0, 9, 0, 0, 0, 0, 3);
        assertTrue(answers(EXCEEDED, 0, 0, true));
        put6(HOST, HOST, IpProtocol.FRAGMENT, IpProtocol.ICMPV6, 0, 0, 1, 0, 0, 0, 0);
        assertTrue(answers(EXCEEDED, 0, 0, true));
        put6(HOST, HOST, IpProtocol.DESTINATION_OPTIONS, IpProtocol.DESTINATION_OPTIONS, 40, 1, 4);
        assertTrue(answers(EXCEEDED, 0, 0, true));
        put6(HOST, HOST, IpProtocol.NO_NEXT_HEADER);
        assertTrue(answers(EXCEEDED, 0, 0, true));
    }

    private boolean answers(final int type, final int code, final int rest, final boolean toHost) {
        return IcmpRules.mayAnswer6(ip, bytes, type, code, rest, toHost);
    }

    private void put6(final long source, final long destination, final int next, final int... payload) {
        final byte[] rest = new byte[payload.length];
        for (int i = 0; i < rest.length; i++) {
            rest[i] = (byte) payload[i];
        }
        put(RandomPacket6.packet(0, next, 64, address(source), address(destination), rest));
    }

    private void put(final byte[] packet) {
        bytes = packet.length;
        Regions.unwindow(ip);
        Memory.copyFromArray(packet, 0, ip, packet.length);
        Regions.window(ip, packet.length);
    }

    private static byte[] address(final long high) {
        return ByteBuffer.allocate(16).putLong(high).putLong(9).array();
    }
}
