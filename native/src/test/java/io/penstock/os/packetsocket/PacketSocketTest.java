package io.penstock.os.packetsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.ring.PacketTx;
import io.penstock.os.netns.NetNs;
import io.penstock.os.packetsocket.PacketSocket.Traffic;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.sys.PollSet;
import io.penstock.os.sys.SysException;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** AF_PACKET sockets at both ends of a veth pair. */
@Privileged
class PacketSocketTest {

    private static final int OURS = 0x88B5;
    private static final int IPV4 = 0x0800;
    private static final int ROOM = 2048;
    private static final int TEN_SECONDS_MS = 10_000;

    private final MappedMemory memory = MappedMemory.reserve(64 * ROOM, MappedMemory.Pages.NORMAL);
    private final long[] places = new long[32];
    private final int[] lengths = new int[32];
    private TestNetNs left;
    private TestNetNs right;
    private PacketSocket sender;

    @BeforeEach
    void makeNamespaces() throws Exception {
        left = TestNetNs.create("pl");
        right = TestNetNs.create("pr");
        left.veth("p0", right, "p1");
        sender = open(left, "p0", Traffic.ALL);
        for (int i = 0; i < places.length; i++) {
            places[i] = memory.address() + (long) i * ROOM;
        }
    }

    @AfterEach
    void removeNamespaces() {
        sender.close();
        right.close();
        left.close();
        memory.close();
    }

    @Test
    void shouldCarryFramesOfAllLengthsInOrder() throws Exception {
        try (PacketSocket receiver = open(right, "p1", Traffic.ALL)) {
            final int packets = 3_000;
            int seen = 0;
            for (int i = 0; i < packets; i++) {
                assertEquals(PacketTx.SENT, send(OURS, i, 60 + i % 1455));
                if (i % 32 == 31) {
                    seen += check(receiver, seen);
                }
            }
            final int[] total = {seen};
            await("all frames", () -> {
                total[0] += check(receiver, total[0]);
                return total[0] == packets;
            });
            assertEquals(0, receiver.statistics().droppedPackets());
            assertTrue(receiver.statistics().receivedPackets() >= packets, "the counts go on after they were read");
            assertEquals(0, receiver.rx().oversized());
            assertEquals(0, received(sender, OURS).size(), "what the device itself sends is not received");
        }
    }

    @Test
    void shouldReceiveOnlyIpWhenAskedFor() throws Exception {
        try (PacketSocket receiver = open(right, "p1", Traffic.IP)) {
            send(OURS, 1, 60);
            send(0x0806, 2, 60);
            send(IPV4, 3, 60);
            send(0x86DD, 4, 60);
            final List<Integer> numbers = new ArrayList<>();
            await("the IPv6 frame", () -> {
                numbers.addAll(received(receiver, -1));
                return numbers.contains(4);
            });
            assertTrue(numbers.contains(3), numbers.toString());
            assertTrue(!numbers.contains(1) && !numbers.contains(2), numbers.toString());
        }
    }

    @Test
    void shouldShowTheTagThatWasOnTheWire() throws Exception {
        try (PacketSocket receiver = open(right, "p1", Traffic.IP)) {
            sendTagged(0x8100_E02A, 1, false);
            sendTagged(0x88A8_0007, 2, false);
            sendTagged(0x88A8_0007, 3, true);
            final List<String> tags = new ArrayList<>();
            await("three tagged frames", () -> {
                final int count = receiver.rx().receive(places, lengths, places.length, ROOM);
                for (int i = 0; i < count; i++) {
                    if (Memory.getUnsignedShortBE(places[i] + 12) != 0x86DD) {
                        tags.add(Integer.toHexString(Memory.getIntBE(places[i] + 12)) + ' '
                                + Integer.toHexString(Memory.getIntBE(places[i] + 16)) + ' ' + lengths[i]);
                    }
                }
                return tags.size() >= 3;
            });
            assertEquals(List.of("8100e02a 8000000 64", "88a80007 8000000 64", "88a80007 81000009 64"), tags);
        }
    }

    @Test
    void shouldCountAndSkipWhatIsLongerThanASlot() throws Exception {
        left.ip("link set p0 mtu 9000");
        right.ip("link set p1 mtu 9000");
        try (PacketSocket receiver = open(right, "p1", Traffic.ALL)) {
            send(OURS, 1, 2040);
            send(OURS, 2, 60);
            await("the short frame", () -> received(receiver, OURS).contains(2));
            assertEquals(1, receiver.rx().oversized());
        }
    }

    @Test
    void shouldCountWhatIsLostWhenTheRingIsFull() throws Exception {
        final int ifindex = ifindex(right, "p1");
        try (PacketSocket receiver = NetNs.within(right.name(),
                () -> PacketSocket.open(ifindex, "p1", Traffic.ALL, 64, PacketSocket.DEFAULT_FRAME_BYTES))) {
            for (int i = 0; i < 80; i++) {
                send(OURS, i, 60);
            }
            await("the count", () -> receiver.statistics().droppedPackets() >= 16);
            assertEquals(64, receiver.statistics().receivedPackets());
        }
    }

