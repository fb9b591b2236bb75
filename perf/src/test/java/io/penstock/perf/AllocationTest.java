package io.penstock.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.penstock.dataplane.fib.AdjacencyFields;
import io.penstock.dataplane.fib.FibWriter;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.Fib;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.LaneCounters;
import io.penstock.dataplane.hot.pipeline.ParseStep;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.perf.bench.EngineFixture;
import java.lang.management.ManagementFactory;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * No stage of the path allocates, by the thread's own counter of bytes: less than a byte for a thousand packets, which is none,
 * since an object has sixteen.
 */
final class AllocationTest {

    private static final int FLOWS = 4096;
    private static final int WINDOW_BATCHES = 1_000;
    /** Windows until the JIT compiler's top tier has it all; code that it has not compiled yet may allocate. */
    private static final int MAX_WINDOWS = 400;
    /** Windows of the case that goes on allocating, which would not end the warm-up. */
    private static final int CONTROL_WINDOWS = 20;
    private static final int MEASURED_BATCHES = 5_000;
    private static final int MEASUREMENTS = 3;
    private static final int PACKETS_PER_BYTE = 1_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private int sum;
    /** Written to so that the JIT compiler cannot leave the object out. */
    private volatile Object seen;

    @Test
    void shouldNoticeWhenOneObjectIsAllocatedForABatch() {
        try (EngineFixture fixture = new EngineFixture(FLOWS, false, 1, false)) {
            final AssertionError error = assertThrows(AssertionError.class,
                    () -> assertAllocatesNothing(Batch.CAPACITY, CONTROL_WINDOWS, () -> {
                        fixture.round(Batch.CAPACITY);
                        seen = new Object();
                    }));
            assertTrue(error.getMessage().startsWith("bytes="), error.getMessage());
        }
    }

    @Test
    void shouldAllocateNothingWhenSummingChecksums() {
        try (EngineFixture fixture = new EngineFixture(FLOWS, false, 0, false)) {
            fixture.receive(Batch.CAPACITY);
            final Batch batch = fixture.batch();
            assertAllocatesNothing(Batch.CAPACITY, () -> {
                for (int i = 0; i < batch.count; i++) {
                    final long ip = ip(batch.frame[i]);
                    sum += Checksum.verifyIpv4(ip) ? 1 : 0;
                    sum += Checksum.fold(Checksum.sum(ip, batch.length[i] - EthernetLayout.HEADER_BYTES));
                    sum += Checksum.apply(Ipv4Layout.checksum(ip), Checksum.change32(Ipv4Layout.source(ip), sum));
                    Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
                }
            });
            fixture.release();
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 64, 0, false", "false, 64, 0, true", "false, 64, 1, false", "false, 64, 8, false", "false, 1, 1, false",
        "true, 64, 0, false", "true, 64, 1, false", "true, 64, 8, true"})
    void shouldAllocateNothingWhenForwarding(
            final boolean ipv6, final int batch, final int hooks, final boolean partialChecksums) {
        try (EngineFixture fixture = new EngineFixture(FLOWS, ipv6, hooks, partialChecksums)) {
            assertAllocatesNothing(batch, () -> fixture.round(batch));
            final LaneCounters counters = fixture.lane().counters;
            assertEquals(counters.received, counters.forwarded);
        }
    }

    @Test
    void shouldAllocateNothingWhenReceivingAndParsing() {
        try (EngineFixture fixture = new EngineFixture(FLOWS, false, 0, true)) {
            assertAllocatesNothing(Batch.CAPACITY, () -> {
                fixture.receive(Batch.CAPACITY);
                ParseStep.batch(fixture.lane(), fixture.batch());
                fixture.release();
            });
        }
    }

    @Test
    void shouldAllocateNothingWhenDroppingForEveryReasonThatAPacketCanGive() {
        assertDropsWithoutAllocating(DropReason.FRAME_OTHER_HOST, frame -> EthernetLayout.setDestination(frame, 0x0200_0000_00AAL));
        assertDropsWithoutAllocating(DropReason.FRAME_PROTOCOL, frame -> EthernetLayout.setEtherType(frame, 0x88CC));
        assertDropsWithoutAllocating(DropReason.IPV4_CHECKSUM, frame -> Ipv4Layout.setChecksum(ip(frame), 1));
        assertDropsWithoutAllocating(DropReason.IPV4_MARTIAN_SOURCE, frame -> {
            Ipv4Layout.setSource(ip(frame), 0x7F00_0001);
            Checksum.writeIpv4(ip(frame), Ipv4Layout.HEADER_BYTES);
        });
        assertDropsWithoutAllocating(DropReason.TTL_EXPIRED, frame -> {
            Ipv4Layout.setTtl(ip(frame), 1);
            Checksum.writeIpv4(ip(frame), Ipv4Layout.HEADER_BYTES);
        });
    }

    @Test
    void shouldAllocateNothingWhenLookingRoutesUp() {
        try (FibWriter writer = new FibWriter(Runnable::run)) {
            final int adjacency = writer.adjacencies().create(new AdjacencyFields(
                    AdjacencyKind.UNRESOLVED_GATEWAY, 1, 4, 1, 2, 1500, 0, 1));
            assertTrue(writer.put4(0, 0, adjacency) && writer.put4(0x0A01_0200, 24, adjacency));
            assertTrue(writer.put6(0, 0, 0, adjacency) && writer.put6(0x2001_0DB8_0000_0000L, 0, 48, adjacency));
            final Fib fib = writer.fib();
            assertAllocatesNothing(Batch.CAPACITY, () -> {
                for (int i = 0; i < Batch.CAPACITY; i++) {
                    sum += fib.select(fib.lookup4(0x0A01_0200 + i * 97), i);
                    sum += fib.lookup6(0x2001_0DB8_0000_0000L + i, i);
                }
            });
        }
    }

    private void assertDropsWithoutAllocating(final DropReason reason, final LongConsumer change) {
        try (EngineFixture fixture = new EngineFixture(FLOWS, false, 0, false).edit(change)) {
            assertAllocatesNothing(Batch.CAPACITY, () -> fixture.round(Batch.CAPACITY));
            final LaneCounters counters = fixture.lane().counters;
            assertEquals(counters.received, counters.dropped[reason.id()], reason.metric());
            assertEquals(0, counters.unaccounted());
        }
    }

    private void assertAllocatesNothing(final int packetsPerBatch, final Runnable batch) {
        assertAllocatesNothing(packetsPerBatch, MAX_WINDOWS, batch);
    }

    private void assertAllocatesNothing(final int packetsPerBatch, final int maxWindows, final Runnable batch) {
        int window = 0;
        while (window < maxWindows && allocatedBytes(WINDOW_BATCHES, batch) != 0) {
            window++;
        }
        final long packets = (long) MEASURED_BATCHES * Batch.CAPACITY;
        // What the path allocates it allocates each time; what the JVM does once, such as compiling anew, it does not.
        long least = Long.MAX_VALUE;
        for (int i = 0; i < MEASUREMENTS && least >= packets / PACKETS_PER_BYTE; i++) {
            least = Math.min(least, allocatedBytes((int) (packets / packetsPerBatch), batch));
        }
        final long bytes = least;
        assertTrue(bytes * PACKETS_PER_BYTE < packets, () -> "bytes=" + bytes + " packets=" + packets);
    }

    private long allocatedBytes(final int batches, final Runnable batch) {
        final long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < batches; i++) {
            batch.run();
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static long ip(final long frame) {
        return frame + EthernetLayout.HEADER_BYTES;
    }
}
