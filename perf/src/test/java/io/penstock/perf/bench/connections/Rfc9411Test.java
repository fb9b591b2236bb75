package io.penstock.perf.bench.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.connections.tcp.TcpShape;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The procedure on an engine that has so many connections. */
final class Rfc9411Test {

    private static final int THERE = 1_000;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(1);

    @Test
    void shouldHoldAllConnectionsWhenThereIsRoom() {
        final TcpCapacity capacity = capacity(THERE);
        assertEquals(THERE, capacity.held());
        assertEquals(THERE, capacity.again());
    }

    @Test
    void shouldFailWhenFewerConnectionsAreHeldThanWanted() {
        final String message = assertThrows(BenchException.class, () -> capacity(THERE + 1)).getMessage();
        assertTrue(message.startsWith("not all connections through penstock were there at a time: wanted=1001 held=1000 begun=1000 failed=0 "
                + "entries=1000"), message);
        assertTrue(message.endsWith("or give --concurrent 1000"), message);
    }

    @Test
    void shouldCountConnectionsThatFailFromTheFirstOneOn() {
        try (TcpDevice device = new EngineTcp(options(THERE))) {
            final Rfc9411 procedure = new Rfc9411(options(THERE), "penstock", device, line -> { }, PATIENCE_NS);
            assertEquals(new TcpChecked(0, 0, 0, 0, 0, 0), procedure.checked());
            procedure.warmUp();
            assertEquals(device.clients().begun(), procedure.checked().begun());
            assertTrue(procedure.checked().begun() > 0, () -> procedure.checked().toString());
            assertEquals(device.clients().failed() + device.servers().failed(), procedure.checked().failed());
        }
    }

    private static TcpCapacity capacity(final int wanted) {
        try (TcpDevice device = new EngineTcp(options(THERE))) {
            return new Rfc9411(options(wanted), "penstock", device, line -> { }, PATIENCE_NS).capacity();
        }
    }

    private static TcpOptions options(final int concurrent) {
        return new TcpOptions(false, false, new TcpShape(100, 1), concurrent, 10, 0.1, 0.1, 1, 0);
    }
}
