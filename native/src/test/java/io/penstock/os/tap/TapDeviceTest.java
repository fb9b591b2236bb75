package io.penstock.os.tap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.netlink.Interfaces;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.KernelMirror;
import io.penstock.os.netlink.Link;
import io.penstock.os.netlink.NeighbourRequests;
import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.sys.SysException;
import io.penstock.os.tap.TapDevice.Kind;
import io.penstock.os.tap.TapDevice.Option;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@Privileged
class TapDeviceTest {

    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(5);
    private static final int ROOM = 2048;
    private static final int ETHERTYPE_ARP = 0x0806;

    private TestNetNs ns;
    private MappedMemory memory;

    @BeforeEach
    void make() {
        ns = TestNetNs.create("tap");
        memory = MappedMemory.reserve(ROOM, MappedMemory.Pages.NORMAL);
    }

    @AfterEach
    void remove() {
        ns.close();
        memory.close();
    }

    /** The kernel asks for a neighbour through the device; the answer written to it resolves that. */
    @Test
    void shouldCarryFramesBothWaysWhenTap() throws Exception {
        NetNs.within(ns.name(), () -> {
            try (TapDevice tap = TapDevice.open("t0", Kind.TAP);
                    KernelMirror mirror = KernelMirror.open(new KernelMirror.Observer() { });
                    NeighbourRequests requests = NeighbourRequests.open()) {
                assertEquals(-Errno.EAGAIN, tap.read(memory.address(), ROOM));
                ns.ip("link set t0 address 02:00:00:00:00:01 up");
                ns.ip("addr add 10.0.0.1/24 dev t0");
                requests.use(tap.ifindex(), IpAddress.parse("10.0.0.2"), null);
                awaitFrame(tap, 12, ETHERTYPE_ARP);
                final long arp = memory.address() + 14;
                assertEquals(0x0A000002, Memory.getIntBE(arp + 24), "who is asked for");
                // The question becomes the answer: to whom asked, from 02:..:02.
                Memory.copy(memory.address() + 6, memory.address(), 6);
                putMac(memory.address() + 6, 0x020000000002L);
                Memory.putShortBE(arp + 6, 2);
                Memory.copy(arp + 8, arp + 18, 10);
                putMac(arp + 8, 0x020000000002L);
                Memory.putIntBE(arp + 14, 0x0A000002);
                assertEquals(42, tap.write(memory.address(), 42));
                final long start = System.nanoTime();
                while (mirror.neighbour(tap.ifindex(), IpAddress.parse("10.0.0.2")) == null
                        || mirror.neighbour(tap.ifindex(), IpAddress.parse("10.0.0.2")).mac() != 0x020000000002L) {
                    mirror.poll(20);
                    assertTrue(System.nanoTime() - start < DEADLINE_NS, "not resolved");
                }
            }
            return null;
        });
    }

    @Test
    void shouldDescribeDeviceWhenOpen() throws Exception {
        NetNs.within(ns.name(), () -> {
            try (TapDevice tun = TapDevice.open("u%d", Kind.TUN)) {
                assertEquals("u0", tun.name());
                final Link link = Interfaces.byName("u0");
                assertEquals(tun.ifindex(), link.ifindex());
                assertEquals("tun", link.kind());
                assertEquals(Link.TYPE_NONE, link.type());
                assertEquals(0, link.mac());
                Memory.putByte(memory.address(), (byte) 0x45);
                assertEquals(-Errno.EIO, tun.write(memory.address(), 20), "down");
            }
            assertEquals("device u0 does not exist in this network namespace; 'ip -br link' lists them",
                    assertThrows(IllegalArgumentException.class, () -> Interfaces.byName("u0")).getMessage());
            return null;
        });
    }

    @Test
    void shouldShareDeviceWhenMultiQueue() throws Exception {
        NetNs.within(ns.name(), () -> {
            try (TapDevice one = TapDevice.open("m0", Kind.TAP, Option.MULTI_QUEUE);
                    TapDevice two = TapDevice.open("m0", Kind.TAP, Option.MULTI_QUEUE)) {
                assertEquals(one.ifindex(), two.ifindex());
            }
            return null;
        });
    }

    @Test
    void shouldPrecedeFramesWithHeaderWhenVnetHeader() throws Exception {
        NetNs.within(ns.name(), () -> {
            try (TapDevice tap = TapDevice.open("v0", Kind.TAP, Option.VNET_HEADER);
                    NeighbourRequests requests = NeighbourRequests.open()) {
                ns.ip("link set v0 up");
                ns.ip("addr add 10.0.0.1/24 dev v0");
                requests.use(tap.ifindex(), IpAddress.parse("10.0.0.2"), null);
                awaitFrame(tap, 10 + 12, ETHERTYPE_ARP);
            }
            return null;
        });
    }

    @Test
    void shouldSayWhatToDoWhenDeviceCannotBeOpened() throws Exception {
        NetNs.within(ns.name(), () -> {
            try (TapDevice tap = TapDevice.open("t0", Kind.TAP)) {
                assertEquals("TUNSETIFF(name=t0, kind=TAP, options=[]): EBUSY (device or resource busy); another process has "
                                + "it open, or it exists and was to be new; 'ip tuntap' lists them, several queues need the "
                                + "option MULTI_QUEUE",
                        assertThrows(SysException.class, () -> TapDevice.open("t0", Kind.TAP)).getMessage());
                assertEquals("TUNSETIFF(name=t0, kind=TUN, options=[MULTI_QUEUE]): EINVAL (invalid argument); a device of "
                                + "that name exists with another kind or other options; 'ip -d link' shows them",
                        assertThrows(SysException.class,
                                () -> TapDevice.open("t0", Kind.TUN, Option.MULTI_QUEUE)).getMessage());
                assertEquals("t0", tap.name());
            }
            assertEquals("device name 'sixteen-bytes-xx' has bytes=16; give it 1 to 15", assertThrows(
                    IllegalArgumentException.class, () -> TapDevice.open("sixteen-bytes-xx", Kind.TAP)).getMessage());
            return null;
        });
    }

    private void awaitFrame(final TapDevice tap, final int typeOffset, final int type) {
        final long start = System.nanoTime();
        while (System.nanoTime() - start < DEADLINE_NS) {
            final int length = tap.read(memory.address(), ROOM);
            if (length > typeOffset && Memory.getUnsignedShortBE(memory.address() + typeOffset) == type) {
                return;
            }
            if (length < 0) {
                assertEquals(-Errno.EAGAIN, length);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
        fail("no frame of type 0x" + Integer.toHexString(type));
    }

    private static void putMac(final long address, final long mac) {
        Memory.putShortBE(address, (int) (mac >>> 32));
        Memory.putIntBE(address + 2, (int) mac);
    }
}
