package io.penstock.os.xdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.bpf.ProgramTestRun;
import io.penstock.os.bpf.XdpContext;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.SysException;
import io.penstock.os.testkit.Privileged;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs the program in the kernel on one frame per branch; the verdict and the only counter that moved are checked. */
@Privileged
class RedirectProgramTest {

    private static final long MAC = 0x02_00_5E_10_20_30L;
    private static final long OTHER_MAC = 0x02_00_5E_10_20_31L;
    private static final long BROADCAST = 0xFFFF_FFFF_FFFFL;
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86DD;
    private static final int ARP = 0x0806;

    private HostAddresses addresses;
    private RedirectProgram program;
    private int socket;

    @BeforeEach
    void load() {
        addresses = HostAddresses.create();
        addresses.add(address("192.0.2.1"));
        addresses.add(address("2001:db8::1"));
        program = RedirectProgram.load(addresses, 4, MAC, true);
        socket = xdpSocket();
        program.registerSocket(0, socket);
    }

    @AfterEach
    void unload() {
        program.close();
        addresses.close();
        Linux.close(socket);
    }

    @Test
    void shouldRedirectWhenThePacketIsForSomeoneElse() {
        judge(frame(MAC, IPV4, "198.51.100.7", 64), RedirectProgramCounter.REDIRECTED);
        judge(frame(MAC, IPV4, "198.51.100.7", 34), RedirectProgramCounter.REDIRECTED);
        judge(frame(MAC, IPV4, "223.255.255.255", 64), RedirectProgramCounter.REDIRECTED);
        judge(frame(MAC, IPV4, "240.0.0.1", 64), RedirectProgramCounter.REDIRECTED);
        judge(frame(MAC, IPV6, "2001:db8::2", 80), RedirectProgramCounter.REDIRECTED);
        judge(frame(MAC, IPV6, "fec0::1", 54), RedirectProgramCounter.REDIRECTED);
    }

    @Test
    void shouldRedirectWhenTheHeaderIsCutOff() {
        judge(frame(MAC, IPV4, "192.0.2.1", 33), RedirectProgramCounter.REDIRECTED);
        judge(frame(MAC, IPV4, "192.0.2.1", 14), RedirectProgramCounter.REDIRECTED);
        judge(frame(MAC, IPV6, "2001:db8::1", 53), RedirectProgramCounter.REDIRECTED);
        judge(frame(MAC, IPV6, "2001:db8::1", 20), RedirectProgramCounter.REDIRECTED);
        judge(frame(OTHER_MAC, IPV4, "192.0.2.1", 33), RedirectProgramCounter.PASSED_NOT_OUR_MAC);
    }

    @Test
    void shouldPassWhenTheFrameIsNotIp() {
        for (final int type : new int[] {ARP, 0x8100, 0x88A8, 0x88CC, 0x0026, 0x8863}) {
            judge(frame(MAC, type, "198.51.100.7", 64), RedirectProgramCounter.PASSED_NON_IP);
            judge(frame(BROADCAST, type, "198.51.100.7", 20), RedirectProgramCounter.PASSED_NON_IP);
        }
    }

    @Test
    void shouldPassWhenTheFrameIsForAnotherDevice() {
        judge(frame(OTHER_MAC, IPV4, "198.51.100.7", 64), RedirectProgramCounter.PASSED_NOT_OUR_MAC);
        judge(frame(MAC ^ 1L << 40 ^ 1L << 41, IPV6, "2001:db8::2", 64), RedirectProgramCounter.PASSED_GROUP);
        judge(frame(BROADCAST, IPV4, "255.255.255.255", 64), RedirectProgramCounter.PASSED_GROUP);
        judge(frame(0x3333_0000_0001L, IPV6, "ff02::1", 64), RedirectProgramCounter.PASSED_GROUP);
    }

