package io.penstock.perf.jcstress;

import io.penstock.dataplane.hot.metrics.CounterLayout;
import io.penstock.dataplane.hot.metrics.WorkerCounter;
import io.penstock.os.hot.memory.Memory;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** {@link CounterLayout}: a block that a reader finds at rest is in balance. */
@JCStressTest
@Outcome(id = "-1, -1", expect = Expect.ACCEPTABLE, desc = "The block was changing: the reader looks again.")
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "At rest, before the batch.")
@Outcome(id = "64, 64", expect = Expect.ACCEPTABLE, desc = "At rest, after the batch.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The reader takes a block for at rest in which packets came and went nowhere.")
@State
public class CounterStress {

    private static final int BATCH = 64;
    private static final long NOT_AT_REST = -1;

    private final long block = Blocks.next();

    /** Worker: one batch. */
    @Actor
    public void worker() {
        CounterLayout.beginUpdate(block);
        CounterLayout.add(block + WorkerCounter.PACKETS.offset(), BATCH);
        CounterLayout.add(block + CounterLayout.dropOffset(0), BATCH);
        CounterLayout.endUpdate(block);
    }

    /** Another process that looks once, as {@code CounterReader} does until it finds the block at rest. */
    @Actor
    public void reader(final JJ_Result result) {
        final long before = Memory.getLongAcquire(block + CounterLayout.SEQUENCE);
        final long packets = Memory.getLongOpaque(block + WorkerCounter.PACKETS.offset());
        final long drops = Memory.getLongOpaque(block + CounterLayout.dropOffset(0));
        VarHandle.acquireFence();
        final boolean atRest = (before & 1) == 0 && Memory.getLongOpaque(block + CounterLayout.SEQUENCE) == before;
        result.r1 = atRest ? packets : NOT_AT_REST;
        result.r2 = atRest ? drops : NOT_AT_REST;
    }
}
