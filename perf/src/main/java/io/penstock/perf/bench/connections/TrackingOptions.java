package io.penstock.perf.bench.connections;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.perf.connections.ConnectionFlows;
import java.util.List;
import java.util.Set;

/**
 * What {@code bench rfc9693} was asked for.
 *
 * @param mode        where the gateway is
 * @param translates  whether it translates the initiator's address
 * @param protocol    TCP or UDP
 * @param connections that its table is to hold
 * @param rules       that take nothing, and that each connection's first packet goes through
 * @param tests       to make
 * @param frameBytes  of test phase 2, without the frame check sequence
 * @param seconds     of a trial in test phase 2
 * @param runs        of each test
 * @param cpu         the engine's
 */
record TrackingOptions(
        Mode mode, boolean translates, int protocol, int connections, int rules, Set<Test> tests, List<Integer> frameBytes, double seconds, int runs,
        int cpu) {

    /** Where the gateway is. */
    enum Mode { ENGINE, WIRE }

    /** What can be measured, by the sections of RFC 9693. */
    enum Test {
        /** Section 4.5. */
        RATE,
        /** Section 4.8. */
        TEARDOWN,
        /** Section 4.9. */
        CAPACITY,
        /** Section 4.7. */
        THROUGHPUT
    }

    boolean tcp() {
        return protocol == IpProtocol.TCP;
    }

    /** The smallest frame. */
    int leastFrameBytes() {
        return ConnectionFlows.minFrameBytes(false, protocol);
    }
}
