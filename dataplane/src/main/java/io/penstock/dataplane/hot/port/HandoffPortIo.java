package io.penstock.dataplane.hot.port;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.PortTally;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.os.hot.ring.FrameStack;
import io.penstock.os.sys.PollSet;

/**
 * The end of a port for a worker that has no queue of it: what it sends is copied to a worker that has one, which sends it
 * ({@link HandoffDrain}). Nothing is received.
 *
 * <p>A packet that finds the ring full stays the caller's, which drops it: nobody waits for another worker. The owner is
 * woken only while it sleeps. Threads: the sending worker.
 */
public final class HandoffPortIo implements PortIo {

    private final HandoffRing ring;
    private final FrameStack frames;
    private final PollSet owner;
    private final PortTally tally = new PortTally();

    /**
     * An end.
     *
     * @param frames the sending worker's, which gets its frames back at once
     * @param owner  what the worker that drains the ring sleeps on
     */
    public HandoffPortIo(final HandoffRing ring, final FrameStack frames, final PollSet owner) {
        this.ring = ring;
        this.frames = frames;
        this.owner = owner;
    }

    @Override
    public int receive(final Batch batch, final int max) {
        return 0;
    }

    @Override
    public int send(final TxQueue queue) {
        final int n = ring.reserve(queue.count);
        for (int i = 0; i < n; i++) {
            ring.put(i, queue.frame[i], queue.length[i]);
            frames.push(queue.frame[i]);
        }
        tally.handedOff += n;
        tally.txFull += queue.count - n;
        if (n != 0) {
            ring.publish(n);
            if (ring.consumerSleeps()) {
                owner.wake();
            }
        }
        return n;
    }

    @Override
    public PortTally tally() {
        return tally;
    }
}
