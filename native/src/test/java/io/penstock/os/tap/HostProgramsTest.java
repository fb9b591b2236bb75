package io.penstock.os.tap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.os.bpf.BpfProgram;
import io.penstock.os.bpf.ProgramTestRun;
import io.penstock.os.bpf.SkbContext;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.netns.NetNs;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs the programs in the kernel on one frame per branch. */
@Privileged
class HostProgramsTest {

    private static final int PORT = 5;
    /** The loopback device, which every namespace has. */
    private static final int IFINDEX = 1;
    private static final long MAC = 0x02_00_5E_10_20_30L;
    private static final long NEIGHBOUR = 0x02_00_5E_10_20_31L;
    private static final long BROADCAST = 0xFFFF_FFFF_FFFFL;
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86DD;
    private static final int ARP = 0x0806;
    private static final int TCP = 6;
    private static final int ICMPV6 = 58;
    private static final int HEADER_BYTES = 32;

    private TestNetNs ns;
    private HostDevice device;
    private BpfProgram handOver;

    @BeforeEach
    void make() throws Exception {
        ns = TestNetNs.create("host");
        device = NetNs.within(ns.name(), () -> HostDevice.open(1));
        device.port(PORT, IFINDEX, MAC);
        handOver = device.loadHandOver(PORT, IFINDEX);
    }

    @AfterEach
    void remove() {
        handOver.close();
        device.close();
        ns.close();
    }

    @Test
    void shouldPutAddressAndMarkBackWhenFrameIsInjected() {
        final byte[] frame = frame(0, IPV4, TCP, "10.0.0.2", "10.0.0.1");
        final byte[] expected = frame.clone();
        frame[0] = PORT;
        frame[1] = 0;
        System.arraycopy(bytes(4).putInt(0xCAFE_0001).array(), 0, frame, 2, 4);

        final ProgramTestRun.Result result = ProgramTestRun.run(device.inject(), frame, new byte[SkbContext.BYTES]);

        assertEquals(SkbContext.TCX_REDIRECT, result.verdict());
        putMac(expected, MAC);
        assertArrayEquals(expected, result.frame());
        assertEquals(0xCAFE_0001, field(result.context(), SkbContext.MARK));
    }

    @Test
    void shouldFollowMacWhenItChanges() {
        device.mac(PORT, NEIGHBOUR);
        final byte[] frame = frame(0, IPV4, TCP, "10.0.0.2", "10.0.0.1");
        frame[0] = PORT;
        final ProgramTestRun.Result result = ProgramTestRun.run(device.inject(), frame);
        assertArrayEquals(mac(NEIGHBOUR), Arrays.copyOf(result.frame(), 6));
    }

    @Test
    void shouldInjectBroadcastWhenFrameWasOne() {
        final byte[] frame = frame(0, ARP, 0, "10.0.0.2", "10.0.0.1");
        frame[0] = PORT;
        frame[1] = 1;
        final ProgramTestRun.Result result = ProgramTestRun.run(device.inject(), frame);
        assertEquals(SkbContext.TCX_REDIRECT, result.verdict());
        assertArrayEquals(mac(BROADCAST), Arrays.copyOf(result.frame(), 6));
    }

    @Test
    void shouldDropWhenThePortIsUnknown() {
        final byte[] frame = frame(0, IPV4, TCP, "10.0.0.2", "10.0.0.1");
        frame[0] = PORT + 1;
        assertEquals(SkbContext.TCX_DROP, ProgramTestRun.run(device.inject(), frame).verdict());
        frame[0] = (byte) 255;
        assertEquals(SkbContext.TCX_DROP, ProgramTestRun.run(device.inject(), frame).verdict());
    }

    @Test
    void shouldHandOverWithHeaderWhenTheHostSends() {
        final byte[] frame = frame(NEIGHBOUR, IPV4, TCP, "10.0.0.1", "10.0.0.2");
        final byte[] context = new byte[SkbContext.BYTES];
        ByteBuffer.wrap(context).order(ByteOrder.nativeOrder())
                .putInt(SkbContext.MARK, 0x1234_5678).putInt(SkbContext.PRIORITY, 6);

        final ProgramTestRun.Result result = ProgramTestRun.run(handOver, frame, context);

        assertEquals(SkbContext.TCX_REDIRECT, result.verdict());
        final ByteBuffer header = ByteBuffer.wrap(result.frame()).order(ByteOrder.nativeOrder());
        assertEquals('P' | 'E' << 8 | 1 << 16 | PORT << 24, header.getInt(0));
        assertEquals(IFINDEX, header.getInt(4));
        assertEquals(0, header.getInt(8), "ingress");
        assertEquals(0x1234_5678, header.getInt(16), "mark");
        assertEquals(6, header.getInt(20), "priority");
        assertEquals(device.cookie(), header.getLong(24), "cookie");
        assertArrayEquals(frame, Arrays.copyOfRange(result.frame(), HEADER_BYTES, result.frame().length));
        assertEquals(1, Memory.getLong(device.handedOverAddress()));
    }

