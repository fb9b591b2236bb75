package io.penstock.perf.jmh;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.ParseStep;
import io.penstock.dataplane.hot.pipeline.RouteStep;
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

/**
 * The routing decision of a batch that is parsed: the look-up, with few routes, and what is judged by its answer. Look-ups in large tables are {@link
 * FibBenchmark}'s.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RouteBenchmark {

    /** IP version. */
    @Param({"4", "6"})
    private int family;

    private EngineFixture fixture;

    /** Parses one batch. */
    @Setup
    public void setUp() {
        fixture = new EngineFixture(Batch.CAPACITY, family == 6, 0, false);
        fixture.round(Batch.CAPACITY);
        fixture.receive(Batch.CAPACITY);
        ParseStep.batch(fixture.lane(), fixture.batch());
    }

    /** Looks all up, as where nothing can change a destination before. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public void lookup() {
        RouteStep.lookupBatch(fixture.lane(), fixture.batch());
    }

    /** Looks all up and decides. Neither changes anything in the frames. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public int decide() {
        final Batch batch = fixture.batch();
        RouteStep.lookupBatch(fixture.lane(), batch);
        int sum = 0;
        for (int slot = 0; slot < batch.count; slot++) {
            sum += family == 6 ? RouteStep.ipv6(fixture.lane(), batch, slot) : RouteStep.ipv4(fixture.lane(), batch, slot);
        }
        return sum;
    }

    /** Frees everything. */
    @TearDown
    public void tearDown() {
        fixture.release();
        fixture.close();
    }
}
