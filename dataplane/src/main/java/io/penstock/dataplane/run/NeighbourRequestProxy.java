package io.penstock.dataplane.run;

import io.penstock.dataplane.hot.pipeline.NeighbourRequests;
import io.penstock.os.sys.PollSet;
import java.lang.invoke.VarHandle;
import org.jctools.queues.varhandle.SpscVarHandleArrayQueue;

/**
 * A worker's way to ask the control thread for a neighbour. Requests are objects that go round between two queues, so that
 * asking allocates nothing; when all are under way the request is forgotten: what waits then times out, and the next packet
 * after that asks again.
 *
 * <p>Threads: one worker asks, the control thread answers.
 */
final class NeighbourRequestProxy implements NeighbourRequests {

    /** Requests under way. Unit: requests; as many as hosts can come to need resolving between two looks of control. */
    private static final int CAPACITY = 512;

    private final SpscVarHandleArrayQueue<Request> asked = new SpscVarHandleArrayQueue<>(CAPACITY);
    private final SpscVarHandleArrayQueue<Request> spare = new SpscVarHandleArrayQueue<>(CAPACITY);
    private final PollSet controlBell;
    /** The bell was rung and control has not looked since. */
    private volatile boolean rung;

    NeighbourRequestProxy(final PollSet controlBell) {
        this.controlBell = controlBell;
        for (int i = 0; i < CAPACITY; i++) {
            spare.offer(new Request());
        }
    }

    @Override
    public void request(final int port, final boolean ipv6, final long high, final long low) {
        confirm(port, ipv6, high, low);
    }

    @Override
    public boolean confirm(final int port, final boolean ipv6, final long high, final long low) {
        final Request request = spare.poll();
        if (request == null) {
            return false;
        }
        request.port = port;
        request.ipv6 = ipv6;
        request.high = high;
        request.low = low;
        asked.offer(request);
        // Either control sees the request when it looks, or this sees that it has begun to look, and rings again.
        VarHandle.fullFence();
        if (!rung) {
            rung = true;
            controlBell.wake();
        }
        return true;
    }

    /** Control: passes on what has been asked by now, and no more: a worker that asks faster must not hold control here. */
    void drain(final NeighbourRequests to) {
        rung = false;
        VarHandle.fullFence();
        for (int left = asked.size(); left > 0; left--) {
            final Request request = asked.poll();
            if (request == null) {
                return;
            }
            to.request(request.port, request.ipv6, request.high, request.low);
            spare.offer(request);
        }
    }

    private static final class Request {
        private int port;
        private boolean ipv6;
        private long high;
        private long low;
    }
}
