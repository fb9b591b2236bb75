package io.penstock.perf.jmh;

import io.penstock.dataplane.fib.AdjacencyFields;
import io.penstock.dataplane.fib.FibWriter;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.Fib;
import io.penstock.dataplane.hot.pipeline.Batch;
import java.util.SplittableRandom;
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
    private static final int ADJACENCIES = 64;
    private static final int MTU = 1500;
    /** 2000::/3, where IPv6's routes are. */
    private static final long GLOBAL_UNICAST = 0x2000_0000_0000_0000L;

    /** The Internet has a route to an IPv6 prefix for so many to IPv4 ones. */
    private static final int IPV4_FOR_EACH_IPV6 = 5;

    /** Random IPv4 prefixes of 8 to 24 bits beside the default route, and a fifth as many of IPv6, 16 to 48: most are long. */
    @Param({"4", "1000000"})
    private int routes;

    private final int[] destinations4 = new int[DESTINATIONS];
    private final long[] destinations6 = new long[DESTINATIONS];
    private final int[] entries4 = new int[Batch.CAPACITY];
    private final long[] entries6 = new long[Batch.CAPACITY];
    private FibWriter writer;
    private Fib fib;
    private int next;

    /** Fills the table. */
    @Setup
    public void setUp() {
        final SplittableRandom random = new SplittableRandom(routes);
        writer = new FibWriter(Runnable::run);
        fib = writer.fib();
        final int[] adjacencies = new int[ADJACENCIES];
        for (int i = 0; i < ADJACENCIES; i++) {
            adjacencies[i] = writer.adjacencies().create(new AdjacencyFields(
                    AdjacencyKind.UNRESOLVED_GATEWAY, 1, 4, 1, 2, MTU, 0, i + 1));
        }
        put(writer.put4(0, 0, adjacencies[0]) && writer.put6(0, 0, 0, adjacencies[0]));
        for (int i = 0; i < routes; i++) {
            final int adjacency = adjacencies[i % ADJACENCIES];
            final int shorter = Long.numberOfTrailingZeros(random.nextLong() | 1 << 16);
            put(writer.put4(random.nextInt(), 24 - shorter, adjacency));
            if (i % IPV4_FOR_EACH_IPV6 == 0) {
                put(writer.put6(GLOBAL_UNICAST | random.nextLong() >>> 3, 0, 48 - 2 * shorter, adjacency));
            }
        }
        for (int i = 0; i < DESTINATIONS; i++) {
            destinations4[i] = random.nextInt();
            destinations6[i] = GLOBAL_UNICAST | random.nextLong() >>> 3;
        }
    }

    /** 64 destinations: all roots, then all the rest. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public int ipv4() {
        final int from = advance();
        for (int i = 0; i < Batch.CAPACITY; i++) {
            entries4[i] = fib.rootEntry4(destinations4[from + i]);
        }
        int sum = 0;
        for (int i = 0; i < Batch.CAPACITY; i++) {
            sum += fib.resolve4(entries4[i], destinations4[from + i]);
        }
        return sum;
    }

    /** As {@link #ipv4}. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public int ipv6() {
        final int from = advance();
        for (int i = 0; i < Batch.CAPACITY; i++) {
            entries6[i] = fib.rootEntry6(destinations6[from + i]);
        }
        int sum = 0;
        for (int i = 0; i < Batch.CAPACITY; i++) {
            sum += fib.resolve6(entries6[i], destinations6[from + i], 1);
        }
        return sum;
    }

    /** Frees the table. */
    @TearDown
    public void tearDown() {
        writer.close();
    }

    private int advance() {
        final int from = next;
        next = from + Batch.CAPACITY & DESTINATIONS - 1;
        return from;
    }

    private static void put(final boolean done) {
        if (!done) {
            throw new IllegalStateException("the table has no room for the routes");
        }
    }
}
