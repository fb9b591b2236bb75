package io.penstock.os.tap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.bpf.BpfAssembler;
import io.penstock.os.bpf.BpfIsa.Alu;
import io.penstock.os.bpf.BpfIsa.Atomic;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfIsa.Width;
import io.penstock.os.bpf.BpfLink;
import io.penstock.os.bpf.BpfMap;
import io.penstock.os.bpf.BpfMapType;
import io.penstock.os.bpf.BpfObjects;
import io.penstock.os.bpf.BpfProgram;
import io.penstock.os.bpf.BpfProgramType;
import io.penstock.os.bpf.SkbContext;
import io.penstock.os.bpf.TcxDirection;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.os.hot.tap.InjectionLayout;
import io.penstock.os.hot.tap.OriginLayout;
import io.penstock.os.hot.tap.VirtioNetLayout;
import io.penstock.os.netlink.Interfaces;
import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real sockets at one end, this process in a worker's place at the other. */
@Privileged
class HostDeviceTest {

    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(5);
    private static final int PORT = 3;
    private static final int ROOM = 2048;
    private static final int FRAME = VirtioNetLayout.BYTES + OriginLayout.BYTES;
    private static final int ETHERNET = 14;
    private static final String NEIGHBOUR = "02:00:00:00:00:09";

    private TestNetNs ns;
    private TestNetNs peer;
    private MappedMemory memory;
    private long buffer;

    @BeforeEach
    void make() {
        ns = TestNetNs.create("host");
        peer = TestNetNs.create("host");
        ns.veth("d0", peer, "c0");
        // What IPv6 says of its own accord would be in the way.
        ns.exec("sysctl -qw net.ipv6.conf.all.disable_ipv6=1");
        peer.exec("sysctl -qw net.ipv6.conf.all.disable_ipv6=1");
        ns.ip("addr add 10.0.0.1/24 dev d0");
        ns.ip("neigh add 10.0.0.2 lladdr %s dev d0 nud permanent", NEIGHBOUR);
        memory = MappedMemory.reserve(ROOM, MappedMemory.Pages.NORMAL);
        buffer = memory.address();
    }

    @AfterEach
    void remove() {
        ns.close();
        peer.close();
        memory.close();
    }

    @Test
    void shouldTakeTheNextNameWhenTheFirstIsTaken() throws Exception {
        NetNs.within(ns.name(), () -> {
            try (HostDevice first = HostDevice.open(1); HostDevice second = HostDevice.open(2)) {
                assertEquals("penstock0", first.name());
                assertEquals("penstock1", second.name());
                assertTrue(ns.ip("link show penstock1").contains("NOARP,UP"), ns.ip("link show penstock1"));
                assertEquals("", ns.ip("-o addr show dev penstock1"), "it has no address");
            }
            return null;
        });
    }

    @Test
    void shouldLeaveNothingWhenClosed() throws Exception {
        NetNs.within(ns.name(), () -> {
            final int ifindex = Interfaces.byName("d0").ifindex();
            final int program;
            try (HostDevice device = open()) {
                device.handOver(PORT, ifindex, null);
                program = device.inject().id();
                assertTrue(BpfObjects.links().stream().anyMatch(link -> link.programId() == program));
            }
            assertThrows(IllegalArgumentException.class, () -> Interfaces.byName("penstock0"));
            assertTrue(BpfObjects.links().stream().noneMatch(link -> link.programId() == program));
            send(0, "10.0.0.2", 7000, 10);
            return null;
        });
    }

    @Test
    void shouldReachTheSocketOnItsPortWhenInjected() throws Exception {
        NetNs.within(ns.name(), () -> {
            ns.exec("sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.d0.rp_filter=1");
            try (HostDevice device = HostDevice.open(1);
                    DatagramChannel socket = DatagramChannel.open()) {
                device.port(PORT, Interfaces.byName("d0").ifindex(), Interfaces.byName("d0").mac());
                socket.bind(new InetSocketAddress("10.0.0.1", 7000)).configureBlocking(false);
                for (final boolean partial : new boolean[] {false, true}) {
                    final int bytes = frame(partial ? 1000 : 18, partial);
                    assertEquals(bytes, device.queue(0).write(buffer, bytes));
                    assertEquals("/10.0.0.2:1000", receive(socket));
                }
                // A checksum that is wrong and not said to be begun is the kernel's to refuse.
                final int bytes = frame(18, false);
                Memory.putShort(buffer + VirtioNetLayout.BYTES + ETHERNET + 20 + UdpLayout.CHECKSUM, 0x1234);
                assertEquals(bytes, device.queue(0).write(buffer, bytes));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                assertEquals(null, socket.receive(ByteBuffer.allocate(ROOM)));
            }
            return null;
        });
    }

