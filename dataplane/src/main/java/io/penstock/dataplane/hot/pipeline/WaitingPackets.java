package io.penstock.dataplane.hot.pipeline;

/**
 * Looks after a lane's packets that wait for their neighbours: tries them again, and gives them up.
 *
 * <p>Threads: the lane's worker, between batches.
 */
final class WaitingPackets {

    /** How often a packet is tried again while it waits, besides whenever the table changes. Unit: times; each is a look-up. */
    private static final int TRIES = 30;

    private final Lane lane;
    private final Batch one = new Batch();
    private UnparkObserver observer;
    private long fibVersion;
    private long retryAtNs;

    WaitingPackets(final Lane lane) {
        this.lane = lane;
    }

    /** Who is told what became of them; nobody unless set. */
    void observe(final UnparkObserver value) {
        observer = value;
    }

    /** Tries them again if the table has changed or it is time; how many have moved. */
    int retry(final long nowNs) {
        final long version = lane.fib.version();
        if (version == fibVersion && nowNs - retryAtNs < 0) {
            return 0;
        }
        fibVersion = version;
        retryAtNs = nowNs + Lane.NEIGHBOUR_WAIT_NS / TRIES;
        final int end = lane.parking.waitingCount();
        final int most = Math.min(end, Batch.CAPACITY);
        int moved = 0;
        lane.enter(nowNs);
        int rank = 0;
        while (rank < end && moved < most) {
            if (Return.retry(lane, lane.program(), one, rank, nowNs)) {
                moved++;
                tell();
            }
            rank++;
        }
        lane.parking.compact(rank);
        if (rank < end) {
            retryAtNs = nowNs;
        }
        lane.leave();
        return moved;
    }

    /** Gives those up that wait for a neighbour; how many there were. */
    int fail(final int port, final long high, final long low, final long nowNs) {
        int moved = 0;
        lane.enter(nowNs);
        final int end = lane.parking.waitingCount();
        for (int rank = 0; rank < end; rank++) {
            if (lane.parking.waitsFor(rank, port, high, low)) {
                Return.giveUp(lane, one, rank, nowNs);
                moved++;
                tell();
            }
        }
        lane.parking.compact(end);
        lane.leave();
        return moved;
    }

    private void tell() {
        if (observer != null) {
            observer.unparked(one, 0);
        }
    }
}
