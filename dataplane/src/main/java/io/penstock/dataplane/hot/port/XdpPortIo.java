package io.penstock.dataplane.hot.port;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.PortTally;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.ring.CompletionRing;
import io.penstock.os.hot.ring.Doorbell;
import io.penstock.os.hot.ring.FillRing;
import io.penstock.os.hot.ring.FrameStack;
import io.penstock.os.hot.ring.RxRing;
import io.penstock.os.hot.ring.TxRing;

/**
 * One AF_XDP socket's four rings as a worker's end of a port.
 *
 * <p>Who owns a frame: the lane's stack gives it to the fill ring; the kernel moves it to the RX ring; {@link #receive}
 * hands it to the batch; {@link #send} gives it to the TX ring of any port that shares the UMEM; the kernel moves it to
 * that port's completion ring; draining gives it back to the stack.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The fill ring is topped up with every receive, so that the kernel never starves while the stack has frames.</li>
 *   <li>The kernel is woken once a batch and ring, and only when it asks. It is asked again in every round while it has
 *       frames to send or to receive into: a wish that was not seen yet, or that it could not serve, costs one round.</li>
 *   <li>The packets of a batch are loaded one right after the other, before anything is computed from them: they come from memory that another
 *       CPU or the device has written, and so their cache misses overlap.</li>
 *   <li>With busy polling, a receive that finds nothing runs the device's driver, whose interrupts may be off meanwhile.</li>
 * </ol>
 */
public final class XdpPortIo implements PortIo {

    private final RxRing rx;
    private final TxRing tx;
    private final FillRing fill;
    private final CompletionRing completion;
    private final Doorbell doorbell;
    private final FrameStack frames;
    private final boolean busyPoll;
    private final PortTally tally = new PortTally();
    private long outstanding;
    private int downErrno;
    /** Holds what was loaded, so that loading is not optimised away. */
    private int headers;

    /**
     * A socket's end; its fill ring is filled at once.
     *
     * @param busyPoll whether the socket's system calls are to run the driver
     */
    public XdpPortIo(
            final RxRing rx,
            final TxRing tx,
            final FillRing fill,
            final CompletionRing completion,
            final Doorbell doorbell,
            final FrameStack frames,
            final boolean busyPoll) {
        this.rx = rx;
        this.tx = tx;
        this.fill = fill;
        this.completion = completion;
        this.doorbell = doorbell;
        this.frames = frames;
        this.busyPoll = busyPoll;
        refill();
    }

    @Override
    public int receive(final Batch b, final int max) {
        if (outstanding != 0) {
            complete();
        }
        final int n = rx.peek(max);
        if (n == 0) {
            refill();
            if (busyPoll) {
                doorbell.kickRx();
            }
            return 0;
        }
        long bytes = 0;
        int touched = 0;
        for (int i = 0; i < n; i++) {
            final long address = rx.address(i);
            final int length = rx.length(i);
            b.frame[i] = address;
            b.length[i] = length;
            Regions.window(address, length);
            bytes += length;
            touched += Memory.getByte(address);
        }
        headers = touched;
        rx.release(n);
        tally.rxPackets += n;
        tally.rxBytes += bytes;
        refill();
        return n;
    }

    @Override
    public int send(final TxQueue queue) {
        complete();
        final int n = tx.reserve(queue.count);
        long bytes = 0;
        for (int i = 0; i < n; i++) {
            tx.put(queue.frame[i], queue.length[i]);
            bytes += queue.length[i];
        }
        tx.submit();
        outstanding += n;
        tally.txPackets += n;
        tally.txBytes += bytes;
        tally.txFull += queue.count - n;
        kick();
        return n;
    }

    /** Frames that the kernel still has to send or to give back. */
    public long outstanding() {
        return outstanding;
    }

    @Override
    public DropReason refusal() {
        return downErrno == 0 ? DropReason.TX_RING_FULL : DropReason.TX_PORT_DOWN;
    }

    @Override
    public PortTally tally() {
        return tally;
    }

    private void complete() {
        final int done = completion.drain(frames, completion.size());
        outstanding -= done;
        if (outstanding != 0) {
            kick();
        }
    }

    private void kick() {
        if (tx.needsWakeup()) {
            final int answer = doorbell.kickTx();
            downErrno = answer < 0 ? -answer : 0;
        }
    }

    private void refill() {
        fill.refill(frames, fill.size());
        if (fill.needsWakeup() && fill.pending() != 0) {
            doorbell.kickRx();
        }
    }
}
