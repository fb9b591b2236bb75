package io.penstock.rules.hot.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.memory.Memory;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.PacketServices;
import io.penstock.rules.hot.RulePacket;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Matches of what headers say. */
final class HeaderHotMatchTest {

    /** 10.0.0.1:80 to 10.0.0.2:1024, TTL 64, TOS 0xB8, 28 bytes. */
    private static final String V4 = "45b8001c 00000000 40110000 0a000001 0a000002" + "00500400 00080000";
    /** 2001:db8::1:80 to ff02::1:1024, hop limit 255, class 0x28, payload 8. */
    private static final String V6 = "62800000 000811ff 20010db8000000000000000000000001 ff020000000000000000000000000001"
            + "00500400 00080000";
    private static final int IPV4_ADDRESSES = 12;

    private final PacketInMemory memory = new PacketInMemory();

    @AfterEach
    void close() {
        memory.close();
    }

    private static HotMultiport ports(final boolean source, final boolean destination, final boolean inverted, final int... bounds) {
        final int[] lows = new int[bounds.length / 2];
        final int[] highs = new int[bounds.length / 2];
        for (int i = 0; i < lows.length; i++) {
            lows[i] = bounds[2 * i];
            highs[i] = bounds[2 * i + 1];
        }
        return new HotMultiport(source, destination, lows, highs, inverted);
    }

    private boolean matches4(final HotMatch match) {
        return match.matches(memory.v4(V4));
    }

    private boolean matches6(final HotMatch match) {
        return match.matches(memory.v6(V6));
    }

    @Test
    void shouldFindPortsOfTheSideAskedFor() {
        assertTrue(matches4(ports(true, false, false, 1, 2, 79, 81)));
        assertFalse(matches4(ports(false, true, false, 1, 2, 79, 81)));
        assertTrue(matches4(ports(true, true, false, 1024, 1024)));
        assertFalse(matches4(ports(true, true, true, 1024, 1024)));
        assertTrue(matches6(ports(false, true, true, 80, 80)));
    }

    @Test
    void shouldNotTakeALaterFragmentWhenPortsAreAskedFor() {
        final RulePacket packet = memory.v4(V4);
        packet.fragmentOffset = 3;
        assertFalse(ports(true, true, true, 5, 5).matches(packet));
        assertFalse(packet.hotdrop);
    }

    @Test
    void shouldDropWhenThePacketEndsBeforeItsPorts() {
        final RulePacket packet = memory.v4(V4.substring(0, V4.length() - 13));
        assertEquals(2, packet.transportLength);
        assertFalse(ports(true, false, true, 5, 5).matches(packet));
        assertTrue(packet.hotdrop);
    }

    @Test
    void shouldCompareAddressesAsUnsignedNumbers() {
        assertTrue(matches4(new HotIprange4(new HotIprange4.Bounds(0x0A000000, 0x0A000001, false), null)));
        assertFalse(matches4(new HotIprange4(new HotIprange4.Bounds(0x0A000002, -1, false), null)));
        assertTrue(matches4(new HotIprange4(null, new HotIprange4.Bounds(0, 0x80000000, false))));
        assertTrue(matches4(new HotIprange4(null, new HotIprange4.Bounds(5, 4, true))));
        assertTrue(matches6(new HotIprange6(null, new HotIprange6.Bounds(0x2001L << 48, 0, -1, -1, false))));
        assertFalse(matches6(new HotIprange6(new HotIprange6.Bounds(0x20010db800000000L, 2, -1, -1, false), null)));
        assertTrue(matches6(new HotIprange6(new HotIprange6.Bounds(0x20010db800000000L, 0, 0x20010db800000000L, 1, false), null)));
    }

    @Test
    void shouldReadLengthHopsAndClassFromTheHeader() {
        assertTrue(matches4(new HotLength(false, 28, 28, false)));
        assertTrue(matches6(new HotLength(true, 48, 48, false)));
        assertFalse(matches6(new HotLength(true, 48, 48, true)));
        assertTrue(matches4(new HotHops(false, 64, 64, false)));
        assertTrue(matches6(new HotHops(true, 255, 255, false)));
        assertFalse(matches6(new HotHops(true, 256, 255, false)));
        assertTrue(matches4(new HotTrafficClass(false, 0x2E << 2, 0xFC, false)));
        assertTrue(matches6(new HotTrafficClass(true, 0x28, 0xFF, false)));
        assertTrue(matches6(new HotTrafficClass(true, 0x29, 0xFF, true)));
    }

    @Test
    void shouldTakeNoPacketWithoutEthernetHeaderWhenAnAddressIsAskedFor() {
        assertTrue(matches4(new HotMac(0xE6E7_E8E9_EAEBL, false)));
        assertFalse(matches4(new HotMac(0xE6E7_E8E9_EAEBL, true)));
        final RulePacket packet = memory.v4(V4);
        packet.frame = 0;
        assertFalse(new HotMac(1, true).matches(packet));
    }