    @Test
    void shouldHandOverWhenThePacketIsOrdinary() {
        judge(SkbContext.TCX_REDIRECT, frame(NEIGHBOUR, IPV4, 1, "10.0.0.1", "10.0.0.2"));
        judge(SkbContext.TCX_REDIRECT, frame(NEIGHBOUR, IPV6, TCP, "2001:db8::1", "2001:db8::2"));
        judge(SkbContext.TCX_REDIRECT, frame(NEIGHBOUR, IPV6, ICMPV6, "2001:db8::1", "2001:db8::2", 128));
        judge(SkbContext.TCX_REDIRECT, frame(NEIGHBOUR, IPV6, ICMPV6, "2001:db8::1", "2001:db8::2", 132));
        judge(SkbContext.TCX_REDIRECT, frame(NEIGHBOUR, IPV6, ICMPV6, "2001:db8::1", "2001:db8::2", 138));
    }

    @Test
    void shouldLeaveToTheKernelWhenItIsNeighbourDiscovery() {
        for (int type = 133; type <= 137; type++) {
            judge(SkbContext.TCX_NEXT, frame(NEIGHBOUR, IPV6, ICMPV6, "2001:db8::1", "2001:db8::2", type));
        }
    }

    @Test
    void shouldLeaveToTheKernelWhenItIsForAGroupOrLinkLocal() {
        judge(SkbContext.TCX_NEXT, frame(BROADCAST, IPV4, 17, "0.0.0.0", "255.255.255.255"));
        judge(SkbContext.TCX_NEXT, frame(0x0100_5E00_0016L, IPV4, 2, "10.0.0.1", "224.0.0.22"));
        judge(SkbContext.TCX_NEXT, frame(0x3333_0000_0016L, IPV6, 0, "2001:db8::1", "ff02::16"));
        judge(SkbContext.TCX_NEXT, frame(NEIGHBOUR, IPV6, TCP, "fe80::1", "2001:db8::2"));
        judge(SkbContext.TCX_NEXT, frame(NEIGHBOUR, IPV6, TCP, "2001:db8::1", "febf::2"));
        judge(SkbContext.TCX_REDIRECT, frame(NEIGHBOUR, IPV6, TCP, "2001:db8::1", "fec0::2"));
    }

    @Test
    void shouldLeaveToTheKernelWhenItIsNoIp() {
        for (final int type : new int[] {ARP, 0x8100, 0x88CC, 0x8809}) {
            judge(SkbContext.TCX_NEXT, frame(NEIGHBOUR, type, 0, "10.0.0.1", "10.0.0.2"));
        }
    }

    @Test
    void shouldHandOverArpWhenItIsWanted() {
        device.handOverArp(PORT, true);
        judge(SkbContext.TCX_REDIRECT, frame(BROADCAST, ARP, 0, "10.0.0.1", "10.0.0.2"));
        judge(SkbContext.TCX_NEXT, frame(NEIGHBOUR, 0x88CC, 0, "10.0.0.1", "10.0.0.2"));
        device.handOverArp(PORT, false);
        judge(SkbContext.TCX_NEXT, frame(BROADCAST, ARP, 0, "10.0.0.1", "10.0.0.2"));
    }

    private void judge(final int verdict, final byte[] frame) {
        assertEquals(verdict, ProgramTestRun.run(handOver, frame).verdict());
    }

    /** A frame whose byte behind an IPv6 header is the ICMPv6 type. */
    private static byte[] frame(
            final long to, final int type, final int protocol, final String source, final String destination,
            final int... icmpType) {
        final ByteBuffer frame = ByteBuffer.allocate(80);
        frame.put(mac(to)).put(mac(MAC)).putShort((short) type);
        if (type == IPV6) {
            frame.putInt(0x6000_0000).putShort((short) 26).put((byte) protocol).put((byte) 64);
        } else {
            frame.putInt(0x4500_0042).putInt(0).put((byte) 64).put((byte) protocol).putShort((short) 0);
        }
        frame.put(address(source)).put(address(destination));
        if (icmpType.length != 0) {
            frame.put((byte) icmpType[0]);
        }
        return frame.array();
    }

    private static ByteBuffer bytes(final int count) {
        return ByteBuffer.allocate(count).order(ByteOrder.nativeOrder());
    }

    private static byte[] mac(final long mac) {
        return Arrays.copyOfRange(ByteBuffer.allocate(8).putLong(mac).array(), 2, 8);
    }

    private static void putMac(final byte[] frame, final long mac) {
        System.arraycopy(mac(mac), 0, frame, 0, 6);
    }

    private static int field(final byte[] context, final int offset) {
        return ByteBuffer.wrap(context).order(ByteOrder.nativeOrder()).getInt(offset);
    }

    private static byte[] address(final String text) {
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (final UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