    @Test
    void shouldPassWhenTheAddressIsAGroupsOrLinkLocal() {
        judge(frame(MAC, IPV4, "224.0.0.5", 64), RedirectProgramCounter.PASSED_GROUP);
        judge(frame(MAC, IPV4, "239.255.255.255", 64), RedirectProgramCounter.PASSED_GROUP);
        judge(frame(MAC, IPV4, "255.255.255.255", 64), RedirectProgramCounter.PASSED_GROUP);
        judge(frame(MAC, IPV6, "ff02::1", 64), RedirectProgramCounter.PASSED_GROUP);
        judge(frame(MAC, IPV6, "fe80::1", 64), RedirectProgramCounter.PASSED_LINK_LOCAL);
        judge(frame(MAC, IPV6, "febf::1", 64), RedirectProgramCounter.PASSED_LINK_LOCAL);
    }

    @Test
    void shouldPassHostTrafficOnlyWhenItIsLeftToTheKernel() {
        judge(frame(MAC, IPV4, "192.0.2.1", 64), RedirectProgramCounter.PASSED_LOCAL);
        judge(frame(MAC, IPV6, "2001:db8::1", 64), RedirectProgramCounter.PASSED_LOCAL);

        program.setLocalToKernel(false);

        judge(frame(MAC, IPV4, "192.0.2.1", 64), RedirectProgramCounter.REDIRECTED);
        judge(frame(MAC, IPV6, "2001:db8::1", 64), RedirectProgramCounter.REDIRECTED);
    }

    @Test
    void shouldFollowTheHostsAddressesWhenTheyChange() {
        addresses.add(address("198.51.100.7"));
        addresses.add(address("240.0.0.1"));
        assertTrue(addresses.remove(address("192.0.2.1")));
        assertFalse(addresses.remove(address("192.0.2.1")));
        assertTrue(addresses.contains(address("198.51.100.7")));

        judge(frame(MAC, IPV4, "198.51.100.7", 64), RedirectProgramCounter.PASSED_LOCAL);
        judge(frame(MAC, IPV4, "240.0.0.1", 64), RedirectProgramCounter.PASSED_LOCAL);
        judge(frame(MAC, IPV4, "192.0.2.1", 64), RedirectProgramCounter.REDIRECTED);
    }

    @Test
    void shouldFindEveryAddressWhenManySharePlacesInTheFilter() {
        for (int i = 0; i < 6000; i++) {
            addresses.add(numbered(i));
            addresses.add(numbered(i));
        }
        for (int i = 1000; i < 6000; i++) {
            assertTrue(addresses.remove(numbered(i)));
        }
        for (int i = 0; i < 1200; i += 6) {
            judge(frame(MAC, IPV4, "10.9." + (i >> 8) + '.' + (i & 255), 64),
                    i < 1000 ? RedirectProgramCounter.PASSED_LOCAL : RedirectProgramCounter.REDIRECTED);
        }
    }

    private static byte[] numbered(final int i) {
        return new byte[] {10, 9, (byte) (i >> 8), (byte) i};
    }

    @Test
    void shouldKeepAPlaceInTheFilterWhenItsCountHasOverflown() {
        final byte[] probe = address("192.0.2.77");
        final int slot = HostAddresses.slot(probe);
        final List<byte[]> sharing = new ArrayList<>();
        for (int i = 0; sharing.size() < 300; i++) {
            final byte[] candidate = {11, (byte) (i >> 16), (byte) (i >> 8), (byte) i};
            if (HostAddresses.slot(candidate) == slot) {
                sharing.add(candidate);
                addresses.add(candidate);
            }
        }
        addresses.add(probe);
        sharing.forEach(addresses::remove);

        judge(frame(MAC, IPV4, "192.0.2.77", 64), RedirectProgramCounter.PASSED_LOCAL);
    }

    @Test
    void shouldFollowTheMacWhenItChanges() {
        program.setMac(OTHER_MAC);

        judge(frame(OTHER_MAC, IPV4, "198.51.100.7", 64), RedirectProgramCounter.REDIRECTED);
        judge(frame(MAC, IPV4, "198.51.100.7", 64), RedirectProgramCounter.PASSED_NOT_OUR_MAC);
    }

