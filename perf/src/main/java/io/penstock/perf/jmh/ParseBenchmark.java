package io.penstock.perf.jmh;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.ParseStep;
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

/** From bytes to a packet, and what the look for checksums that are only begun adds. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ParseBenchmark {

    /** IP version. */
    @Param({"4", "6"})
    private int family;

    /** Whether partial checksums are looked for. */
    @Param({"false", "true"})
    private boolean partial;

    private EngineFixture fixture;

    /** Receives one batch. */
    @Setup
    public void setUp() {
        fixture = new EngineFixture(Batch.CAPACITY, family == 6, 0, partial);
        fixture.receive(Batch.CAPACITY);
    }

    /** Parsing changes nothing in the frames. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public void parse() {
        ParseStep.batch(fixture.lane(), fixture.batch());
    }

    /** Frees everything. */
    @TearDown
    public void tearDown() {
        fixture.close();
    }
}