    @Test
    void shouldCallLoopedPacketsMulticastByTheirAddress() {
        final RulePacket packet = memory.v6(V6);
        packet.packetType = RulePacket.LOOPBACK;
        assertTrue(new HotPkttype(true, RulePacket.MULTICAST, false).matches(packet));
        final RulePacket other = memory.v4(V4);
        other.packetType = RulePacket.LOOPBACK;
        assertTrue(new HotPkttype(false, RulePacket.BROADCAST, false).matches(other));
        other.packetType = RulePacket.HOST;
        assertFalse(new HotPkttype(false, RulePacket.HOST, true).matches(other));
    }

    @Test
    void shouldCompareMarksUnderTheMask() {
        final RulePacket packet = memory.v4(V4);
        packet.mark = 0x1234;
        assertTrue(new HotMark(0x34, 0xFF, false).matches(packet));
        assertFalse(new HotMark(0x1234, 0xFF, false).matches(packet));
        assertTrue(HotAlways.INSTANCE.matches(packet));
    }

    @Test
    void shouldTakePacketsOfNoSocketWhenEverythingIsAskedForInverted() {
        final HotOwner.Bounds root = new HotOwner.Bounds(0, 0, false);
        final HotOwner.Bounds notRoot = new HotOwner.Bounds(0, 0, true);
        final RulePacket packet = memory.v4(V4);
        packet.uid = RulePacket.NO_SOCKET;
        packet.gid = RulePacket.NO_SOCKET;
        assertFalse(new HotOwner(root, null, false, false, false).matches(packet));
        assertTrue(new HotOwner(notRoot, null, false, false, false).matches(packet));
        assertFalse(new HotOwner(notRoot, root, false, false, false).matches(packet));
        assertTrue(new HotOwner(null, null, true, true, false).matches(packet));
        assertFalse(new HotOwner(null, null, true, false, false).matches(packet));
        packet.uid = 0;
        packet.gid = 5;
        assertTrue(new HotOwner(root, null, true, false, false).matches(packet));
        assertFalse(new HotOwner(root, null, true, true, false).matches(packet));
        assertFalse(new HotOwner(root, root, false, false, false).matches(packet));
        assertTrue(new HotOwner(root, new HotOwner.Bounds(4, -2, false), false, false, true).matches(packet));
    }

    @Test
    void shouldAskRoutesOfTheDeviceWhenTheRuleIsLimitedToIt() {
        final RulePacket packet = memory.v4(V4);
        packet.inIndex = 7;
        packet.outIndex = 9;
        routes(packet, packet.network + IPV4_ADDRESSES, 7, 2);
        assertTrue(new HotAddrtype(false, 1 << 2, false, 0, false, true, false).matches(packet));
        assertFalse(new HotAddrtype(false, 1 << 2, true, 0, false, true, false).matches(packet));
        routes(packet, packet.network + IPV4_ADDRESSES + 4, 9, 3);
        assertFalse(new HotAddrtype(false, 0, false, 1 << 2, false, false, true).matches(packet));
    }

    @Test
    void shouldReadKindsOfIpv6AddressesOffThemselvesWhereTheKernelDoes() {
        final RulePacket packet = memory.v6(V6);
        assertTrue(new HotAddrtype(true, 1 << 1, false, 1 << 5, false, false, false).matches(packet));
        assertFalse(new HotAddrtype(true, 1 << 1 | 1 << 5, false, 0, false, false, false).matches(packet));
        assertFalse(new HotAddrtype(true, 1, false, 0, false, false, false).matches(packet));
        routes(packet, packet.network + 8, 0, 8);
        assertTrue(new HotAddrtype(true, 1 << 7, false, 0, false, false, false).matches(packet));
        routes(packet, packet.network + 8, 0, 2);
        assertTrue(new HotAddrtype(true, 1 << 2 | 1 << 1, false, 0, false, false, false).matches(packet));
        Memory.putLongBE(packet.network + 8, 0);
        Memory.putLongBE(packet.network + 16, 0);
        assertTrue(new HotAddrtype(true, 1, false, 0, false, false, false).matches(packet));
    }

    private static void routes(final RulePacket packet, final long address, final int device, final int type) {
        packet.services = (PacketServices) Proxy.newProxyInstance(
                PacketServices.class.getClassLoader(), new Class<?>[] {PacketServices.class}, (proxy, method, arguments) -> {
                    assertEquals("addressType", method.getName());
                    assertEquals(address, arguments[1]);
                    assertEquals(device, arguments[2]);
                    return type;
                });
    }
}
