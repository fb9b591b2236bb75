package io.penstock.perf.jmh;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.perf.rules.RuleMix;
import io.penstock.perf.rules.RuleSet;
import io.penstock.perf.rules.RuleTier;
import io.penstock.perf.rules.TableLoop;
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

/** A packet through a chain of which the last rule takes it, without the pipeline around: by the chain's size and by what runs it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RuleBenchmark {

    private static final int FLOWS = 16_384;

    /** What the rules look like. */
    @Param({"EQUALITY", "CLASSBENCH", "OVERLAP"})
    private RuleMix mix;

    /** Rules in the chain. */
    @Param({"3", "10", "100", "1000", "10000"})
    private int rules;

    /** What runs them. */
    @Param({"PLAIN", "INDEXED", "SPECIALIZED"})
    private RuleTier tier;

    private TableLoop loop;

    /** Makes the table. */
    @Setup
    public void setUp() {
        loop = new TableLoop(RuleSet.of(mix, rules, FLOWS), tier);
    }

    /** A batch. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public int judge() {
        return loop.run(Batch.CAPACITY);
    }

    /** Frees the table. */
    @TearDown
    public void tearDown() {
        loop.close();
    }
}
