package io.penstock.dataplane.hot.port;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.PortTally;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.ring.FrameStack;
import io.penstock.os.hot.ring.PacketRxRing;
import io.penstock.os.hot.ring.PacketTx;
import io.penstock.os.sys.Errno;

/**
 * An AF_PACKET socket as a worker's end of a port, where AF_XDP cannot be had: every frame is copied twice, by the kernel
 * into its ring and from there into a frame of the worker's.
 */
public final class PacketPortIo implements PortIo {

    private final PacketRxRing rx;
    private final PacketTx tx;
    private final FrameStack frames;
    private final int roomBytes;
    private final long[] addresses = new long[Batch.CAPACITY];
    private final PortTally tally = new PortTally();
    private DropReason refusal = DropReason.TX_RING_FULL;

    /** A socket's end over frames of {@code frameBytes}. */
    public PacketPortIo(final PacketRxRing rx, final PacketTx tx, final FrameStack frames, final int frameBytes) {
        this.rx = rx;
        this.tx = tx;
        this.frames = frames;
        this.roomBytes = frameBytes - MemoryPortIo.HEADROOM;
    }

    @Override
    public int receive(final Batch b, final int max) {
        final int offered = Math.min(max, frames.count());
        for (int i = 0; i < offered; i++) {
            addresses[i] = frames.pop() + MemoryPortIo.HEADROOM;
        }
        final int n = rx.receive(addresses, b.length, offered, roomBytes);
        long bytes = 0;
        for (int i = 0; i < n; i++) {
            b.frame[i] = addresses[i];
            bytes += b.length[i];
            Regions.window(addresses[i], b.length[i]);
        }
        for (int i = n; i < offered; i++) {
            frames.push(addresses[i]);
        }
        tally.rxPackets += n;
        tally.rxBytes += bytes;
        return n;
    }

    @Override
    public int send(final TxQueue queue) {
        int sent = 0;
        int last = queue.count;
        refusal = DropReason.TX_RING_FULL;
        while (sent < last) {
            final int answer = tx.send(queue.frame[sent], queue.length[sent]);
            if (answer == -Errno.EMSGSIZE) {
                // Too long for the device, though not for its route: it is refused with what is left, the others are not.
                queue.putLast(sent, 1);
                last--;
                refusal = DropReason.MTU_EXCEEDED;
                continue;
            }
            if (answer != PacketTx.SENT) {
                refusal = answer == PacketTx.LATER ? DropReason.TX_RING_FULL : DropReason.TX_PORT_DOWN;
                break;
            }
            tally.txBytes += queue.length[sent];
            frames.push(queue.frame[sent]);
            sent++;
        }
        tally.txPackets += sent;
        tally.txFull += last - sent;
        return sent;
    }

    @Override
    public PortTally tally() {
        return tally;
    }

    @Override
    public DropReason refusal() {
        return refusal;
    }
}
