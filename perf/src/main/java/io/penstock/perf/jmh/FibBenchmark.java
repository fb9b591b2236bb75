package io.penstock.perf.jmh;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.perf.fib.LookupLoop;
import io.penstock.perf.fib.RouteSet;
import io.penstock.perf.fib.RouteTable;
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

/** Route look-ups in stages, as the pipeline does them: few routes, and a table of the Internet's size. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FibBenchmark {

    /** Destinations that take turns: more than the first-level cache holds the entries of. */
    private static final int DESTINATIONS = 1 << 16;
    /** The Internet has a route to an IPv6 prefix for so many to IPv4 ones. */
    private static final int IPV4_FOR_EACH_IPV6 = 5;
    private static final long SEED = 1;

    /** IPv4 routes, and a fifth as many of IPv6. */
    @Param({"5", "1000000"})
    private int routes;

    private RouteTable table;
    private LookupLoop lookups4;
    private LookupLoop lookups6;
    private int next;

    /** Fills the table. */
    @Setup
    public void setUp() {
        final RouteSet routes4 = RouteSet.of(false, routes);
        final RouteSet routes6 = RouteSet.of(true, routes / IPV4_FOR_EACH_IPV6);
        table = new RouteTable().with(routes4).with(routes6);
        lookups4 = new LookupLoop(table.fib(), false, routes4.addresses(DESTINATIONS, SEED));
        lookups6 = new LookupLoop(table.fib(), true, routes6.addresses(DESTINATIONS, SEED));
    }

    /** 64 destinations: all roots, then all the rest. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public int ipv4() {
        return lookups4.batch4(advance());
    }

    /** As {@link #ipv4}. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public int ipv6() {
        return lookups6.batch6(advance());
    }

    /** Frees the table. */
    @TearDown
    public void tearDown() {
        table.close();
    }

    private int advance() {
        final int from = next;
        next = from + Batch.CAPACITY & DESTINATIONS - 1;
        return from;
    }
}
