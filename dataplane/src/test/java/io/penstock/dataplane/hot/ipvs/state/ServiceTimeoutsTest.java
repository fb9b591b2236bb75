package io.penstock.dataplane.hot.ipvs.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.packet.IpProtocol;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ServiceTimeoutsTest {

    private final ServiceTimeouts timeouts = new ServiceTimeouts();

    @Test
    void shouldHaveTheKernelsDefaultsWhenNothingIsSet() {
        assertArrayEquals(new int[] {2, 900, 120, 60, 120, 120, 10, 60, 30, 120, 120}, all(IpProtocol.TCP, ServiceStates.TCP_COUNT));
        assertArrayEquals(new int[] {2, 4, 61, 61, 61, 61, 61, 61, 900, 61, 61, 61, 4, 61}, all(IpProtocol.SCTP, ServiceStates.SCTP_COUNT));
        assertArrayEquals(new int[] {300}, all(IpProtocol.UDP, ServiceStates.UDP_COUNT));
        assertEquals(ServiceTimeouts.FIRST_SECONDS, timeouts.seconds(IpProtocol.GRE, 0));
    }

    @Test
    void shouldChangeThreeWhenSet() {
        assertTrue(timeouts.set(7200, 60, 20));
        assertArrayEquals(new int[] {2, 7200, 120, 60, 60, 120, 10, 60, 30, 120, 120}, all(IpProtocol.TCP, ServiceStates.TCP_COUNT));
        assertEquals(20, timeouts.seconds(IpProtocol.UDP, ServiceStates.UDP_NORMAL));
        assertEquals(900, timeouts.seconds(IpProtocol.SCTP, ServiceStates.SCTP_ESTABLISHED));
        assertEquals(7200, timeouts.tcp());
        assertEquals(60, timeouts.tcpFin());
        assertEquals(20, timeouts.udp());
    }

    @Test
    void shouldLeaveOneAsItIsWhenItIsZero() {
        assertTrue(timeouts.set(0, 30, 0));
        assertEquals(900, timeouts.tcp());
        assertEquals(30, timeouts.tcpFin());
        assertEquals(300, timeouts.udp());
    }

    @Test
    void shouldChangeNothingWhenOneIsOutOfRange() {
        assertFalse(timeouts.set(1, -1, 1));
        assertFalse(timeouts.set(1, 1, 8_589_935));
        assertFalse(timeouts.set(Integer.MAX_VALUE, 1, 1));
        assertEquals(900, timeouts.tcp());
        assertEquals(120, timeouts.tcpFin());
        assertEquals(300, timeouts.udp());
        assertTrue(timeouts.set(8_589_934, 1, 1));
        assertEquals(8_589_934, timeouts.tcp());
    }

    private int[] all(final int protocol, final int count) {
        return IntStream.range(0, count).map(state -> timeouts.seconds(protocol, state)).toArray();
    }
}
