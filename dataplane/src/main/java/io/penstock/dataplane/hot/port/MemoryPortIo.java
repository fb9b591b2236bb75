package io.penstock.dataplane.hot.port;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.PortTally;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.ring.FrameStack;

/**
 * A port that copies packets out of a capture in memory, over and over, and frees what it is given to send.
 *
 * <p>The capture is a region of fixed-size slots, each a packet, with the lengths in an array: what
 * {@code bench engine} feeds the engine with. Every packet is copied into a fresh frame each time round, so that
 * rewriting is undone and its cost is paid.
 */
public final class MemoryPortIo implements PortIo {

    /**
     * Bytes from a frame's start to the packet, as in an AF_XDP frame (XDP_PACKET_HEADROOM): the room for parked
     * metadata.
     */
    public static final int HEADROOM = 256;

    /** Bytes of a cache line. */
    private static final int LINE = 64;

    private final FrameStack frames;
    private final long packets;
    private final int slotBytes;
    private final int[] lengths;
    private final int batch;
    private int next;
    private final PortTally tally = new PortTally();

    /**
     * A memory port.
     *
     * @param packets   address of the first slot
     * @param slotBytes bytes of a slot, a multiple of a cache line
     * @param lengths   bytes of each packet; no packets make a port that only sends
     * @param batch     packets given at a time, 1 to {@link Batch#CAPACITY}
     */
    public MemoryPortIo(
            final FrameStack frames, final long packets, final int slotBytes, final int[] lengths, final int batch) {
        this.frames = frames;
        this.packets = packets;
        this.slotBytes = slotBytes;
        this.lengths = lengths;
        this.batch = batch;
    }

    @Override
    public int receive(final Batch b, final int max) {
        final int n = Math.min(Math.min(batch, max), Math.min(lengths.length, frames.count()));
        int from = next;
        long bytes = 0;
        for (int i = 0; i < n; i++) {
            final long to = frames.pop() + HEADROOM;
            final int length = lengths[from];
            copy(packets + (long) from * slotBytes, to, length);
            b.frame[i] = to;
            b.length[i] = length;
            bytes += length;
            Regions.window(to, length);
            if (++from == lengths.length) {
                from = 0;
            }
        }
        next = from;
        tally.rxPackets += n;
        tally.rxBytes += bytes;
        return n;
    }

    @Override
    public int send(final TxQueue queue) {
        final int n = queue.count;
        long bytes = 0;
        for (int i = 0; i < n; i++) {
            frames.push(queue.frame[i]);
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

    /** A cache line at a time, up to 63 bytes past the packet: slots and frames have the room. */
    private static void copy(final long from, final long to, final int bytes) {
        copyLine(from, to);
        for (int done = LINE; done < bytes; done += LINE) {
            copyLine(from + done, to + done);
        }
    }

    private static void copyLine(final long from, final long to) {
        Memory.putLong(to, Memory.getLong(from));
        Memory.putLong(to + 8, Memory.getLong(from + 8));
        Memory.putLong(to + 16, Memory.getLong(from + 16));
        Memory.putLong(to + 24, Memory.getLong(from + 24));
        Memory.putLong(to + 32, Memory.getLong(from + 32));
        Memory.putLong(to + 40, Memory.getLong(from + 40));
        Memory.putLong(to + 48, Memory.getLong(from + 48));
        Memory.putLong(to + 56, Memory.getLong(from + 56));
    }
}
