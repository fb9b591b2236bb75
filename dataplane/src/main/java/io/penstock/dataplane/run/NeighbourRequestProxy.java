package io.penstock.dataplane.run;

import io.penstock.dataplane.hot.pipeline.NeighbourRequests;
import io.penstock.os.sys.PollSet;
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

    NeighbourRequestProxy(final PollSet controlBell) {
        this.controlBell = controlBell;
        for (int i = 0; i < CAPACITY; i++) {
            spare.offer(new Request());
        }
    }

    @Override
    public void request(final int port, final boolean ipv6, final long high, final long low) {
        final Request request = spare.poll();
        if (request != null) {
            request.port = port;
            request.ipv6 = ipv6;
            request.high = high;
            request.low = low;
            asked.offer(request);
            controlBell.wake();
        }
    }

    /** Control: passes all requests on. */
    void drain(final NeighbourRequests to) {
        Request request = asked.poll();
        while (request != null) {
            to.request(request.port, request.ipv6, request.high, request.low);
            spare.offer(request);
            request = asked.poll();
        }
    }

    private static final class Request {
        private int port;
        private boolean ipv6;
        private long high;
        private long low;
    }
}
