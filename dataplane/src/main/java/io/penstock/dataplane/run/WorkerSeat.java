package io.penstock.dataplane.run;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.sys.PollSet;
import io.penstock.os.xdp.Umem;

/**
 * What a worker is given before it runs, in each network namespace: its CPU, its frames, what it sleeps on.
 */
final class WorkerSeat implements AutoCloseable {

    /** Frames beyond rings, parking and batches. Unit: frames; lets a batch be received while the rings are full. */
    private static final int SPARE_FRAMES = 4 * Batch.CAPACITY;

    /** Descriptors of the host's own traffic to sleep on, in each network namespace. */
    static final int HOST_QUEUES = 1;

    private final int index;
    private final int cpu;
    private final Umem umem;
    private final PollSet pollSet;

    /**
     * A seat.
     *
     * @param frames for all its sockets
     */
    WorkerSeat(final int index, final int cpu, final int frames, final PollSet pollSet) {
        this.index = index;
        this.cpu = cpu;
        this.umem = Umem.create(
                frames + Lane.PARKING_PLACES + SPARE_FRAMES,
                Umem.DEFAULT_FRAME_BYTES, 0, MappedMemory.Pages.HUGE);
        this.pollSet = pollSet;
    }

    int index() {
        return index;
    }

    int cpu() {
        return cpu;
    }

    Umem umem() {
        return umem;
    }

    PollSet pollSet() {
        return pollSet;
    }

    /** Clears the bits of an address within its frame. */
    long chunkMask() {
        return -(long) umem.frameBytes();
    }

    @Override
    public void close() {
        umem.close();
    }
}
