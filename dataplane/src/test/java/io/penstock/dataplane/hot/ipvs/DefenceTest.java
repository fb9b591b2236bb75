package io.penstock.dataplane.hot.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.ipvs.state.ServiceStates;
import io.penstock.os.hot.packet.IpProtocol;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class DefenceTest {

    private static final long IDLE_NS = 60_000_000_000L;

    private final Defence.Share share = new Defence.Share();

    @Test
    void shouldFollowMemoryWhenTheModeIsAutomatic() {
        assertEquals(Defence.BUSY, Defence.next(Defence.READY, true));
        assertEquals(Defence.BUSY, Defence.next(Defence.BUSY, true));
        assertEquals(Defence.READY, Defence.next(Defence.BUSY, false));
        assertEquals(Defence.READY, Defence.next(Defence.READY, false));
        assertTrue(Defence.isInForce(Defence.READY, true));
        assertTrue(Defence.isInForce(Defence.BUSY, true));
        assertFalse(Defence.isInForce(Defence.BUSY, false));
    }

    @Test
    void shouldStayWhenTheModeIsNotAutomatic() {
        for (final boolean isShort : new boolean[] {false, true}) {
            assertEquals(Defence.OFF, Defence.next(Defence.OFF, isShort));
            assertEquals(Defence.ALWAYS, Defence.next(Defence.ALWAYS, isShort));
            assertFalse(Defence.isInForce(Defence.OFF, isShort));
            assertTrue(Defence.isInForce(Defence.ALWAYS, isShort));
        }
    }

    @Test
    void shouldDropMoreWhenThereIsLessMemory() {
        assertEquals(0, Defence.dropRate(Defence.READY, 1024, 1024, 10));
        assertEquals(1024, Defence.dropRate(Defence.READY, 1024, 1023, 10));
        assertEquals(4, Defence.dropRate(Defence.BUSY, 1024, 768, 10));
        assertEquals(2, Defence.dropRate(Defence.BUSY, 1024, 512, 10));
        assertEquals(1, Defence.dropRate(Defence.BUSY, 1024, 511, 10));
        assertEquals(1, Defence.dropRate(Defence.BUSY, 1024, 0, 10));
        assertEquals(10, Defence.dropRate(Defence.ALWAYS, 1024, Long.MAX_VALUE, 10));
        assertEquals(0, Defence.dropRate(Defence.OFF, 1024, 0, 10));
    }

    @Test
    void shouldDropOnePacketInSoManyWhenThereIsARate() {
        assertEquals("x--x--x--x", packets(3, 10));
        assertEquals("xxxxx", packets(1, 5));
        assertEquals("-----", packets(0, 5));
        assertEquals("xxxxx", packets(-7, 5));
    }

    @Test
    void shouldDropByTheNewRateWhenItFalls() {
        assertEquals("x---", packets(1000, 4));
        assertEquals("-x-x", packets(2, 4));
    }

    @Test
    void shouldDropHalfOpenConnectionsWhenTheyAreMet() {
        assertEquals("SYN_RECV SYNACK", dropped(IpProtocol.TCP, 0, 9));
        assertEquals("INIT1 INIT", dropped(IpProtocol.SCTP, 0, 9));
        assertEquals("", dropped(IpProtocol.UDP, 0, 1));
    }

    @Test
    void shouldDropEstablishedConnectionsWhenTheyAreIdle() {
        assertEquals("ESTABLISHED SYN_RECV SYNACK", dropped(IpProtocol.TCP, IDLE_NS, 1));
        assertEquals("SYN_RECV SYNACK", dropped(IpProtocol.TCP, IDLE_NS - 1, 1));
        assertEquals("INIT1 INIT ESTABLISHED", dropped(IpProtocol.SCTP, IDLE_NS, 1));
        assertEquals("UDP", dropped(IpProtocol.UDP, IDLE_NS, 1));
    }

    @Test
    void shouldDropOneInSoManyAsItHasPackets() {
        assertEquals("-----", idle(0, 5));
        assertEquals("xxxxx", idle(1, 5));
        assertEquals("x-x-x", idle(2, 5));
        assertEquals("x-------x-------x", idle(8, 17));
        assertEquals("-----", idle(9, 5));
        assertEquals("-----", idle(-1, 5));
    }

    @Test
    void shouldForgetClientsWhenNothingWasEstablished() {
        assertTrue(share.dropsTemplate(false, false, 0, 0));
        assertFalse(share.dropsTemplate(false, true, IDLE_NS, 1));
        assertFalse(share.dropsTemplate(true, false, 0, 1));
        assertTrue(share.dropsTemplate(true, true, IDLE_NS, 1));
    }

    @Test
    void shouldMeetOneEntryIn32ASecond() {
        assertEquals(32, IntStream.range(0, 1024).filter(random -> Defence.isMet(random, 1)).count());
        assertEquals(64, IntStream.range(0, 1024).filter(random -> Defence.isMet(-random, 2)).count());
        assertEquals(1024, IntStream.range(0, 1024).filter(random -> Defence.isMet(random, 32)).count());
    }

    private String packets(final int rate, final int count) {
        return IntStream.range(0, count).mapToObj(i -> share.dropsPacket(rate) ? "x" : "-").collect(Collectors.joining());
    }

    private String idle(final int packets, final int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> share.dropsEntry(IpProtocol.TCP, ServiceStates.TCP_ESTABLISHED, IDLE_NS, packets) ? "x" : "-")
                .collect(Collectors.joining());
    }

    private String dropped(final int protocol, final long idleNs, final int packets) {
        return IntStream.range(0, 32)
                .filter(state -> !ServiceStates.name(protocol, state).equals("ERR!"))
                .filter(state -> share.dropsEntry(protocol, state, idleNs, packets))
                .mapToObj(state -> ServiceStates.name(protocol, state))
                .collect(Collectors.joining(" "));
    }
}
