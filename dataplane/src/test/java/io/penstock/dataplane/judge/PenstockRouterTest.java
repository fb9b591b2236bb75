package io.penstock.dataplane.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.penstock.dataplane.program.ProgramKind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PenstockRouterTest {

    private static final int FLOWS = 32;
    private static final ConfigTree TWO_WAYS = ConfigTree.parse("""
            ports: { p0: { device: d0 }, p1: { device: d1 }, p2: { device: d2 } }
            network:
              addresses: { p0: ["2001:db8::1/64"], p1: ["2001:db8:1::1/64"], p2: ["2001:db8:2::1/64"] }
              routes:
                - { to: "2001:db8:9::/48", via: [{ via: "2001:db8:1::2", port: p1 }, { via: "2001:db8:2::2", port: p2 }] }
            """);

    /** From 2001:db8:9::flow to 2001:db8::2. */
    private static byte[] ipv6(final int flow, final int next, final int... payload) {
        final byte[] packet = new byte[Wire.IPV6_BYTES + payload.length];
        packet[0] = 0x60;
        Wire.put16(packet, 4, payload.length);
        Wire.put8(packet, 6, next);
        Wire.put8(packet, 7, 64);
        Wire.put64(packet, 8, 0x2001_0DB8_0009_0000L);
        Wire.put64(packet, 16, flow);
        Wire.put64(packet, 24, 0x2001_0DB8_0000_0000L);
        Wire.put64(packet, 32, 2);
        for (int i = 0; i < payload.length; i++) {
            Wire.put8(packet, Wire.IPV6_BYTES + i, payload[i]);
        }
        return packet;
    }

    /** The ports that errors about an unknown hop-by-hop option leave by, each after a packet of a protocol. */
    private static List<Integer> ports(final ProgramKind program, final long seed, final int before) {
        final List<Arrival> arrivals = new ArrayList<>();
        for (int flow = 0; flow < FLOWS; flow++) {
            arrivals.add(new Arrival(1, ipv6(flow, before, 0, 7, 0, 7, 0, 8, 0, 0)));
            arrivals.add(new Arrival(1, ipv6(flow, 0, 59, 0, 0x9E, 4, 0, 0, 0, 0)));
        }
        try (Judge judge = new Judge(); PenstockRouter router = new PenstockRouter(judge.configuration(TWO_WAYS), program)) {
            router.choose(seed);
            final List<Reaction> did = router.run(arrivals, new long[arrivals.size()]);
            return IntStream.range(0, FLOWS).mapToObj(flow -> did.get(2 * flow + 1).sent().getFirst().port()).toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldSendAnErrorTheSameWayWhateverCameBefore(final ProgramKind program) {
        final List<Integer> ports = ports(program, 1, Wire.UDP);
        assertEquals(List.of(1, 2), ports.stream().distinct().sorted().toList());
        assertEquals(ports, ports(program, 1, Wire.TCP));
    }

    @ParameterizedTest
    @EnumSource
    void shouldChooseOtherwiseWhenToldSo(final ProgramKind program) {
        assertNotEquals(ports(program, 1, Wire.UDP), ports(program, 2, Wire.UDP));
    }
}