    @Test
    void shouldHandOverWhatASocketSends() throws Exception {
        NetNs.within(ns.name(), () -> {
            try (HostDevice device = open()) {
                final int ifindex = Interfaces.byName("d0").ifindex();
                try (BpfLink _ = device.handOver(PORT, ifindex, null)) {
                    send(0, "10.0.0.2", 7000, 100);
                    assertEquals(FRAME + ETHERNET + 20 + 8 + 100, read(device.queue(0)));
                    final long header = buffer + VirtioNetLayout.BYTES;
                    assertEquals(0, Memory.getLong(buffer), "one packet, complete");
                    assertTrue(OriginLayout.isValid(header, device.cookie()));
                    assertEquals(PORT, OriginLayout.port(header));
                    assertEquals(ifindex, Memory.getInt(header + OriginLayout.OUT_IFINDEX));
                    assertEquals(0, OriginLayout.uid(header));
                    assertEquals(0x0200_0000, Memory.getIntBE(buffer + FRAME), "the neighbour's address is written");
                    assertChecksum();
                    assertEquals(1, Memory.getLong(device.handedOverAddress()));
                }
                send(0, "10.0.0.2", 7000, 100);
                assertEquals(-Errno.EAGAIN, device.queue(0).read(buffer, ROOM), "closed");
            }
            return null;
        });
    }

    @Test
    void shouldHandOverSegmentsWhenASocketSendsManyAtOnce() throws Exception {
        NetNs.within(ns.name(), () -> {
            try (HostDevice device = open();
                    BpfLink _ = device.handOver(PORT, Interfaces.byName("d0").ifindex(), null)) {
                send(1000, "10.0.0.2", 7000, 3500);
                for (final int payload : new int[] {1000, 1000, 1000, 500}) {
                    assertEquals(FRAME + ETHERNET + 20 + 8 + payload, read(device.queue(0)));
                    assertTrue(OriginLayout.isValid(buffer + VirtioNetLayout.BYTES, device.cookie()), "each has the header");
                    assertChecksum();
                }
            }
            return null;
        });
    }

    @Test
    void shouldSayThatNoSocketSentWhenTheKernelAnswers() throws Exception {
        NetNs.within(ns.name(), () -> {
            try (HostDevice device = open();
                    BpfLink _ = device.handOver(PORT, Interfaces.byName("d0").ifindex(), null)) {
                // Nobody listens: the kernel answers with an ICMP error, through a socket of its own.
                final int bytes = frame(18, false);
                assertEquals(bytes, device.queue(0).write(buffer, bytes));
                read(device.queue(0));
                assertEquals(IpProtocol.ICMP, Ipv4Layout.protocol(buffer + FRAME + ETHERNET));
                assertEquals(0, OriginLayout.mark(buffer + VirtioNetLayout.BYTES));
            }
            return null;
        });
    }

    @Test
    void shouldSendAFlowToTheQueueThatDeliversIt() throws Exception {
        NetNs.within(ns.name(), () -> {
            try (HostDevice device = HostDevice.open(2);
                    DatagramChannel socket = DatagramChannel.open()) {
                device.port(PORT, Interfaces.byName("d0").ifindex(), Interfaces.byName("d0").mac());
                socket.bind(new InetSocketAddress("10.0.0.1", 7000)).configureBlocking(false);
                try (BpfLink _ = device.handOver(PORT, Interfaces.byName("d0").ifindex(), null)) {
                    for (int flow = 0; flow < 16; flow++) {
                        final int bytes = frame(18, true, 1000 + flow);
                        assertEquals(bytes, device.queue(flow & 1).write(buffer, bytes));
                        assertEquals("/10.0.0.2:" + (1000 + flow), receive(socket));
                        socket.send(ByteBuffer.allocate(10), new InetSocketAddress("10.0.0.2", 1000 + flow));
                        assertEquals(FRAME + ETHERNET + 20 + 8 + 10, read(device.queue(flow & 1)));
                    }
                }
            }
            return null;
        });
    }

    @Test
    void shouldKeepOtherProgramsBeforeItWhenTheyWereThere() throws Exception {
        try (BpfMap count = BpfMap.create(BpfMapType.ARRAY, "pt_count", 4, 8, 1, BpfMap.F_MMAPABLE);
                BpfProgram other = BpfProgram.load(BpfProgramType.SCHED_CLS, "pt_other", counting(count), "Apache-2.0")) {
            NetNs.within(ns.name(), () -> {
                final int ifindex = Interfaces.byName("d0").ifindex();
                try (BpfLink in = BpfLink.attachTcx(other, ifindex, TcxDirection.INGRESS);
                        BpfLink out = BpfLink.attachTcx(other, ifindex, TcxDirection.EGRESS);
                        HostDevice device = open();
                        BpfLink _ = device.handOver(PORT, ifindex, null)) {
                    send(0, "10.0.0.2", 7000, 100);
                    read(device.queue(0));
                    assertEquals(1, Memory.getLong(count.address()), "egress");
                    final int bytes = frame(18, false);
                    device.queue(0).write(buffer, bytes);
                    read(device.queue(0));
                    assertEquals(3, Memory.getLong(count.address()), "ingress, and the answer");
                    assertFalse(in.info().equals(out.info()));
                }
                return null;
            });
        }
    }

