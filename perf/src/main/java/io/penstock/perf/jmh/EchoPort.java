package io.penstock.perf.jmh;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.PortTally;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.dataplane.hot.port.MemoryPortIo;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.ring.FrameStack;

/**
 * A port that receives frames out of memory, over and over, and frees what it is given to send; on demand it keeps a copy of it.
 *
 * <p>Threads: one.
 */
final class EchoPort implements PortIo {

    private final FrameStack stack;
    private final PortTally tally = new PortTally();
    private long from;
    private int frames;
    private int bytes;
    private int next;
    private long keepAt;
    private int kept;

    EchoPort(final FrameStack stack) {
        this.stack = stack;
    }

    /** Receives these frames from now on, in slots of {@link EchoFrames#SLOT_BYTES}. */
    void receive(final long address, final int count, final int frameBytes) {
        from = address;
        frames = count;
        bytes = frameBytes;
        next = 0;
    }

    /** Keeps copies of what leaves, from here on in the same slots; 0 to stop. */
    void keep(final long address) {
        keepAt = address;
        kept = address == 0 ? kept : 0;
    }

    /** Copies that were made. */
    int kept() {
        return kept;
    }

    @Override
    public int receive(final Batch b, final int max) {
        for (int i = 0; i < max; i++) {
            final long to = stack.pop() + MemoryPortIo.HEADROOM;
            Memory.copy(from + (long) next * EchoFrames.SLOT_BYTES, to, bytes);
            next = next + 1 == frames ? 0 : next + 1;
            b.frame[i] = to;
            b.length[i] = bytes;
            Regions.window(to, bytes);
        }
        tally.rxPackets += max;
        return max;
    }

    @Override
    public int send(final TxQueue queue) {
        final int n = queue.count;
        for (int i = 0; i < n; i++) {
            if (keepAt != 0) {
                Memory.copy(queue.frame[i], keepAt + (long) kept * EchoFrames.SLOT_BYTES, queue.length[i]);
                kept++;
            }
            stack.push(queue.frame[i]);
        }
        tally.txPackets += n;
        return n;
    }

    @Override
    public PortTally tally() {
        return tally;
    }
}
