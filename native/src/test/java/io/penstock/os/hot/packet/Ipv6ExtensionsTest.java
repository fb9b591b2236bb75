package io.penstock.os.hot.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class Ipv6ExtensionsTest {

    private static final int HBH = IpProtocol.HOP_BY_HOP;
    private static final int OPTIONS = IpProtocol.DESTINATION_OPTIONS;
    private static final String PORTS = "04d20050 00080000";

    private final TestFrame frame = new TestFrame();

    @AfterEach
    void close() {
        frame.close();
    }

    @Test
    void shouldPointBehindFixedHeaderWhenThereAreNoExtensions() {
        final long result = walk(IpProtocol.UDP, PORTS);
        assertEquals(IpProtocol.UDP, Ipv6Extensions.nextHeader(result));
        assertEquals(40, Ipv6Extensions.l4Offset(result));
        assertEquals(0, Ipv6Extensions.fragmentHeaderOffset(result));
        assertFalse(Ipv6Extensions.isFragment(result));
        assertFalse(Ipv6Extensions.isError(result));
    }

    @Test
    void shouldWalkEveryKindWhenInOrder() {
        final long result = walk(HBH,
                "3c00 0502 0000 0100"
                + "2b01 0104 0000 0000 0104 0000 0000"
                + "0000"
                + "2c00 0000 0000 0000"
                + "3300 0001 deadbeef"
                + "3c04 0000 00000100 00000001 0102030405060708 090a0b0c"
                + "1100 0104 0000 0000"
                + PORTS);
        assertEquals(IpProtocol.UDP, Ipv6Extensions.nextHeader(result));
        assertEquals(40 + 8 + 16 + 8 + 8 + 24 + 8, Ipv6Extensions.l4Offset(result));
        assertEquals(40 + 8 + 16 + 8, Ipv6Extensions.fragmentHeaderOffset(result));
        assertEquals(0, Ipv6Extensions.fragmentOffset(result));
        assertTrue(Ipv6Extensions.moreFragments(result));
        assertTrue(Ipv6Extensions.isFragment(result));
    }

    @Test
    void shouldStopAtDataWhenFragmentIsNotTheFirst() {
        final byte[] packet = packet(IpProtocol.FRAGMENT, "3c00 05a8 01020304 ffff");
        final long ip = frame.put(packet);
        final long result = Ipv6Extensions.walk(ip, ip + packet.length);
        assertEquals(OPTIONS, Ipv6Extensions.nextHeader(result));
        assertEquals(48, Ipv6Extensions.l4Offset(result));
        assertEquals(1448, Ipv6Extensions.fragmentOffset(result));
        assertFalse(Ipv6Extensions.moreFragments(result));
        assertTrue(Ipv6Extensions.isFragment(result));
        assertEquals(0x0102_0304, Ipv6Extensions.fragmentId(ip + Ipv6Extensions.fragmentHeaderOffset(result)));
    }

    @Test
    void shouldNotCallAtomicFragmentAFragment() {
        final long result = walk(IpProtocol.FRAGMENT, "1100 0000 00000001" + PORTS);
        assertEquals(40, Ipv6Extensions.fragmentHeaderOffset(result));
        assertEquals(48, Ipv6Extensions.l4Offset(result));
        assertFalse(Ipv6Extensions.isFragment(result));
    }

    @Test
    void shouldIgnoreReservedBitsWhenFragmentIsAtomic() {
        final long result = walk(IpProtocol.FRAGMENT, "1100 0006 00000001" + PORTS);
        assertFalse(Ipv6Extensions.isFragment(result));
        assertEquals(0, Ipv6Extensions.fragmentOffset(result));
    }

    @Test
    void shouldStopAtProtocolsThatOnlyLookLikeExtensions() {
        for (final int protocol : new int[] {IpProtocol.ESP, IpProtocol.NO_NEXT_HEADER, IpProtocol.MOBILITY, 139, 140, 255}) {
            final long result = walk(protocol, "3b00 0500 0000 0000");
            assertEquals(protocol, Ipv6Extensions.nextHeader(result));
            assertEquals(40, Ipv6Extensions.l4Offset(result));
        }
    }

    @Test
    void shouldSayTruncatedWhenHeaderLeavesPacket() {
        assertEquals(Ipv6Extensions.ERROR_TRUNCATED, walk(OPTIONS, "1101 0104 00000000 01040000 000000"));
        assertEquals(Ipv6Extensions.ERROR_TRUNCATED, walk(OPTIONS, "1100 0104 000000"));
        assertEquals(Ipv6Extensions.ERROR_TRUNCATED, walk(IpProtocol.FRAGMENT, "1100 0001"));
        assertEquals(Ipv6Extensions.ERROR_TRUNCATED, walk(IpProtocol.AH, "1104 0000 00000000"));
        assertEquals(Ipv6Extensions.ERROR_TRUNCATED, walk(HBH, ""));
    }

    @Test
    void shouldSayTruncatedWhenFixedHeaderIsCut() {
        final long ip = frame.put(new byte[39]);
        assertEquals(Ipv6Extensions.ERROR_TRUNCATED, Ipv6Extensions.walk(ip, ip + 39));
    }

    @Test
    void shouldSayBadLengthWhenAuthenticationHeaderHasNoFixedPart() {
        assertEquals(Ipv6Extensions.ERROR_BAD_LENGTH, walk(IpProtocol.AH, "1100 0000 00000000" + PORTS));
    }

    @Test
    void shouldSayRepeatedWhenTwoFragmentHeadersFollow() {
        assertEquals(Ipv6Extensions.ERROR_REPEATED_FRAGMENT,
                walk(IpProtocol.FRAGMENT, "2c00 0001 00000001 1100 0001 00000002" + PORTS));
        assertEquals(Ipv6Extensions.ERROR_REPEATED_FRAGMENT,
                walk(IpProtocol.FRAGMENT, "2c00 0000 00000001 1100 0008 00000002" + PORTS));
    }

    @Test
    void shouldWalkEightHeadersAndRefuseNine() {
        final String next = "3c00 0104 00000000";
        final String last = "1100 0104 00000000";
        final long eight = walk(OPTIONS, next.repeat(7) + last + PORTS);
        assertEquals(40 + 8 * 8, Ipv6Extensions.l4Offset(eight));
        assertEquals(Ipv6Extensions.ERROR_TOO_MANY_HEADERS, walk(OPTIONS, next.repeat(8) + last + PORTS));
    }

    @Test
    void shouldKeepOffsetsWhenHeadersAreAsLongAsTheyCanBe() {
        final String longest = "3cff" + "00".repeat(2046);
        final long result = walk(OPTIONS, longest.repeat(7) + "2cff" + "00".repeat(2046));
        assertEquals(Ipv6Extensions.ERROR_TOO_MANY_HEADERS, result);
        final long seven = walk(OPTIONS, longest.repeat(6) + "2cff" + "00".repeat(2046) + "1100 fff9 00000001");
        assertEquals(40 + 7 * 2048 + 8, Ipv6Extensions.l4Offset(seven));
        assertEquals(40 + 7 * 2048, Ipv6Extensions.fragmentHeaderOffset(seven));
        assertEquals(65528, Ipv6Extensions.fragmentOffset(seven));
        assertTrue(Ipv6Extensions.moreFragments(seven));
        assertEquals(IpProtocol.UDP, Ipv6Extensions.nextHeader(seven));
    }

    @Property
    void shouldStayInPacketAndEndWhenBytesAreRandom(
            @ForAll @IntRange(max = 5) final int first,
            @ForAll @Size(max = 200) final byte[] bytes,
            @ForAll final boolean likely) {
        final int[] kinds = {HBH, IpProtocol.ROUTING, IpProtocol.FRAGMENT, IpProtocol.AH, OPTIONS, IpProtocol.UDP};
        final byte[] rest = bytes.clone();
        if (likely) {
            // Plain random bytes end most walks at once: make them look like headers of 8 to 32 bytes.
            for (int i = 0; i < rest.length; i++) {
                rest[i] = (byte) (i % 8 == 0 ? kinds[rest[i] & 3] : rest[i] & (i % 8 == 1 ? 3 : 1));
            }
        }
        final byte[] packet = Reference.concat(packet(kinds[first], ""), rest);
        try (TestFrame random = new TestFrame()) {
            final long ip = random.put(packet);
            final long result = Ipv6Extensions.walk(ip, ip + packet.length);
            if (Ipv6Extensions.isError(result)) {
                assertTrue(result >= Ipv6Extensions.ERROR_REPEATED_FRAGMENT);
                return;
            }
            final int l4 = Ipv6Extensions.l4Offset(result);
            assertTrue(l4 >= 40 && l4 <= packet.length);
            assertTrue(Ipv6Extensions.fragmentHeaderOffset(result) < l4);
            assertTrue(Ipv6Extensions.fragmentOffset(result) != 0
                    || !Ipv6Extensions.isWalked(Ipv6Extensions.nextHeader(result)));
        }
    }

    private long walk(final int nextHeader, final String rest) {
        final byte[] packet = packet(nextHeader, rest);
        final long ip = frame.put(packet);
        return Ipv6Extensions.walk(ip, ip + packet.length);
    }

    private static byte[] packet(final int nextHeader, final String rest) {
        final byte[] header = new byte[Ipv6Layout.HEADER_BYTES];
        header[0] = 0x60;
        header[Ipv6Layout.NEXT_HEADER] = (byte) nextHeader;
        return Reference.concat(header, TestFrame.bytes(rest));
    }
}
