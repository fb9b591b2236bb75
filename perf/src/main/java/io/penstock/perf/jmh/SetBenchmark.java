package io.penstock.perf.jmh;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.perf.sets.SetLoop;
import io.penstock.perf.sets.SetShape;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A packet asks a set, without a rule around: by the set's type and size. Half of the packets are in it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SetBenchmark {

    /** Packets that take turns: about as many as elements of the largest set. */
    private static final int PACKETS = 1 << 20;

    /** What the set is. */
    @Param({"HASH_IP", "HASH_NET", "HASH_IP_PORT", "BITMAP_PORT", "LIST_SET"})
    private SetShape shape;

    /** Its elements. */
    @Param({"10", "1000", "1000000"})
    private int entries;

    private SetLoop loop;

    /** Makes the set. */
    @Setup
    public void setUp() {
        loop = new SetLoop(shape, entries, PACKETS);
    }

    /** A batch. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public int test() {
        return loop.run(Batch.CAPACITY);
    }

    /** Frees the set. */
    @TearDown
    public void tearDown() {
        loop.close();
    }
}
