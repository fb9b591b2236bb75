package io.penstock.dataplane.hot.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.penstock.dataplane.api.Device;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.PortTable;
import io.penstock.dataplane.hot.pipeline.PortTally;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.ring.FrameStack;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.sys.PollSet;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Both sides of a hand-off on one thread: contents, frames and counts. */
class HandoffTest {

    private static final int FRAME_BYTES = 2048;
    private static final int FRAMES = 256;
    private static final int PORT = 3;
    /** IPv6, UDP, GUE with its option, where there was an Ethernet header already. */
    private static final int MOST_TUNNEL_BYTES = 60;

    private final MappedMemory ringMemory = MappedMemory.reserve(HandoffRing.BYTES, MappedMemory.Pages.NORMAL);
    private final MappedMemory senders = frames();
    private final MappedMemory owners = frames();
    private final PollSet bell = new PollSet(0);
    private final FrameStack sendersFrames = new FrameStack(senders.address(), FRAME_BYTES, FRAMES);
    private final FrameStack ownersFrames = new FrameStack(owners.address(), FRAME_BYTES, FRAMES);
    private final HandoffRing ring = new HandoffRing(ringMemory.address());
    private final HandoffPortIo sender = new HandoffPortIo(ring, sendersFrames, bell);
    private final Sink sink = new Sink();
    private final Lane lane = new Lane(0, "", null, new PortTable(), ownersFrames, -FRAME_BYTES, null);
    private final HandoffDrain drain = new HandoffDrain(ring, lane, PORT);
    private final TxQueue sendersQueue = new TxQueue();
    private long sent;

    @BeforeEach
    void connect() {
        lane.port(new Device(PORT, 1, "d0"), sink);
    }

    @AfterEach
    void unmap() {
        bell.close();
        ringMemory.close();
        senders.close();
        owners.close();
    }

    @Test
    void shouldSendInOrderAndReturnEveryFrame() {
        assertEquals(70, send(70));
        assertEquals(FRAMES, sendersFrames.count());
        assertEquals(Batch.CAPACITY, drain.drain());
        assertEquals(6, drain.drain());
        assertEquals(0, drain.drain());
        for (int i = 0; i < 70; i++) {
            assertEquals(i, sink.numbers.get(i));
            assertEquals(60 + i, sink.lengths.get(i));
        }
        assertEquals(70, sender.tally().handedOff);
        assertEquals(0, sender.tally().txPackets);
        assertEquals(70, lane.counters.handedIn);
        assertEquals(70, lane.counters.forwarded);
        assertEquals(0, lane.counters.unaccounted());
        assertEquals(FRAMES, ownersFrames.count());
    }

    @Test
    void shouldStayInItsFrameWhenATunnelsHeadersWerePutInFrontOfALongPacket() {
        final int length = FRAME_BYTES - MemoryPortIo.HEADROOM + MOST_TUNNEL_BYTES;
        final long packet = sendersFrames.pop() + MemoryPortIo.HEADROOM - MOST_TUNNEL_BYTES;
        Memory.fill(packet, length, (byte) 0x5A);
        sendersQueue.add(packet, length);
        assertEquals(1, sender.send(sendersQueue));
        assertEquals(1, drain.drain());
        final long frame = sink.frames.getFirst();
        assertTrue(frame + length <= owners.address() + FRAME_BYTES, "offset in its frame=" + (frame - owners.address()));
        for (int i = 0; i < length; i++) {
            assertEquals(0x5A, Memory.getByte(frame + i));
        }
        assertEquals(0, Memory.getLong(owners.address() + FRAME_BYTES), "what is in the frame behind it");
        assertEquals(length, sink.lengths.getFirst());
    }

