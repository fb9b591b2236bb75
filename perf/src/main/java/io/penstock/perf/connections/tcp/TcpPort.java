package io.penstock.perf.connections.tcp;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.PortTally;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.os.hot.ring.FrameStack;

/**
 * A port in memory whose far end is clients, or servers. What is sent to them waits until {@link #deliver}, so that what they do with it is not part of
 * sending it.
 *
 * <p>Threads: one.
 */
public final class TcpPort implements PortIo {

    private final PortTally tally = new PortTally();
    private final long[] frames;
    private final int[] lengths;
    private TcpEnd end;
    private int count;

    /** A port whose end is still to come; it keeps at the most all frames that there are. */
    public TcpPort(final FrameStack stack) {
        frames = new long[stack.capacity()];
        lengths = new int[stack.capacity()];
    }

    /** Gives it its far end. */
    public void end(final TcpEnd value) {
        end = value;
    }

    /** Hands over what was sent; how many segments. */
    public int deliver(final long nowNs) {
        final int n = count;
        for (int i = 0; i < n; i++) {
            end.receive(frames[i], lengths[i], nowNs);
        }
        count = 0;
        return n;
    }

    @Override
    public int receive(final Batch batch, final int max) {
        final int n = end.give(batch, max);
        tally.rxPackets += n;
        return n;
    }

    @Override
    public int send(final TxQueue queue) {
        for (int i = 0; i < queue.count; i++) {
            frames[count] = queue.frame[i];
            lengths[count++] = queue.length[i];
        }
        tally.txPackets += queue.count;
        return queue.count;
    }

    @Override
    public PortTally tally() {
        return tally;
    }
}
