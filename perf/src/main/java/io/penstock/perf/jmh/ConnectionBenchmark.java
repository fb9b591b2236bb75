package io.penstock.perf.jmh;

import io.penstock.dataplane.hot.pipeline.Batch;
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
 * The whole way of a packet that is tracked, by how it belongs to its connection; a rule accepts what is of one. Beside {@link BatchBenchmark}, which has
 * neither connections nor rules, they tell what tracking costs.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ConnectionBenchmark {

    private static final String RULES = """
            *filter
            -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
            COMMIT
            """;

    /** Connections that are there. */
    @Param({"64", "16384"})
    private int flows;

    /** IP version. */
    @Param({"4", "6"})
    private int family;

    /** What they are of. */
    @Param({"tcp", "udp", "icmp"})
    private String protocol;

    private TrackedEngine engine;

    /** Establishes the connections. */
    @Setup
    public void setUp() {
        engine = new TrackedEngine(RULES, family == 6, protocol, flows, true);
    }

    /** In the direction in which the connection began. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public void established() {
        engine.request();
    }

    /** In the other direction. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public void reply() {
        engine.reply();
    }

    /** An ICMP error about a packet of the connection. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public void related() {
        engine.error();
    }

    /** A damaged packet, which is of no connection. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public void invalid() {
        engine.spoilt();
    }

    /** The first packet of a connection; another one ends meanwhile. Making the packet is part of it. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public void begin() {
        engine.begin();
    }

    /** Frees everything. */
    @TearDown
    public void tearDown() {
        engine.close();
    }
}
