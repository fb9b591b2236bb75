package io.penstock.dataplane.hot.ipvs.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.SctpLayout;
import io.penstock.os.hot.packet.TcpLayout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every cell of the state tables against service-states.txt. */
final class StateTableTest {

    private static final int TCP_CELLS = 2 * 3 * ServiceStates.TCP_COUNT * 4;
    private static final int SCTP_CELLS = 3 * ServiceStates.SCTP_COUNT * 10;

    private static final List<String> DIRECTIONS = List.of("INPUT", "OUTPUT", "INPUT_ONLY");
    private static final Map<String, Integer> FLAGS =
            Map.of("SYN", TcpLayout.SYN, "FIN", TcpLayout.FIN, "ACK", TcpLayout.ACK, "RST", TcpLayout.RST);
    private static final Map<String, Integer> CHUNKS = Map.of(
            "DATA", SctpLayout.DATA,
            "INIT", SctpLayout.INIT,
            "INIT_ACK", SctpLayout.INIT_ACK,
            "COOKIE_ECHO", SctpLayout.COOKIE_ECHO,
            "COOKIE_ACK", SctpLayout.COOKIE_ACK,
            "SHUTDOWN", SctpLayout.SHUTDOWN,
            "SHUTDOWN_ACK", SctpLayout.SHUTDOWN_ACK,
            "SHUTDOWN_COMPLETE", SctpLayout.SHUTDOWN_COMPLETE,
            "ERROR", SctpLayout.ERROR,
            "ABORT", SctpLayout.ABORT);

    private record Cell(boolean secure, int direction, String state, String event, String next) {
    }

    @Test
    void shouldAgreeWithTheTableWhenTcpSegmentsPass() throws IOException {
        int cells = 0;
        for (final String line : lines("tcp ")) {
            for (final Cell cell : cells(line)) {
                final int state = state(IpProtocol.TCP, cell.state);
                final int next = ServiceStates.tcp(state, cell.direction, FLAGS.get(cell.event), cell.secure);
                assertEquals(cell.next, ServiceStates.name(IpProtocol.TCP, next), () -> line + ' ' + cell.event);
                cells++;
            }
        }
        assertEquals(TCP_CELLS, cells);
    }

    @Test
    void shouldAgreeWithTheTableWhenSctpChunksPass() throws IOException {
        int cells = 0;
        for (final String line : lines("sctp ")) {
            for (final Cell cell : cells(line)) {
                final int state = state(IpProtocol.SCTP, cell.state);
                final int next = ServiceStates.sctp(state, cell.direction, CHUNKS.get(cell.event));
                assertEquals(cell.next, ServiceStates.name(IpProtocol.SCTP, next), () -> line + ' ' + cell.event);
                cells++;
            }
        }
        assertEquals(SCTP_CELLS, cells);
    }

    private static List<Cell> cells(final String line) {
        final String[] words = line.split("[: ]+");
        return List.of(words).subList(4, words.length).stream().map(word -> {
            final String[] event = word.split("=");
            return new Cell(words[1].equals("secure"), DIRECTIONS.indexOf(words[2]), words[3], event[0], event[1]);
        }).toList();
    }

    private static int state(final int protocol, final String name) {
        int state = 0;
        while (!ServiceStates.name(protocol, state).equals(name)) {
            state++;
        }
        return state;
    }

    private static List<String> lines(final String prefix) throws IOException {
        try (InputStream in = StateTableTest.class.getResourceAsStream("service-states.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().filter(line -> line.startsWith(prefix)).toList();
        }
    }
}
