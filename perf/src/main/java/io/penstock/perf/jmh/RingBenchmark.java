package io.penstock.perf.jmh;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.ring.CompletionRing;
import io.penstock.os.hot.ring.FillRing;
import io.penstock.os.hot.ring.FrameStack;
import io.penstock.os.hot.ring.RingOffsets;
import io.penstock.os.hot.ring.RxRing;
import io.penstock.os.hot.ring.TxRing;
import io.penstock.os.sys.MappedMemory;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The stack of free frames, and the four rings against memory in which the kernel's part is a store a batch. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RingBenchmark {

    private static final RingOffsets OFFSETS = new RingOffsets(0, 64, 192, 128);
    private static final long UMEM = 0x7000_0000_0000L;
    private static final int FRAME_BYTES = 2048;
    private static final int FRAMES = 4096;
    private static final int SIZE = 1024;
    private static final int RINGS = 4;

    private final long ringBytes = OFFSETS.mappingBytes(SIZE, RingOffsets.PACKET_DESCRIPTOR_BYTES);
    private final FrameStack frames = new FrameStack(UMEM, FRAME_BYTES, FRAMES);
    private final long[] held = new long[Batch.CAPACITY];
    private MappedMemory memory;
    private FillRing fill;
    private RxRing rx;
    private TxRing tx;
    private CompletionRing completion;

    /** Rings whose descriptors all name some frame. */
    @Setup
    public void setUp() {
        memory = MappedMemory.reserve(ringBytes * RINGS, MappedMemory.Pages.HUGE);
        for (int i = 0; i < SIZE; i++) {
            // The first frames are with the kernel, whose descriptors name them in turn.
            frames.pop();
            final long frame = (long) i * FRAME_BYTES;
            Memory.putLong(
                    ring(1) + OFFSETS.descriptors() + (long) i * RingOffsets.PACKET_DESCRIPTOR_BYTES, frame);
            Memory.putLong(ring(3) + OFFSETS.descriptors() + (long) i * RingOffsets.FRAME_DESCRIPTOR_BYTES, frame);
        }
        fill = new FillRing(ring(0), OFFSETS, SIZE, UMEM);
        rx = new RxRing(ring(1), OFFSETS, SIZE, UMEM);
        tx = new TxRing(ring(2), OFFSETS, SIZE, UMEM);
        completion = new CompletionRing(ring(3), OFFSETS, SIZE, UMEM);
    }

    /** Frames are taken and given back. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public void stack() {
        for (int i = 0; i < Batch.CAPACITY; i++) {
            held[i] = frames.pop();
        }
        for (int i = 0; i < Batch.CAPACITY; i++) {
            frames.push(held[i]);
        }
    }

    /** Packets are received: descriptors read, slots given back. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public long receive() {
        produce(1);
        final int count = rx.peek(Batch.CAPACITY);
        long sum = 0;
        for (int i = 0; i < count; i++) {
            held[i] = rx.address(i);
            sum += rx.length(i);
        }
        rx.release(count);
        return sum;
    }

    /** Packets are sent: descriptors written and published. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public void send() {
        final int count = tx.reserve(Batch.CAPACITY);
        for (int i = 0; i < count; i++) {
            tx.put(UMEM + (long) i * FRAME_BYTES, FRAME_BYTES);
        }
        tx.submit();
        consume(2);
    }

    /** Frames that were sent come back, and are given to be received into. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public void recycle() {
        produce(3);
        completion.drain(frames, Batch.CAPACITY);
        fill.refill(frames, Batch.CAPACITY);
        consume(0);
    }

    /** Frees the memory. */
    @TearDown
    public void tearDown() {
        memory.close();
    }

    private long ring(final int index) {
        return memory.address() + index * ringBytes;
    }

    /** The kernel gives a batch. */
    private void produce(final int ring) {
        final long producer = ring(ring) + OFFSETS.producer();
        Memory.putIntRelease(producer, Memory.getInt(producer) + Batch.CAPACITY);
    }

    /** The kernel takes all that there is. */
    private void consume(final int ring) {
        Memory.putIntRelease(ring(ring) + OFFSETS.consumer(), Memory.getIntAcquire(ring(ring) + OFFSETS.producer()));
    }
}
