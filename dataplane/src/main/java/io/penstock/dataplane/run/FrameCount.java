package io.penstock.dataplane.run;

import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.os.xdp.XskSocket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Where the frames are when the workers have ended: a frame that nobody has was lost on the way, one that two have was freed
 * twice. Either would end a data plane that runs for long enough.
 *
 * <p>Threads: control, after the workers have ended and before the sockets are closed.
 *
 * @param frames    all that there are
 * @param free      on the free stacks
 * @param receiving in fill and RX rings, or in the kernel's hands to be received into
 * @param sending   in TX and completion rings, or in the kernel's hands to be sent
 * @param parked    waiting for a neighbour or held for an owner
 * @param lost      gone with devices, in their drivers' rings
 * @param closes    whether the sum is right for each worker by itself
 */
record FrameCount(long frames, long free, long receiving, long sending, long parked, long lost, boolean closes) {

    /** How long the kernel may take to send what it was given last. Unit: ms; it takes well under one. */
    private static final long SENDING_MS = 100;

    /** Between two looks at the completion rings. Unit: ns. */
    private static final long LOOK_NS = 50_000;

    /** Counts; the seats, the lanes and the workers of the ports' ends go by the same index. */
    static FrameCount take(final List<WorkerSeat> seats, final List<Lane> lanes, final List<LivePort> ports) {
        FrameCount sum = new FrameCount(0, 0, 0, 0, 0, 0, true);
        for (int i = 0; i < seats.size(); i++) {
            sum = sum.plus(of(seats.get(i), lanes.get(i), ports));
        }
        return sum;
    }

    /** One line. */
    String sentence() {
        return "frames: " + (free + receiving + sending + parked + lost) + " of " + frames + " accounted for: free=" + free
                + " receiving=" + receiving + " sending=" + sending + " parked=" + parked
                + (lost == 0 ? "" : " lost_with_a_device=" + lost);
    }

    private static FrameCount of(final WorkerSeat seat, final Lane lane, final List<LivePort> ports) {
        final List<XskSocket> sockets = ports.stream().flatMap(port -> port.ends().stream())
                .filter(end -> end.worker() == seat.index() && end.socket() != null).map(LivePort.End::socket).toList();
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SENDING_MS);
        while (complete(seat, sockets) && System.nanoTime() - deadlineNs < 0) {
            LockSupport.parkNanos(LOOK_NS);
        }
        // Held packets that were put together of fragments are in large frames, which only count while they are in use.
        final long frames = seat.umem().frames() + seat.umem().free().largeCapacity() - seat.umem().free().largeCount();
        final long free = seat.umem().free().count();
        final long receiving = sockets.stream().mapToLong(XskSocket::framesReceiving).sum();
        final long sending = sockets.stream().mapToLong(XskSocket::framesSending).sum();
        final long parked = lane.parkedCount();
        final long lost = ports.stream().mapToLong(port -> port.lostFrames(seat.index())).sum();
        return new FrameCount(
                frames, free, receiving, sending, parked, lost, free + receiving + sending + parked + lost == frames);
    }

    /** Takes back what was sent; true while the kernel has more. */
    private static boolean complete(final WorkerSeat seat, final List<XskSocket> sockets) {
        boolean more = false;
        for (final XskSocket socket : sockets) {
            socket.completion().drain(seat.umem().free(), socket.completion().size());
            if (socket.framesSending() != 0) {
                more = true;
                socket.kickTx();
            }
        }
        return more;
    }

    private FrameCount plus(final FrameCount other) {
        return new FrameCount(frames + other.frames, free + other.free, receiving + other.receiving,
                sending + other.sending, parked + other.parked, lost + other.lost, closes && other.closes);
    }
}
