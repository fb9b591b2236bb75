package io.penstock.dataplane.hot.port;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.ring.FrameStack;
import io.penstock.os.netlink.Interfaces;
import io.penstock.os.netns.NetNs;
import io.penstock.os.packetsocket.PacketSocket;
import io.penstock.os.packetsocket.PacketSocket.Traffic;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an end of a port through AF_PACKET sends, and what it refuses. */
@Privileged
class PacketPortIoTest {

    private static final int OURS = 0x88B5;
    private static final int FRAMES = 256;
    private static final int FRAME_BYTES = 2048;
    private static final int TOO_LONG = 1600;

    private final MappedMemory memory = MappedMemory.reserve(FRAMES * FRAME_BYTES, MappedMemory.Pages.NORMAL);
    private final FrameStack frames = new FrameStack(memory.address(), FRAME_BYTES, FRAMES);
    private final TxQueue queue = new TxQueue();
    private TestNetNs left;
    private TestNetNs right;
    private PacketSocket socket;
    private PacketSocket peer;
    private PacketPortIo port;
    private PacketPortIo receiver;

    @BeforeEach
    void connect() throws Exception {
        left = TestNetNs.create("pp");
        right = TestNetNs.create("pp");
        left.veth("p0", right, "p1");
        socket = open(left, "p0");
        peer = open(right, "p1");
        port = new PacketPortIo(socket.rx(), socket.tx(), frames, FRAME_BYTES);
        receiver = new PacketPortIo(peer.rx(), peer.tx(), frames, FRAME_BYTES);
    }

    @AfterEach
    void remove() {
        socket.close();
        peer.close();
        left.close();
        right.close();
        memory.close();
    }

    @Test
    void shouldSendAllWhenTheLinkIsUpAgain() {
        fill(60, 61, 62);
        left.ip("link set p0 down");
        left.ip("link set p0 up");
        assertEquals(3, port.send(queue));
        assertEquals(List.of(60, 61, 62), received(3));
        assertEquals(0, port.tally().txFull);
        assertEquals(FRAMES, frames.count());
    }

    @Test
    void shouldRefuseAllWhenTheLinkIsDown() {
        fill(60, 61);
        left.ip("link set p0 down");
        for (int i = 0; i < 2; i++) {
            assertEquals(0, port.send(queue));
            assertEquals(DropReason.TX_PORT_DOWN, port.refusal());
        }
        assertEquals(4, port.tally().txFull);
    }

    @Test
    void shouldRefuseOnlyTheFrameThatIsTooLongForTheDevice() {
        fill(60, TOO_LONG, 61, TOO_LONG + 1, 62);
        final long first = queue.frame[1];
        final long second = queue.frame[3];
        assertEquals(3, port.send(queue));
        assertEquals(DropReason.MTU_EXCEEDED, port.refusal());
        assertEquals(List.of(first, second), List.of(queue.frame[3], queue.frame[4]), "they stay the caller's");
        assertEquals(List.of(TOO_LONG, TOO_LONG + 1), List.of(queue.length[3], queue.length[4]));
        assertEquals(List.of(60, 61, 62), received(3));
        assertEquals(3, port.tally().txPackets);
        assertEquals(60 + 61 + 62, port.tally().txBytes);
        assertEquals(0, port.tally().txFull, "there was room");
        assertEquals(FRAMES - 2, frames.count());
    }

    private void fill(final int... lengths) {
        for (final int length : lengths) {
            final long frame = frames.pop() + MemoryPortIo.HEADROOM;
            Memory.fill(frame, length, (byte) 2);
            Memory.putShortBE(frame + 12, OURS);
            queue.add(frame, length);
        }
    }

    /** The lengths of the next frames that have arrived. */
    private List<Integer> received(final int count) {
        final List<Integer> lengths = new ArrayList<>();
        final Batch batch = new Batch();
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (lengths.size() < count) {
            final int n = receiver.receive(batch, Batch.CAPACITY);
            for (int i = 0; i < n; i++) {
                if (Memory.getUnsignedShortBE(batch.frame[i] + 12) == OURS) {
                    lengths.add(batch.length[i]);
                }
                frames.push(batch.frame[i]);
            }
            if (System.nanoTime() - deadlineNs > 0) {
                throw new AssertionError("waited 5 s for " + count + " frames: " + lengths);
            }
            LockSupport.parkNanos(100_000);
        }
        return lengths;
    }

    private static PacketSocket open(final TestNetNs ns, final String device) throws Exception {
        return NetNs.within(ns.name(),
                () -> PacketSocket.open(Interfaces.byName(device).ifindex(), device, Traffic.ALL));
    }
}
