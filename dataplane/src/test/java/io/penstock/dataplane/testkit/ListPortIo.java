package io.penstock.dataplane.testkit;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.PortTally;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.dataplane.hot.port.MemoryPortIo;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.ring.FrameStack;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A port that gives what the test offers and keeps what it is given to send. */
public final class ListPortIo implements PortIo {

    /** What it was given to send, in order. */
    public final List<byte[]> sent = new ArrayList<>();

    /** How many frames it still takes. */
    public int room = Integer.MAX_VALUE;

    /** Of the last frame that was for the host: the port that it came in by. */
    public int lastInPort = Batch.NO_PORT;

    private final FrameStack frames;
    private final Queue<byte[]> offered = new ConcurrentLinkedQueue<>();
    private final PortTally tally = new PortTally();

    /** A port whose packets come in frames of a stack. */
    public ListPortIo(final FrameStack frames) {
        this.frames = frames;
    }

    /** A packet to receive. Any thread. */
    public void offer(final byte[] packet) {
        offered.add(packet);
    }

    @Override
    public int receive(final Batch b, final int max) {
        int n = 0;
        for (byte[] packet = offered.peek(); packet != null && n < max && frames.count() > 0; packet = offered.peek()) {
            offered.remove();
            final long at = frames.pop() + MemoryPortIo.HEADROOM;
            Memory.copyFromArray(packet, 0, at, packet.length);
            b.frame[n] = at;
            b.length[n] = packet.length;
            Regions.window(at, packet.length);
            n++;
        }
        tally.rxPackets += n;
        return n;
    }

    @Override
    public int send(final TxQueue queue) {
        final int n = Math.min(room, queue.count);
        if (n != 0 && queue.inPort.length != 0) {
            lastInPort = queue.inPort[n - 1];
        }
        for (int i = 0; i < n; i++) {
            final byte[] packet = new byte[queue.length[i]];
            Memory.copyToArray(queue.frame[i], packet, 0, packet.length);
            sent.add(packet);
            frames.push(queue.frame[i]);
        }
        room -= n;
        tally.txPackets += n;
        return n;
    }

    @Override
    public PortTally tally() {
        return tally;
    }
}