    private static BpfAssembler counting(final BpfMap map) {
        return new BpfAssembler().loadMapValue(Reg.R1, map, 0).mov(Reg.R2, 1)
                .atomic(Atomic.ADD, Width.DOUBLE, Reg.R1, 0, Reg.R2)
                .mov(Reg.R0, SkbContext.TCX_NEXT).alu(Alu.ADD, Reg.R0, 0).exit();
    }

    private static HostDevice open() {
        final HostDevice device = HostDevice.open(1);
        device.port(PORT, Interfaces.byName("d0").ifindex(), Interfaces.byName("d0").mac());
        return device;
    }

    /** Writes a datagram from 10.0.0.2:1000 to 10.0.0.1:7000 to the buffer, ready to be injected; its bytes with the header. */
    private int frame(final int payload, final boolean partial) {
        return frame(payload, partial, 1000);
    }

    private int frame(final int payload, final boolean partial, final int sourcePort) {
        final long frame = buffer + VirtioNetLayout.BYTES;
        final long ip = frame + ETHERNET;
        final long udp = ip + 20;
        final int udpBytes = 8 + payload;
        Memory.fill(buffer, ROOM, (byte) 0x5A);
        Memory.putShortBE(frame + 12, 0x0800);
        Memory.putLongBE(ip, 0x4500_0000_0000_0000L | (long) (20 + udpBytes) << 32);
        Memory.putLongBE(ip + 8, 0x4011_0000_0A00_0002L);
        Memory.putIntBE(ip + 16, 0x0A00_0001);
        Memory.putShort(ip + 10, ~Checksum.fold(Checksum.sum(ip, 20)));
        Memory.putIntBE(udp, sourcePort << 16 | 7000);
        Memory.putIntBE(udp + 4, udpBytes << 16);
        final long pseudo = Checksum.pseudo4(ip, IpProtocol.UDP, udpBytes);
        if (partial) {
            Memory.putShort(udp + UdpLayout.CHECKSUM, Checksum.fold(pseudo));
            VirtioNetLayout.writePartial(buffer, ETHERNET + 20, UdpLayout.CHECKSUM);
        } else {
            Memory.putShort(udp + UdpLayout.CHECKSUM, ~Checksum.fold(pseudo + Checksum.sum(udp, udpBytes)));
            VirtioNetLayout.writePlain(buffer);
        }
        InjectionLayout.write(frame, PORT, 0, 0);
        return VirtioNetLayout.BYTES + ETHERNET + 20 + udpBytes;
    }

    private void assertChecksum() {
        final long ip = buffer + FRAME + ETHERNET;
        final int bytes = Ipv4Layout.totalLength(ip) - 20;
        assertEquals(0xFFFF, Checksum.fold(Checksum.pseudo4(ip, IpProtocol.UDP, bytes) + Checksum.sum(ip + 20, bytes)),
                "the checksum is complete");
    }

    private int read(final TapDevice queue) {
        final long start = System.nanoTime();
        int bytes = queue.read(buffer, ROOM);
        while (bytes == -Errno.EAGAIN && System.nanoTime() - start < DEADLINE_NS) {
            LockSupport.parkNanos(100_000);
            bytes = queue.read(buffer, ROOM);
        }
        return bytes;
    }

    private static String receive(final DatagramChannel socket) throws Exception {
        final long start = System.nanoTime();
        Object from = socket.receive(ByteBuffer.allocate(ROOM));
        while (from == null && System.nanoTime() - start < DEADLINE_NS) {
            LockSupport.parkNanos(100_000);
            from = socket.receive(ByteBuffer.allocate(ROOM));
        }
        return String.valueOf(from);
    }

    /** Sends one datagram, or several of the given size at once (UDP_SEGMENT, udp(7)). */
    private void send(final int segmentBytes, final String to, final int port, final int bytes) {
        final int fd = (int) Linux.check(Linux.socket(2, 2, 0), "socket(AF_INET, SOCK_DGRAM)");
        try (MappedMemory payload = MappedMemory.reserve(8192, MappedMemory.Pages.NORMAL)) {
            if (segmentBytes != 0) {
                Linux.check(Linux.setsockoptInt(fd, 17, 103, segmentBytes), "setsockopt(UDP_SEGMENT)");
            }
            final long address = payload.address() + 4096;
            Memory.putShort(address, 2);
            Memory.putShortBE(address + 2, port);
            Memory.putIntBE(address + 4, 0x0A00_0002);
            Linux.check(Linux.sendto(fd, payload.address(), bytes, 0, address, 16), "sendto(" + to + ')');
        } finally {
            Linux.close(fd);
        }
    }
}
