package io.penstock.dataplane.hot.port;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.PortIo;
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

    private static final int WORD = 8;

    private final FrameStack frames;
    private final long packets;
    private final int slotBytes;
    private final int[] lengths;
    private final int batch;
    private int next;
    private long sent;
    private long sentBytes;

    /**
     * A memory port.
     *
     * @param packets   address of the first slot
     * @param slotBytes bytes of a slot, a multiple of eight
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
        for (int i = 0; i < n; i++) {
            final long to = frames.pop() + HEADROOM;
            final int length = lengths[from];
            copy(packets + (long) from * slotBytes, to, length);
            b.frame[i] = to;
            b.length[i] = length;
            Regions.window(to, length);
            if (++from == lengths.length) {
                from = 0;
            }
        }
        next = from;
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
        sent += n;
        sentBytes += bytes;
        return n;
    }

    /** Packets sent. */
    public long sent() {
        return sent;
    }

    /** Bytes sent. */
    public long sentBytes() {
        return sentBytes;
    }

    /** Whole words, up to seven bytes past the packet: slots and frames have the room. */
    private static void copy(final long from, final long to, final int bytes) {
        for (int i = 0; i < bytes; i += WORD) {
            Memory.putLong(to + i, Memory.getLong(from + i));
        }
    }
}
