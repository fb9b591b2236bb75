package io.penstock.perf.jmh;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.sys.MappedMemory;
import java.util.SplittableRandom;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Checksums: an IPv4 header, a full frame, and the change that a rewritten address makes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ChecksumBenchmark {

    private static final int FULL_BYTES = 1480;

    private MappedMemory memory;
    private long ip;
    private int from;
    private int to;

    /** Random bytes behind a header. */
    @Setup
    public void setUp() {
        final SplittableRandom random = new SplittableRandom(1);
        memory = MappedMemory.reserve(FULL_BYTES, MappedMemory.Pages.NORMAL);
        ip = memory.address();
        for (int i = 0; i < FULL_BYTES; i++) {
            Memory.putByte(ip + i, (byte) random.nextInt());
        }
        Ipv4Layout.setHeaderBytes(ip, Ipv4Layout.HEADER_BYTES);
        Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
        from = Ipv4Layout.source(ip);
        to = random.nextInt();
    }

    /** 20 bytes. */
    @Benchmark
    public boolean verifyHeader() {
        return Checksum.verifyIpv4(ip);
    }

    /** 1,480 bytes. */
    @Benchmark
    public int sumFullFrame() {
        return Checksum.fold(Checksum.sum(ip, FULL_BYTES));
    }

    /** An address changes: the header's checksum and the transport's. */
    @Benchmark
    public int changeAddress() {
        final long change = Checksum.change32(from, to);
        final int checksum = Ipv4Layout.checksum(ip);
        return Checksum.apply(checksum, change) + Checksum.applyUdp(checksum, change);
    }

    /** Frees the memory. */
    @TearDown
    public void tearDown() {
        memory.close();
    }
}
