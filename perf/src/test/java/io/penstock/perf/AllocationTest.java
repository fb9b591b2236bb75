package io.penstock.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import io.penstock.perf.bench.engine.EngineFixture;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No stage of the path allocates. */
final class AllocationTest {

    private static final int FLOWS = 4096;
    /** Windows of the case that goes on allocating, which would not end the warm-up. */
    private static final int CONTROL_WINDOWS = 20;

    private int sum;
    /** Written to so that the JIT compiler cannot leave the object out. */
    private volatile Object seen;

    @Test
    void shouldNoticeWhenOneObjectIsAllocatedForABatch() {
        try (EngineFixture fixture = new EngineFixture(FLOWS, false, 1, false)) {
            final AssertionError error = assertThrows(AssertionError.class,
                    () -> Allocations.assertNone(Batch.CAPACITY, CONTROL_WINDOWS, () -> {
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
            Allocations.assertNone(Batch.CAPACITY, () -> {
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
            Allocations.assertNone(batch, () -> fixture.round(batch));
            final LaneCounters counters = fixture.lane().counters;
            assertEquals(counters.received, counters.forwarded);
        }
    }

    @Test
    void shouldAllocateNothingWhenReceivingAndParsing() {
        try (EngineFixture fixture = new EngineFixture(FLOWS, false, 0, true)) {
            Allocations.assertNone(Batch.CAPACITY, () -> {
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
            Allocations.assertNone(Batch.CAPACITY, () -> {
                for (int i = 0; i < Batch.CAPACITY; i++) {
                    sum += fib.select(fib.lookup4(0x0A01_0200 + i * 97), i);
                    sum += fib.lookup6(0x2001_0DB8_0000_0000L + i, i);
                }
            });
        }
    }

    private void assertDropsWithoutAllocating(final DropReason reason, final LongConsumer change) {
        try (EngineFixture fixture = new EngineFixture(FLOWS, false, 0, false).edit(change)) {
            Allocations.assertNone(Batch.CAPACITY, () -> fixture.round(Batch.CAPACITY));
            final LaneCounters counters = fixture.lane().counters;
            assertEquals(counters.received, counters.dropped[reason.id()], reason.metric());
            assertEquals(0, counters.unaccounted());
        }
    }

    private static long ip(final long frame) {
        return frame + EthernetLayout.HEADER_BYTES;
    }
}
