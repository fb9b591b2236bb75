package io.penstock.dataplane.ipvs;

import io.penstock.dataplane.hot.ipvs.ServiceMemory;
import io.penstock.dataplane.ipvs.model.Traffic;
import java.util.ArrayDeque;
import java.util.Deque;

/** Which numbers servers have, and what the workers have counted under each. Threads: the registry's. */
final class ServerNumbers implements AutoCloseable {

    private final ServiceMemory memory;
    private final int workers;
    private final Deque<Integer> free = new ArrayDeque<>();
    /** 0 is nobody's. */
    private int next = 1;

    ServerNumbers(final int workers) {
        this.workers = workers;
        this.memory = new ServiceMemory(workers);
    }

    ServiceMemory memory() {
        return memory;
    }

    /** A number; 0 where none is left. */
    int take() {
        if (!free.isEmpty()) {
            return free.pop();
        }
        return next < ServiceMemory.MOST_SERVERS ? next++ : 0;
    }

    /** Gives a number back, under which nothing is counted any more; it counts from 0 again. */
    void give(final int number) {
        for (int worker = 0; worker < workers; worker++) {
            memory.forget(worker, number);
        }
        free.push(number);
    }

    /** The highest number that was ever taken. */
    int highest() {
        return next - 1;
    }

    /** What has passed by a server. */
    Traffic traffic(final int number) {
        Traffic sum = Traffic.NONE;
        for (int worker = 0; worker < workers; worker++) {
            sum = sum.plus(new Traffic(memory.connections(worker, number), memory.packetsIn(worker, number), memory.packetsOut(worker, number),
                    memory.bytesIn(worker, number), memory.bytesOut(worker, number)));
        }
        return sum;
    }

    @Override
    public void close() {
        memory.close();
    }
}
