package io.penstock.dataplane.replay;

import io.penstock.dataplane.api.StolenPackets;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.Lane;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Owners' way back for packets that they stole, to the one lane that there is. Owners on threads of their own may use it too,
 * but what they give back comes when it comes: only what hook functions give back is replayed the same every time.
 *
 * <p>Threads: any gives back; the lane's drains.
 */
final class ReturnedPackets implements StolenPackets {

    private final Queue<Returned> queue = new ConcurrentLinkedQueue<>();

    @Override
    public void release(final long token) {
        resume(token, Verdict.DROP);
    }

    @Override
    public void resume(final long token, final int verdict) {
        if (token < 0 || Lane.laneOf(token) != 0) {
            throw new IllegalArgumentException("no such packet: token=" + token + "; use what Packet.steal() returned");
        }
        queue.add(new Returned(token, verdict));
    }

    @Override
    public int capacity() {
        return Lane.PARKING_PLACES;
    }

    /** Lets what is there go on; true when there was any. */
    boolean drain(final Lane lane, final long nowNs) {
        final int waiting = queue.size();
        for (int i = 0; i < waiting; i++) {
            final Returned next = queue.remove();
            lane.resume(next.token, next.verdict, nowNs);
        }
        return waiting > 0;
    }

    private record Returned(long token, int verdict) {
    }
}
