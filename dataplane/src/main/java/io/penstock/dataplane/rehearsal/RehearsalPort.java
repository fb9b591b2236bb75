package io.penstock.dataplane.rehearsal;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.PortTally;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.dataplane.hot.port.MemoryPortIo;
import java.util.concurrent.locks.LockSupport;

/**
 * A port in memory that lets its worker rest now and then: the compiler, which is what all is done for, has the same CPU.
 *
 * <p>Threads: the worker's.
 */
final class RehearsalPort implements PortIo {

    private static final int BATCHES = 16;
    /** Unit: ns. */
    private static final long REST_NS = 500_000;

    private final MemoryPortIo memory;
    private int batches;

    RehearsalPort(final MemoryPortIo memory) {
        this.memory = memory;
    }

    @Override
    public int receive(final Batch batch, final int max) {
        if (++batches % BATCHES == 0) {
            LockSupport.parkNanos(REST_NS);
        }
        // Every other round there is nothing, as on a port that is not under full load.
        return (batches & 1) == 0 ? 0 : memory.receive(batch, max);
    }

    @Override
    public int send(final TxQueue queue) {
        return memory.send(queue);
    }

    @Override
    public PortTally tally() {
        return memory.tally();
    }
}
