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

/** The whole way of a packet with functions at FORWARD that accept everything: what another row costs more is the calls. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HookBenchmark {

    private static final int FLOWS = 16_384;

    /** Functions. */
    @Param({"0", "1", "8"})
    private int hooks;

    private EngineFixture fixture;

    /** Registers the functions. */
    @Setup
    public void setUp() {
        fixture = new EngineFixture(FLOWS, false, hooks, false);
    }

    /** Receives, judges and sends a batch. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public void forward() {
        fixture.round(Batch.CAPACITY);
    }

    /** Frees everything. */
    @TearDown
    public void tearDown() {
        fixture.close();
    }
}