    @Test
    void shouldTellWhyWhenAFrameCannotBeSent() {
        assertEquals(-Errno.EMSGSIZE, send(OURS, 1, 1600));
        left.ip("link set p0 down");
        assertEquals(-Errno.ENETDOWN, send(OURS, 1, 60));
    }

    @Test
    void shouldSendTheFirstFrameAfterTheDeviceWasDown() {
        left.ip("link set p0 down");
        left.ip("link set p0 up");
        assertEquals(PacketTx.SENT, send(OURS, 1, 60));
    }

    @Test
    void shouldBeWaitedForWhileTheDeviceIsDown() {
        try (PollSet set = new PollSet(1)) {
            set.add(sender.fd());
            left.ip("link set p0 down");
            // Frames that came before it are still there to be read.
            received(sender, -1);
            assertTrue(set.await(TEN_SECONDS_MS), "that it is down is told");
            set.takeErrors();
            assertFalse(set.await(0), "and not again");
            set.wake();
            assertTrue(set.await(TEN_SECONDS_MS));
            assertEquals(-Errno.ENETDOWN, send(OURS, 1, 60));
        }
    }

    @Test
    void shouldRefuseWhatItCannotDo() {
        assertEquals("slots must be a power of two from 64 to 1048576: slots=65",
                assertThrows(IllegalArgumentException.class,
                        () -> PacketSocket.open(1, "lo", Traffic.ALL, 65, 1522)).getMessage());
        assertEquals("frameBytes must be from 60 to 65000: frameBytes=59",
                assertThrows(IllegalArgumentException.class,
                        () -> PacketSocket.open(1, "lo", Traffic.ALL, 64, 59)).getMessage());
        assertEquals("bind(AF_PACKET, device=gone0, ifindex=9999): ENODEV (no such device); list the devices of this network"
                + " namespace with 'ip link'",
                assertThrows(SysException.class, () -> NetNs.within(left.name(),
                        () -> PacketSocket.open(9999, "gone0", Traffic.ALL))).getMessage());
    }

    @Test
    void shouldRefuseToCountWhenClosed() {
        sender.close();
        assertEquals("the packet socket is closed: device=p0",
                assertThrows(IllegalStateException.class, sender::statistics).getMessage());
    }

    private int send(final int ethertype, final int number, final int length) {
        final long frame = memory.address() + 40L * ROOM;
        header(frame);
        Memory.putShortBE(frame + 12, ethertype);
        Memory.putIntBE(frame + 14, number);
        Memory.putByte(frame + length - 1, (byte) number);
        return sender.tx().send(frame, length);
    }

    private void sendTagged(final int tag, final int number, final boolean twice) {
        final long frame = memory.address() + 40L * ROOM;
        header(frame);
        Memory.putIntBE(frame + 12, tag);
        Memory.putIntBE(frame + 16, twice ? 0x8100_0009 : IPV4 << 16);
        Memory.putIntBE(frame + 20, twice ? IPV4 << 16 | number : number);
        assertEquals(PacketTx.SENT, sender.tx().send(frame, 64));
    }

    private static void header(final long frame) {
        Memory.fill(frame, 6, (byte) 0xFF);
        Memory.fill(frame + 6, 6, (byte) 2);
        Memory.fill(frame + 14, 50, (byte) 0);
    }

    /** Checks the next frames against their numbers and returns how many there were. */
    private int check(final PacketSocket receiver, final int from) {
        final int count = receiver.rx().receive(places, lengths, places.length, ROOM);
        int number = from;
        for (int i = 0; i < count; i++) {
            if (Memory.getUnsignedShortBE(places[i] + 12) == OURS) {
                assertEquals(number, Memory.getIntBE(places[i] + 14));
                assertEquals(60 + number % 1455, lengths[i]);
                assertEquals((byte) number, Memory.getByte(places[i] + lengths[i] - 1));
                number++;
            }
        }
        return number - from;
    }

    private List<Integer> received(final PacketSocket receiver, final int ethertype) {
        final List<Integer> numbers = new ArrayList<>();
        final int count = receiver.rx().receive(places, lengths, places.length, ROOM);
        for (int i = 0; i < count; i++) {
            if (ethertype < 0 || Memory.getUnsignedShortBE(places[i] + 12) == ethertype) {
                numbers.add(Memory.getIntBE(places[i] + 14));
            }
        }
        return numbers;
    }

    private static int ifindex(final TestNetNs ns, final String device) {
        return Integer.parseInt(ns.ip("-o link show dev %s", device).split(":")[0]);
    }

    private static PacketSocket open(final TestNetNs ns, final String device, final Traffic traffic) throws Exception {
        final int ifindex = ifindex(ns, device);
        return NetNs.within(ns.name(), () -> PacketSocket.open(ifindex, device, traffic));
    }

    private static void await(final String what, final BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new AssertionError("waited 5 s for " + what);
            }
            LockSupport.parkNanos(100_000);
        }
    }
}
