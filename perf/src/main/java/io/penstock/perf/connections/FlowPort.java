package io.penstock.perf.connections;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.PortTally;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.dataplane.hot.port.MemoryPortIo;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.ring.FrameStack;

/**
 * A port that receives the packets of flows as they are made, over and over, and frees what it is given to send; on demand it takes down what that was.
 *
 * <p>Threads: the worker.
 */
public final class FlowPort implements PortIo {

    private final FrameStack stack;
    private final int batch;
    private final PortTally tally = new PortTally();
    private FlowFrames frames;
    private FlowOrder order;
    private FlowFrames expected;
    private FlowOrder expectedOrder;
    private long departed;
    private long strange;

    /**
     * A port that receives nothing yet.
     *
     * @param batch packets given at a time, 1 to {@link Batch#CAPACITY}
     */
    public FlowPort(final FrameStack stack, final int batch) {
        this.stack = stack;
        this.batch = batch;
    }

    /** Receives flows' packets from now on. */
    public void receive(final FlowFrames source, final FlowOrder flows) {
        frames = source;
        order = flows;
    }

    /** Takes down what leaves from now on: packets of these; null for nothing more. */
    public void expect(final FlowFrames sent, final FlowOrder flows) {
        expected = sent;
        expectedOrder = flows;
    }

    /** Packets that were taken down. */
    public long departed() {
        return departed;
    }

    /** Of those, what was not the packet that was expected. */
    public long strange() {
        return strange;
    }

    @Override
    public int receive(final Batch b, final int max) {
        final int n = Math.min(Math.min(batch, max), stack.count());
        final int bytes = frames.frameBytes();
        for (int i = 0; i < n; i++) {
            final long to = stack.pop() + MemoryPortIo.HEADROOM;
            frames.write(order.next(), to);
            b.frame[i] = to;
            b.length[i] = bytes;
            Regions.window(to, bytes);
        }
        tally.rxPackets += n;
        tally.rxBytes += (long) n * bytes;
        return n;
    }

    @Override
    public int send(final TxQueue queue) {
        final int n = queue.count;
        long bytes = 0;
        for (int i = 0; i < n; i++) {
            if (expected != null) {
                takeDown(queue.frame[i]);
            }
            stack.push(queue.frame[i]);
            bytes += queue.length[i];
        }
        tally.txPackets += n;
        tally.txBytes += bytes;
        return n;
    }

    @Override
    public PortTally tally() {
        return tally;
    }

    private void takeDown(final long frame) {
        if (!expected.departed(expectedOrder.next(), frame)) {
            strange++;
        }
        departed++;
    }
}
