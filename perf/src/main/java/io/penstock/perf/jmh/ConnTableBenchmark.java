package io.penstock.perf.jmh;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.table.ConfirmResult;
import io.penstock.conntrack.hot.table.ConnLimit;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.os.hot.packet.IpProtocol;
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

/**
 * The table of connections with one worker: batches of {@value Batch#CAPACITY} packets of connections and directions at random, looked up in stages,
 * and connections that come and go. Hashes are part of it, headers are not.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ConnTableBenchmark {

    /** Packets that take turns: as many as in the larger table connections, so that none is in a cache because it was here a moment ago. */
    private static final int PACKETS = 1 << 20;
    private static final int CLIENTS = 0x0A00_0000;
    private static final int SERVERS = 0xC633_6400;
    private static final int SERVER_COUNT = 16;
    private static final int PROTOCOL = IpProtocol.UDP;
    private static final long SEED = 1;
    private static final long HIGH6 = 0x2001_0DB8_0000_0000L;
    /** Long enough for any run. */
    private static final long TIMEOUT_NS = 1L << 60;

    /** How many there are. */
    @Param({"16384", "1000000"})
    private int connections;

    private final int[] sources = new int[PACKETS];
    private final int[] destinations = new int[PACKETS];
    private final int[] keys = new int[PACKETS];
    private final long[] hashes = new long[Batch.CAPACITY];
    private final long[] probed = new long[Batch.CAPACITY];
    private ConnLimit limit;
    private ConnTable table4;
    private ConnTable table6;
    private TableWorker worker4;
    private TableWorker worker6;
    private int next;
    private int nextOld;

    /** Fills the tables. */
    @Setup
    public void setUp() {
        limit = new ConnLimit(0, 1);
        table4 = new ConnTable(ConnLayout.FAMILY_IPV4, connections, limit, 0x0123_4567_89AB_CDEFL, 0xFEDC_BA98_7654_3210L, 1);
        table6 = new ConnTable(ConnLayout.FAMILY_IPV6, connections, limit, 0x0123_4567_89AB_CDEFL, 0xFEDC_BA98_7654_3210L, 1);
        worker4 = table4.worker(0);
        worker6 = table6.worker(0);
        worker4.boundary(0);
        worker6.boundary(0);
        for (int i = 0; i < connections; i++) {
            add4(i);
            add6(i);
        }
        final SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < PACKETS; i++) {
            final int connection = random.nextInt(connections);
            final boolean reply = random.nextBoolean();
            sources[i] = reply ? server(connection) : client(connection);
            destinations[i] = reply ? client(connection) : server(connection);
            keys[i] = reply ? ConnLayout.keys(443, port(connection)) : ConnLayout.keys(port(connection), 443);
        }
    }

    /** All are found. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public long hit4() {
        return batch4(0);
    }

    /** None is found. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public long miss4() {
        return batch4(1);
    }

    /** All are found, each before the next one is looked for. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public long single4() {
        final int from = advance();
        long sum = 0;
        for (int i = from; i < from + Batch.CAPACITY; i++) {
            final long hash = worker4.hash4(sources[i], destinations[i], keys[i], PROTOCOL, 0);
            sum += worker4.find4(hash, sources[i], destinations[i], keys[i], PROTOCOL, 0);
        }
        return sum;
    }

    /** All are found. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public long hit6() {
        final int from = advance();
        long sum = 0;
        for (int i = 0; i < Batch.CAPACITY; i++) {
            final int at = from + i;
            hashes[i] = worker6.hash6(HIGH6, sources[at], HIGH6, destinations[at], keys[at], PROTOCOL, 0);
            sum += worker6.touch(hashes[i]);
        }
        for (int i = 0; i < Batch.CAPACITY; i++) {
            probed[i] = worker6.probe(hashes[i]);
        }
        for (int i = 0; i < Batch.CAPACITY; i++) {
            sum += worker6.touchEntry(probed[i], ConnLayout.TRACKER);
        }
        for (int i = 0; i < Batch.CAPACITY; i++) {
            final int at = from + i;
            sum += worker6.find6(hashes[i], probed[i], HIGH6, sources[at], HIGH6, destinations[at], keys[at], PROTOCOL, 0);
        }
        return sum;
    }

    /** A new connection is looked for, made and confirmed, and an old one removed, with the same number there all the time. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public long comeAndGo4() {
        worker4.boundary(0);
        long sum = 0;
        for (int i = 0; i < Batch.CAPACITY; i++) {
            worker4.kill(TableWorker.entry(find4(nextOld)));
            sum += find4(nextOld + connections) + add4(nextOld + connections);
            nextOld++;
        }
        return sum;
    }

    /** Frees the tables. */
    @TearDown
    public void tearDown() {
        table4.close();
        table6.close();
        limit.close();
    }

    private long batch4(final int zone) {
        final int from = advance();
        long sum = 0;
        for (int i = 0; i < Batch.CAPACITY; i++) {
            final int at = from + i;
            hashes[i] = worker4.hash4(sources[at], destinations[at], keys[at], PROTOCOL, zone);
            sum += worker4.touch(hashes[i]);
        }
        for (int i = 0; i < Batch.CAPACITY; i++) {
            probed[i] = worker4.probe(hashes[i]);
        }
        for (int i = 0; i < Batch.CAPACITY; i++) {
            sum += worker4.touchEntry(probed[i], ConnLayout.TRACKER);
        }
        for (int i = 0; i < Batch.CAPACITY; i++) {
            final int at = from + i;
            sum += worker4.find4(hashes[i], probed[i], sources[at], destinations[at], keys[at], PROTOCOL, zone);
        }
        return sum;
    }

    private long find4(final int connection) {
        final int source = client(connection);
        final int destination = server(connection);
        final int key = ConnLayout.keys(port(connection), 443);
        return worker4.find4(worker4.hash4(source, destination, key, PROTOCOL, 0), source, destination, key, PROTOCOL, 0);
    }

    private long add4(final int connection) {
        final int source = client(connection);
        final int destination = server(connection);
        final int key = ConnLayout.keys(port(connection), 443);
        final long entry = worker4.allocate(worker4.hash4(source, destination, key, PROTOCOL, 0));
        ConnLayout.setTuple4(entry, ConnDirection.ORIGINAL, source, destination, key);
        ConnLayout.setTuple4(entry, ConnDirection.REPLY, destination, source, ConnLayout.keys(443, port(connection)));
        return finish(worker4, entry);
    }

    private void add6(final int connection) {
        final int source = client(connection);
        final int destination = server(connection);
        final int key = ConnLayout.keys(port(connection), 443);
        final long entry = worker6.allocate(worker6.hash6(HIGH6, source, HIGH6, destination, key, PROTOCOL, 0));
        ConnLayout.setTuple6(entry, ConnDirection.ORIGINAL, HIGH6, source, HIGH6, destination, key);
        ConnLayout.setTuple6(entry, ConnDirection.REPLY, HIGH6, destination, HIGH6, source, ConnLayout.keys(443, port(connection)));
        finish(worker6, entry);
    }

    private static long finish(final TableWorker worker, final long entry) {
        ConnLayout.setProtocol(entry, PROTOCOL);
        Deadline.refresh(entry, TIMEOUT_NS, 0);
        if (worker.confirm(entry) != ConfirmResult.CONFIRMED) {
            throw new IllegalStateException("a connection does not fit in");
        }
        return entry;
    }

    private int advance() {
        final int from = next;
        next = from + Batch.CAPACITY & PACKETS - 1;
        return from;
    }

    private static int client(final int connection) {
        return CLIENTS + (connection >>> 8);
    }

    private static int server(final int connection) {
        return SERVERS + connection % SERVER_COUNT;
    }

    private static int port(final int connection) {
        return 32_768 + (connection & 0xFF);
    }
}
