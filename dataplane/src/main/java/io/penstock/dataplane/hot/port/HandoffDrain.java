package io.penstock.dataplane.hot.port;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.ring.FrameStack;

/**
 * Takes what another worker hands off for a port that this worker has a queue of, and sends it through its own end.
 *
 * <p>Packets are copied into frames of this worker; while it has none they stay in the ring, and a full ring tells the other
 * worker. They have passed their hooks: this worker's lane counts them and nothing more. Threads: the worker that drains.
 */
public final class HandoffDrain {

    private final HandoffRing ring;
    private final Lane lane;
    private final int port;
    private final FrameStack frames;
    private final TxQueue queue = new TxQueue();

    /** Drains a ring to the lane's end of a port. */
    public HandoffDrain(final HandoffRing ring, final Lane lane, final int port) {
        this.ring = ring;
        this.lane = lane;
        this.port = port;
        this.frames = lane.frames;
    }

    /** Sends up to a batch of what waits; returns how many packets it took. */
    public int drain() {
        final int n = ring.peek(Math.min(Batch.CAPACITY, frames.count()));
        if (n == 0) {
            return 0;
        }
        for (int i = 0; i < n; i++) {
            final long frame = frames.pop();
            final int length = ring.length(i);
            // A tunnel's headers lie in the other frame's headroom: with them a packet may be longer than what fits behind this one's.
            final long to = Math.min(frame + MemoryPortIo.HEADROOM, lane.chunkEnd(frame) - length);
            Memory.copy(ring.packet(i), to, length);
            queue.add(to, length);
        }
        ring.release(n);
        lane.handIn(port, queue);
        return n;
    }

    /** Before the worker sleeps: false when packets wait, and it must not. */
    public boolean fallAsleep() {
        return ring.fallAsleep();
    }

    /** After the worker has slept, or did not. */
    public void wakeUp() {
        ring.wakeUp();
    }
}