    @Test
    void shouldRefuseWhatDoesNotFitWhenTheRingIsFull() {
        int taken = 0;
        for (int i = 0; i < HandoffRing.CAPACITY / 100; i++) {
            taken += send(100);
        }
        assertEquals(HandoffRing.CAPACITY - taken, send(100));
        assertEquals(HandoffRing.CAPACITY, sender.tally().handedOff);
        assertEquals(100 - HandoffRing.CAPACITY % 100, sender.tally().txFull);
        // What is refused stays the caller's.
        assertEquals(FRAMES - sender.tally().txFull, sendersFrames.count());
    }

    @Test
    void shouldCountTheDropWhenTheOwnersRingIsFull() {
        sink.room = 5;
        send(8);
        drain.drain();
        assertEquals(8, lane.counters.handedIn);
        assertEquals(5, lane.counters.forwarded);
        assertEquals(3, lane.counters.dropped[DropReason.TX_RING_FULL.id()]);
        assertEquals(0, lane.counters.unaccounted());
        assertEquals(FRAMES, ownersFrames.count());
    }

    @Test
    void shouldCountTheDropWhenThePortIsGone() {
        send(8);
        lane.removePort(PORT);
        drain.drain();
        assertEquals(8, lane.counters.dropped[DropReason.TX_PORT_DOWN.id()]);
        assertEquals(0, lane.counters.unaccounted());
        assertEquals(FRAMES, ownersFrames.count());
    }

    @Test
    void shouldLeaveInTheRingWhatTheOwnerHasNoFrameFor() {
        for (int i = 0; i < FRAMES - 3; i++) {
            ownersFrames.pop();
        }
        send(8);
        sink.frees = false;
        assertEquals(3, drain.drain());
        assertEquals(0, drain.drain());
        assertFalse(drain.fallAsleep());
        assertEquals(3, lane.counters.handedIn);
    }

    @Test
    void shouldRingTheBellOnlyWhenTheOwnerSleeps() {
        send(1);
        assertFalse(bell.await(0));
        drain.drain();
        assertTrue(drain.fallAsleep());
        send(1);
        assertTrue(bell.await(0));
        drain.wakeUp();
        send(1);
        assertFalse(bell.await(0));
    }

    @Test
    void shouldAllocateNothingWhenPacketsCross() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        sink.records = false;
        long bytes = Long.MAX_VALUE;
        // Until the top tier has it, code allocates what escape analysis then removes.
        for (int window = 0; window < 100 && bytes != 0; window++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1_000; i++) {
                send(8);
                drain.fallAsleep();
                drain.wakeUp();
                drain.drain();
            }
            bytes = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertEquals(0, bytes);
    }

    private int send(final int packets) {
        final TxQueue queue = sendersQueue;
        queue.count = 0;
        for (int i = 0; i < packets; i++) {
            final long packet = sendersFrames.pop() + MemoryPortIo.HEADROOM;
            Memory.putLong(packet, sent + i);
            queue.add(packet, 60 + i);
        }
        final int taken = sender.send(queue);
        sent += taken;
        return taken;
    }

    private static MappedMemory frames() {
        return MappedMemory.reserve((long) FRAMES * FRAME_BYTES, MappedMemory.Pages.NORMAL);
    }

    /** A device that takes so many packets. */
    private final class Sink implements PortIo {

        private final List<Long> numbers = new ArrayList<>();
        private final List<Integer> lengths = new ArrayList<>();
        private final List<Long> frames = new ArrayList<>();
        private final PortTally tally = new PortTally();
        private int room = Integer.MAX_VALUE;
        private boolean frees = true;
        private boolean records = true;

        @Override
        public int receive(final Batch batch, final int max) {
            return 0;
        }

        @Override
        public int send(final TxQueue queue) {
            final int n = Math.min(room, queue.count);
            for (int i = 0; i < n; i++) {
                if (records) {
                    numbers.add(Memory.getLong(queue.frame[i]));
                    lengths.add(queue.length[i]);
                    frames.add(queue.frame[i]);
                }
                if (frees) {
                    ownersFrames.push(queue.frame[i]);
                }
            }
            return n;
        }

        @Override
        public PortTally tally() {
            return tally;
        }
    }
}
