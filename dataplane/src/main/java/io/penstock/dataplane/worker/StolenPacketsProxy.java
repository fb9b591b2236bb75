package io.penstock.dataplane.worker;

import io.penstock.dataplane.api.StolenPackets;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.Lane;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Owners' way back for packets that they stole: a token names the lane, the lane's worker does the rest. */
public final class StolenPacketsProxy implements StolenPackets {

    private final List<Member> members = new CopyOnWriteArrayList<>();

    /** The index that the next lane must have. */
    public int nextLane() {
        return members.size();
    }

    /** Adds the lane with the next index. */
    public void add(final Lane lane, final WorkerProxy worker) {
        members.add(new Member(lane, worker));
    }

    @Override
    public void release(final long token) {
        resume(token, Verdict.DROP);
    }

    @Override
    public void resume(final long token, final int verdict) {
        final int lane = Lane.laneOf(token);
        if (token < 0 || lane >= members.size()) {
            throw new IllegalArgumentException("no such packet: token=" + token + "; use what Packet.steal() returned");
        }
        final Member member = members.get(lane);
        if (!member.worker.resume(member.lane, token, verdict)) {
            throw new IllegalStateException("the worker does not take packets back: token=" + token
                    + "; every token is good for one call");
        }
    }

    @Override
    public int capacity() {
        return Lane.PARKING_PLACES;
    }

    private record Member(Lane lane, WorkerProxy worker) {
    }
}
