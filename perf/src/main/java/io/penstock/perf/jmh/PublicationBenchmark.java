package io.penstock.perf.jmh;

import io.penstock.dataplane.hot.publish.Epoch;
import io.penstock.dataplane.hot.publish.Generation;
import io.penstock.dataplane.hot.publish.GenerationSlot;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What handing a new version of programs and tables to a worker takes of the worker's time, by the batch: looking for one where there is none, and taking
 * one up. Both sides are one thread here: what the cores' caches tell each other is not in it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PublicationBenchmark {

    private static final int VERSIONS = 2;

    private final GenerationSlot slot = new GenerationSlot();
    private final Generation[] versions = new Generation[VERSIONS];
    private final Epoch epoch = new Epoch();
    private int turn;

    /** Makes versions. */
    @Setup
    public void setUp() {
        for (int i = 0; i < VERSIONS; i++) {
            versions[i] = new Generation(i, null, null);
        }
        slot.publishRelease(versions[0]);
        slot.poll();
    }

    /** A batch boundary at which nothing is new. */
    @Benchmark
    public Generation boundary() {
        epoch.boundary();
        return slot.poll();
    }

    /** A batch boundary at which another version is published, taken up and acknowledged. */
    @Benchmark
    public Generation takeUp() {
        turn ^= 1;
        slot.publishRelease(versions[turn]);
        epoch.boundary();
        final Generation taken = slot.poll();
        slot.acknowledgeRelease(taken.number());
        return taken;
    }
}
