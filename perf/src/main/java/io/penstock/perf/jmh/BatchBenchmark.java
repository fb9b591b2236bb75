package io.penstock.perf.jmh;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.perf.bench.engine.EngineFixture;
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

/** The whole way of a packet, in batches of few and of many. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BatchBenchmark {

    private static final int FLOWS = 16_384;

    /** Packets in a batch. */
    @Param({"1", "2", "4", "8", "16", "32", "64"})
    private int batch;

    private EngineFixture fixture;

    /** An engine without functions. */
    @Setup
    public void setUp() {
        fixture = new EngineFixture(FLOWS, false, 0, false);
    }

    /** Receives, judges and sends 64 packets. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public void forward() {
        for (int done = 0; done < Batch.CAPACITY; done += batch) {
            fixture.round(batch);
        }
    }

    /** Frees everything. */
    @TearDown
    public void tearDown() {
        fixture.close();
    }
}
