package io.penstock.perf.bench.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.ipvs.schedule.SchedulerKind;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.perf.Allocations;
import io.penstock.perf.connections.ServiceMix;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing is allocated for a packet of a virtual service. */
final class ServiceAllocationTest {

    private static final int FLOWS = 4096;
    /** 64 connections in so many ns are a million a second. */
    private static final long BATCH_NS = 64_000;

    private static Stream<Arguments> established() {
        return Allocations.some(3, Arguments.of(ServiceMix.NAT, IpProtocol.TCP, false), Arguments.of(ServiceMix.DIRECT, IpProtocol.UDP, true),
                Arguments.of(ServiceMix.TUNNEL, IpProtocol.UDP, false), Arguments.of(ServiceMix.FULLNAT, IpProtocol.TCP, true),
                Arguments.of(ServiceMix.NAT, IpProtocol.UDP, true), Arguments.of(ServiceMix.TUNNEL, IpProtocol.TCP, true),
                Arguments.of(ServiceMix.FULLNAT, IpProtocol.UDP, false), Arguments.of(ServiceMix.DIRECT, IpProtocol.TCP, false));
    }

    private static Stream<Arguments> beginning() {
        return Allocations.some(2, Stream.of(SchedulerKind.names().toArray(String[]::new)).map(Arguments::of).toArray(Arguments[]::new));
    }

    @ParameterizedTest
    @MethodSource("established")
    void shouldAllocateNothingWhenConnectionsAreEstablished(final ServiceMix mix, final int protocol, final boolean ipv6) {
        try (ServiceFixture fixture = new ServiceFixture(mix, "rr", ipv6, protocol, FLOWS)) {
            fixture.establish();
            Allocations.assertNone((mix.isAnswered() ? 2 : 1) * Batch.CAPACITY, fixture::exchange);
            assertEquals(FLOWS, fixture.connections());
            assertEquals(fixture.lane().counters.received, fixture.lane().counters.forwarded);
        }
    }

    @ParameterizedTest
    @MethodSource("beginning")
    void shouldAllocateNothingWhenEveryPacketBeginsAConnection(final String scheduler) {
        try (ServiceFixture fixture = new ServiceFixture(ServiceMix.NEW, scheduler, false, IpProtocol.UDP, 1)) {
            Allocations.assertNone(Batch.CAPACITY, () -> fixture.begin(BATCH_NS));
            assertTrue(fixture.connections() < 1 << 22, "nothing ends");
            assertEquals(fixture.lane().counters.received, fixture.lane().counters.forwarded);
        }
    }
}
