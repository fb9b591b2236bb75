package io.penstock.perf.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class TrafficProfileTest {

    private static final TrafficProfile V4 = TrafficProfile.of(1, 2, new byte[4], new byte[4]);
    private static final TrafficProfile V6 = TrafficProfile.of(1, 2, new byte[16], new byte[16]);

    @Test
    void shouldStartWithTheSmallestFrames() {
        assertEquals(60, V4.frameBytes());
        assertEquals(78, V6.frameBytes());
    }

    @Test
    void shouldRefuseWhatCannotBeSent() {
        assertEquals("frame size out of range: frameBytes=59 least=60 most=1514",
                assertThrows(IllegalArgumentException.class, () -> V4.withFrameBytes(59)).getMessage());
        assertEquals("out of range: flows=0 (1 to 16777216) stream=0 (0 to 255)",
                assertThrows(IllegalArgumentException.class, () -> V4.withFlows(0)).getMessage());
        assertEquals("UDP over IPv6 needs a checksum (RFC 8200, section 8.1): set udpChecksum",
                assertThrows(IllegalArgumentException.class, () -> V6.withUdpChecksum(false)).getMessage());
        assertEquals("addresses must be of one family: source bytes=4 destination bytes=16",
                assertThrows(IllegalArgumentException.class, () -> TrafficProfile.of(1, 2, new byte[4], new byte[16]))
                        .getMessage());
    }
}