    @Test
    void shouldRedirectArpWhenTheDataPlaneWantsIt() {
        program.setArpToDataPlane(true);

        judge(frame(BROADCAST, ARP, "0.0.0.0", 42), RedirectProgramCounter.REDIRECTED);
        judge(frame(MAC, ARP, "0.0.0.0", 20), RedirectProgramCounter.REDIRECTED);
        judge(frame(MAC, 0x8100, "0.0.0.0", 64), RedirectProgramCounter.PASSED_NON_IP);
        judge(frame(MAC, IPV4, "192.0.2.1", 64), RedirectProgramCounter.PASSED_LOCAL);

        program.setArpToDataPlane(false);

        judge(frame(BROADCAST, ARP, "0.0.0.0", 42), RedirectProgramCounter.PASSED_NON_IP);
    }

    @Test
    void shouldPassWhenNoSocketServesTheQueue() {
        program.unregister(0);
        judge(frame(MAC, IPV4, "198.51.100.7", 64), RedirectProgramCounter.PASSED_NO_SOCKET);
        program.unregister(0);

        program.registerSocket(0, socket);
        judge(frame(MAC, IPV4, "198.51.100.7", 64), RedirectProgramCounter.REDIRECTED);
    }

    @Test
    void shouldLeaveTheFrameAlone() {
        final byte[] frame = frame(MAC, IPV6, "2001:db8::2", 80);
        assertEquals(Arrays.toString(frame), Arrays.toString(ProgramTestRun.run(program.program(), frame).frame()));
    }

    @Test
    void shouldSayWhatIsWrongWhenASocketCannotBeRegistered() {
        assertEquals("queue 4 does not exist on this port: queues=4",
                assertThrows(IllegalArgumentException.class, () -> program.registerSocket(4, socket)).getMessage());
        final SysException e = assertThrows(SysException.class, () -> program.registerSocket(1, 0));
        assertTrue(e.getMessage().endsWith("; not an AF_XDP socket with a receive ring: queue=1 fd=0"), e.getMessage());
        assertEquals("not an address: bytes=5; use 4 or 16",
                assertThrows(IllegalArgumentException.class, () -> addresses.add(new byte[5])).getMessage());
    }

    @Test
    void shouldHaveRoomForEveryProcessorWhenTheirNumberIsNoPowerOfTwo() {
        assertEquals(1, RedirectProgramLayout.processors(1));
        assertEquals(2, RedirectProgramLayout.processors(2));
        assertEquals(4, RedirectProgramLayout.processors(3));
        assertEquals(128, RedirectProgramLayout.processors(65));
    }

    private void judge(final byte[] frame, final RedirectProgramCounter expected) {
        final Map<RedirectProgramCounter, Long> wanted = new EnumMap<>(program.counters());
        wanted.merge(expected, 3L, Long::sum);

        final ProgramTestRun.Result result = ProgramTestRun.run(program.program(), frame, 3);

        assertEquals(expected == RedirectProgramCounter.REDIRECTED ? XdpContext.XDP_REDIRECT : XdpContext.XDP_PASS,
                result.verdict());
        assertEquals(wanted, program.counters());
    }

    /** A frame of {@code bytes} bytes, cut off wherever that is. */
    private static byte[] frame(final long destination, final int type, final String to, final int bytes) {
        final ByteBuffer frame = ByteBuffer.allocate(Math.max(bytes, 54));
        frame.putShort((short) (destination >>> 32)).putInt((int) destination).put(new byte[] {2, 0, 0, 0, 0, 9});
        frame.putShort((short) type);
        frame.put(14, (byte) (type == IPV6 ? 0x60 : 0x45));
        frame.put(type == IPV6 ? 38 : 30, address(to));
        return Arrays.copyOf(frame.array(), bytes);
    }

    private static byte[] address(final String text) {
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (final UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    // A socket with a receive ring is all that a socket map asks for.
    private static int xdpSocket() {
        final int fd = (int) Linux.check(Linux.socket(44, 3, 0), "socket(AF_XDP)");
        Linux.check(Linux.setsockoptInt(fd, 283, 2, 64), "setsockopt(XDP_RX_RING)");
        return fd;
    }
}
