package io.penstock.dataplane.ipvs.schedule;

import io.penstock.dataplane.hot.ipvs.schedule.Flow;
import java.util.SplittableRandom;

/** Flows of tests. */
final class TestFlows {

    private static final int TCP = 6;

    private TestFlows() {
    }

    static Flow of(final String source, final int sourcePort, final String destination, final int destinationPort) {
        final Flow flow = new Flow();
        final byte[] from = TestServer.bytes(source);
        final byte[] to = TestServer.bytes(destination);
        flow.family = from.length == 4 ? 4 : 6;
        flow.protocol = TCP;
        flow.sourceHigh = TestServer.high(from);
        flow.sourceLow = TestServer.low(from);
        flow.sourcePort = sourcePort;
        flow.destinationHigh = TestServer.high(to);
        flow.destinationLow = TestServer.low(to);
        flow.destinationPort = destinationPort;
        return flow;
    }

    /** A flow to a destination. */
    static Flow to(final String destination) {
        return of("192.0.2.1", 1024, destination, 80);
    }

    /** Writes a random flow, of IPv4 or IPv6. */
    static void randomize(final Flow flow, final SplittableRandom random) {
        flow.family = random.nextBoolean() ? 4 : 6;
        flow.protocol = TCP;
        flow.sourceHigh = flow.family == 4 ? 0 : random.nextLong();
        flow.sourceLow = flow.family == 4 ? random.nextLong(1L << 32) : random.nextLong();
        flow.destinationHigh = flow.family == 4 ? 0 : random.nextLong();
        flow.destinationLow = flow.family == 4 ? random.nextLong(1L << 32) : random.nextLong();
        flow.sourcePort = random.nextInt(1 << 16);
        flow.destinationPort = random.nextInt(1 << 16);
        flow.random = random.nextLong();
    }
}
