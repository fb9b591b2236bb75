package io.penstock.dataplane.hot.ipvs.state;

import static io.penstock.dataplane.hot.ipvs.state.ServiceStates.INPUT;
import static io.penstock.dataplane.hot.ipvs.state.ServiceStates.INPUT_ONLY;
import static io.penstock.dataplane.hot.ipvs.state.ServiceStates.NONE;
import static io.penstock.dataplane.hot.ipvs.state.ServiceStates.NO_CHUNK;
import static io.penstock.dataplane.hot.ipvs.state.ServiceStates.OUTPUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.SctpLayout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.sys.MappedMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ServiceStatesTest {

    private static final int SYN = TcpLayout.SYN;
    private static final int ACK = TcpLayout.ACK;
    private static final int FIN = TcpLayout.FIN;
    private static final int RST = TcpLayout.RST;
    private static final int PSH = 0x08;

    private final MappedMemory memory = MappedMemory.reserve(4096, MappedMemory.Pages.NORMAL);

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void shouldGoThroughALifeWhenBothDirectionsPass() {
        assertEquals(List.of("SYN_RECV", "SYN_RECV", "ESTABLISHED", "CLOSE_WAIT", "CLOSE_WAIT", "TIME_WAIT", "TIME_WAIT"),
                tcp(false, INPUT, SYN, OUTPUT, SYN | ACK, INPUT, ACK, INPUT, FIN | ACK, OUTPUT, ACK, OUTPUT, FIN | ACK, INPUT, ACK));
    }

    @Test
    void shouldEndInFinWaitWhenAnswersDoNotPass() {
        assertEquals(List.of("SYN_RECV", "ESTABLISHED", "FIN_WAIT", "FIN_WAIT"),
                tcp(false, INPUT_ONLY, SYN, INPUT_ONLY, ACK, INPUT_ONLY, FIN | ACK, INPUT_ONLY, ACK));
    }

    @Test
    void shouldWaitForTheServerWhenTcpIsSecure() {
        assertEquals(List.of("SYN_RECV", "SYN_RECV", "SYNACK", "SYNACK", "ESTABLISHED"),
                tcp(true, INPUT, SYN, INPUT, ACK, OUTPUT, SYN | ACK, INPUT, ACK, OUTPUT, ACK));
        assertEquals(List.of("SYNACK", "ESTABLISHED"), tcp(true, INPUT_ONLY, SYN, INPUT_ONLY, ACK));
    }

    @Test
    void shouldTakeTheStrongestFlagWhenSeveralAreSet() {
        assertEquals(List.of("SYN_RECV"), tcp(false, INPUT, SYN | FIN | ACK));
        assertEquals(List.of("ESTABLISHED", "CLOSE"), tcp(false, INPUT, ACK | PSH, INPUT, RST | SYN | FIN | ACK));
        assertEquals(List.of("ESTABLISHED", "CLOSE_WAIT"), tcp(false, INPUT, ACK, INPUT, FIN | ACK));
    }

    @Test
    void shouldCloseWhenASegmentHasNoneOfTheFlags() {
        for (int state = 0; state < ServiceStates.TCP_COUNT; state++) {
            assertEquals(ServiceStates.TCP_CLOSE, ServiceStates.tcp(state, OUTPUT, PSH, true));
            assertEquals(ServiceStates.TCP_CLOSE, ServiceStates.tcp(state, INPUT, 0, false));
        }
    }

    @Test
    void shouldGoThroughALifeWhenAnAssociationPasses() {
        assertEquals(List.of("INIT1", "INIT", "C-SENT", "C-REPLIED", "ESTABLISHED", "ESTABLISHED", "S-RECEIVED", "S-ACK-SENT", "CLOSED"),
                sctp(INPUT, SctpLayout.INIT, INPUT, SctpLayout.INIT, OUTPUT, SctpLayout.INIT_ACK, INPUT, SctpLayout.COOKIE_ECHO,
                        OUTPUT, SctpLayout.COOKIE_ACK, OUTPUT, SctpLayout.SACK, INPUT, SctpLayout.SHUTDOWN, OUTPUT, SctpLayout.SHUTDOWN_ACK,
                        INPUT, SctpLayout.SHUTDOWN_COMPLETE));
        assertEquals(List.of("INIT1", "ESTABLISHED"), sctp(INPUT_ONLY, SctpLayout.INIT, INPUT_ONLY, SctpLayout.COOKIE_ECHO));
        assertEquals(List.of("INIT1", "REJECTED"), sctp(INPUT, SctpLayout.INIT, OUTPUT, SctpLayout.ABORT));
    }

    @Test
    void shouldTakeChunksForDataWhenTheyHaveNoStates() {
        for (final int type : new int[] {SctpLayout.SACK, SctpLayout.HEARTBEAT, SctpLayout.HEARTBEAT_ACK, 12, 13, 15, 16, 64, 192, 255}) {
            assertEquals(ServiceStates.SCTP_ESTABLISHED, ServiceStates.sctp(NONE, OUTPUT, type));
            assertEquals(ServiceStates.SCTP_COOKIE_WAIT, ServiceStates.sctp(ServiceStates.SCTP_COOKIE_WAIT, INPUT, type));
        }
    }

    @Test
    void shouldLeaveTheStateWhenThereIsNoChunk() {
        for (int state = 0; state < ServiceStates.SCTP_COUNT; state++) {
            assertEquals(state, ServiceStates.sctp(state, INPUT, NO_CHUNK));
        }
        assertEquals(NO_CHUNK, ServiceStates.sctpChunk(memory.address(), SctpLayout.HEADER_BYTES));
        assertEquals(NO_CHUNK, ServiceStates.sctpFirstChunk(memory.address(), SctpLayout.HEADER_BYTES + 3));
    }

    @Test
    void shouldSeeTheAbortWhenItIsBundledWithACookie() {
        for (final int cookie : new int[] {SctpLayout.COOKIE_ECHO, SctpLayout.COOKIE_ACK}) {
            // 5 bytes: the next chunk is at a multiple of four.
            chunk(0, cookie, 5);
            chunk(8, SctpLayout.ABORT, 4);
            assertEquals(SctpLayout.ABORT, ServiceStates.sctpChunk(memory.address(), SctpLayout.HEADER_BYTES + 12));
            assertEquals(cookie, ServiceStates.sctpFirstChunk(memory.address(), SctpLayout.HEADER_BYTES + 12));
            assertEquals(cookie, ServiceStates.sctpChunk(memory.address(), SctpLayout.HEADER_BYTES + 11));
            chunk(8, SctpLayout.ERROR, 4);
            assertEquals(cookie, ServiceStates.sctpChunk(memory.address(), SctpLayout.HEADER_BYTES + 12));
        }
    }

    @Test
    void shouldSeeTheFirstChunkWhenTheSecondDoesNotCount() {
        chunk(0, SctpLayout.COOKIE_ECHO, 3);
        chunk(4, SctpLayout.ABORT, 4);
        assertEquals(SctpLayout.COOKIE_ECHO, ServiceStates.sctpChunk(memory.address(), SctpLayout.HEADER_BYTES + 8));
        chunk(0, SctpLayout.COOKIE_ECHO, 0xFFFF);
        assertEquals(SctpLayout.COOKIE_ECHO, ServiceStates.sctpChunk(memory.address(), SctpLayout.HEADER_BYTES + 8));
        chunk(0, SctpLayout.DATA, 4);
        assertEquals(SctpLayout.DATA, ServiceStates.sctpChunk(memory.address(), SctpLayout.HEADER_BYTES + 8));
    }

    @Test
    void shouldCountInputOnlyWhenAConnectionHasNoOutput() {
        assertEquals(INPUT_ONLY, ServiceStates.direction(INPUT, true));
        assertEquals(INPUT, ServiceStates.direction(INPUT, false));
        assertEquals(OUTPUT, ServiceStates.direction(OUTPUT, true));
    }

    @Test
    void shouldBeginConnectionsWhenThePacketMay() {
        assertTrue(ServiceStates.tcpBegins(SYN, false));
        assertTrue(ServiceStates.tcpBegins(SYN | ACK, false));
        assertFalse(ServiceStates.tcpBegins(ACK, false));
        assertTrue(ServiceStates.tcpBegins(ACK, true));
        assertFalse(ServiceStates.tcpBegins(RST | SYN, false));
        assertFalse(ServiceStates.tcpBegins(RST, true));
        assertTrue(ServiceStates.sctpBegins(SctpLayout.INIT, false));
        assertFalse(ServiceStates.sctpBegins(SctpLayout.DATA, false));
        assertTrue(ServiceStates.sctpBegins(SctpLayout.DATA, true));
        assertFalse(ServiceStates.sctpBegins(SctpLayout.ABORT, true));
        assertFalse(ServiceStates.sctpBegins(NO_CHUNK, true));
    }

    @Test
    void shouldReuseConnectionsWhenTheyAreOver() {
        assertEquals(List.of("TIME_WAIT", "CLOSE"), reusable(IpProtocol.TCP, 1, true));
        assertEquals(List.of("FIN_WAIT", "TIME_WAIT", "CLOSE"), reusable(IpProtocol.TCP, 2, true));
        assertEquals(List.of("TIME_WAIT", "CLOSE"), reusable(IpProtocol.TCP, 3, false));
        assertEquals(List.of("CLOSED"), reusable(IpProtocol.SCTP, 1, false));
        assertEquals(List.of(), reusable(IpProtocol.TCP, 0, true));
        assertEquals(List.of(), reusable(IpProtocol.UDP, 1, true));
    }

    @Test
    void shouldCountAsActiveWhenSchedulersDo() {
        assertEquals(List.of("ESTABLISHED", "SYN_SENT", "SYN_RECV", "SYNACK"),
                names(IpProtocol.TCP).filter(s -> ServiceStates.isActive(IpProtocol.TCP, s)).mapToObj(s -> ServiceStates.name(IpProtocol.TCP, s)).toList());
        assertEquals(List.of("ESTABLISHED"),
                names(IpProtocol.SCTP).filter(s -> ServiceStates.isActive(IpProtocol.SCTP, s)).mapToObj(s -> ServiceStates.name(IpProtocol.SCTP, s)).toList());
        assertFalse(ServiceStates.isActive(IpProtocol.UDP, ServiceStates.UDP_NORMAL));
        assertFalse(ServiceStates.isActive(IpProtocol.GRE, 1));
    }

    @Test
    void shouldAssureThePersistenceWhenAConnectionIsEstablished() {
        assertTrue(ServiceStates.assures(IpProtocol.TCP, INPUT, ServiceStates.TCP_SYN_RECV, ServiceStates.TCP_ESTABLISHED));
        assertFalse(ServiceStates.assures(IpProtocol.TCP, INPUT, ServiceStates.TCP_ESTABLISHED, ServiceStates.TCP_ESTABLISHED));
        assertFalse(ServiceStates.assures(IpProtocol.TCP, OUTPUT, NONE, ServiceStates.TCP_SYN_SENT));
        assertTrue(ServiceStates.assures(IpProtocol.SCTP, OUTPUT, ServiceStates.SCTP_COOKIE_REPLIED, ServiceStates.SCTP_ESTABLISHED));
        assertFalse(ServiceStates.assures(IpProtocol.SCTP, OUTPUT, NONE, ServiceStates.SCTP_INIT1));
        assertTrue(ServiceStates.assures(IpProtocol.UDP, OUTPUT, ServiceStates.UDP_NORMAL, ServiceStates.udp()));
        assertFalse(ServiceStates.assures(IpProtocol.UDP, INPUT, ServiceStates.UDP_NORMAL, ServiceStates.udp()));
    }

    @Test
    void shouldNameStatesAsTheKernelDoes() {
        assertEquals("UDP", ServiceStates.name(IpProtocol.UDP, NONE));
        assertEquals("NONE", ServiceStates.name(IpProtocol.TCP, NONE));
        assertEquals("ERR!", ServiceStates.name(IpProtocol.TCP, ServiceStates.TCP_COUNT));
        assertEquals("ERR!", ServiceStates.name(IpProtocol.SCTP, -1));
        assertEquals("ERR!", ServiceStates.name(IpProtocol.GRE, NONE));
        assertEquals("NONE", ServiceStates.persistenceName(NONE));
        assertEquals("ASSURED", ServiceStates.persistenceName(ServiceStates.PERSISTENCE_ASSURED));
        // A persistence of a mark is of protocol IP.
        assertEquals("NONE", ServiceStates.name(0, NONE));
    }

    private static List<String> reusable(final int protocol, final int mode, final boolean hasNoOutput) {
        return names(protocol).filter(s -> ServiceStates.isReusable(protocol, s, mode, hasNoOutput)).mapToObj(s -> ServiceStates.name(protocol, s)).toList();
    }

    private static IntStream names(final int protocol) {
        return IntStream.range(0, 32).filter(s -> !ServiceStates.name(protocol, s).equals("ERR!"));
    }

    /** The states after each pair of direction and flags. */
    private static List<String> tcp(final boolean secure, final int... packets) {
        final List<String> names = new ArrayList<>();
        int state = NONE;
        for (int i = 0; i < packets.length; i += 2) {
            state = ServiceStates.tcp(state, packets[i], packets[i + 1], secure);
            names.add(ServiceStates.name(IpProtocol.TCP, state));
        }
        return names;
    }

    /** The states after each pair of direction and chunk. */
    private static List<String> sctp(final int... packets) {
        final List<String> names = new ArrayList<>();
        int state = NONE;
        for (int i = 0; i < packets.length; i += 2) {
            state = ServiceStates.sctp(state, packets[i], packets[i + 1]);
            names.add(ServiceStates.name(IpProtocol.SCTP, state));
        }
        return names;
    }

    private void chunk(final int offset, final int type, final int length) {
        final long chunk = memory.address() + SctpLayout.HEADER_BYTES + offset;
        Memory.putByte(chunk, (byte) type);
        Memory.putShortBE(chunk + 2, length);
    }
}
