package io.penstock.perf.jmh;

import io.penstock.dataplane.hot.ipvs.schedule.Candidate;
import io.penstock.dataplane.hot.ipvs.schedule.Flow;
import io.penstock.dataplane.hot.ipvs.schedule.Scheduler;
import io.penstock.dataplane.ipvs.schedule.SchedulerKind;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Choosing a server for a new connection, one worker alone: by the scheduler and how many servers the service has. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SchedulerBenchmark {

    /** Clients and destinations, which take turns: as many as {@code lblc} remembers without loss. */
    private static final int FLOWS = 1 << 12;

    /** The scheduler. */
    @Param({"rr", "wrr", "lc", "wlc", "fo", "ovf", "lblc", "lblcr", "dh", "sh", "mh", "sed", "nq", "twos", "maglev"})
    private String scheduler;

    /** Its servers. */
    @Param({"10", "1000"})
    private int servers;

    private final Flow flow = new Flow();
    private final long[] addresses = new long[FLOWS];
    private Scheduler made;
    private int turn;

    /** Makes the scheduler, servers of several weights and loads, and flows. */
    @Setup
    public void setUp() {
        final SplittableRandom random = new SplittableRandom(1);
        final Candidate[] candidates = new Candidate[servers];
        for (int i = 0; i < servers; i++) {
            candidates[i] = new Server(random.nextInt(1, 11), random.nextInt(1, 100), random.nextInt(100), 0x0A00_0000L + i);
        }
        made = SchedulerKind.of(scheduler).make(candidates, 0, null);
        for (int i = 0; i < FLOWS; i++) {
            addresses[i] = random.nextLong(1L << 32);
        }
        flow.family = 4;
        flow.protocol = 6;
        flow.destinationPort = 80;
    }

    /** One choice. */
    @Benchmark
    public int pick() {
        final int next = turn++;
        flow.sourceLow = addresses[next & FLOWS - 1];
        flow.destinationLow = addresses[next + 1 & FLOWS - 1];
        flow.sourcePort = next & 0xFFFF;
        flow.random = next;
        return made.pick(flow);
    }

    private record Server(int weight, long active, long inactive, long low) implements Candidate {

        @Override
        public boolean isOverloaded() {
            return false;
        }

        @Override
        public boolean isAvailable() {
            return true;
        }

        @Override
        public int family() {
            return 4;
        }

        @Override
        public long high() {
            return 0;
        }

        @Override
        public int port() {
            return 80;
        }
    }
}
