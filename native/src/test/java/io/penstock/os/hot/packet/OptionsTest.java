package io.penstock.os.hot.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Options of IPv4 and TCP, valid, malformed and random. */
final class OptionsTest {

    private static final byte[] HEADER = new byte[TcpLayout.HEADER_BYTES];

    @Test
    void shouldListOptionsWhenSynHasThem() {
        assertEquals(List.of("2:4", "1:1", "3:3", "4:2", "8:10", "end"),
                walk("0204 05b4 01 030307 0402 080a 0000000100000000"));
    }

    @Test
    void shouldStopAtEndOfListWhenBytesFollow() {
        assertEquals(List.of("2:4", "end"), walk("0204 05b4 00 02ff ff"));
    }

    @Test
    void shouldEndWhenHeaderHasNoOptions() {
        assertEquals(List.of("end"), walk(""));
    }

    @Test
    void shouldSayMalformedWhenLengthIsBelowTwo() {
        assertEquals(List.of("1:1", "malformed"), walk("01 0800 00"));
        assertEquals(List.of("malformed"), walk("0801 0000"));
    }

    @Test
    void shouldSayMalformedWhenOptionLeavesHeader() {
        assertEquals(List.of("malformed"), walk("0205 0000"));
        assertEquals(List.of("1:1", "1:1", "1:1", "malformed"), walk("010101 08"));
    }

    @Test
    void shouldListIpv4OptionsWhenRecordRouteAndRouterAlertArePresent() {
        try (TestFrame frame = new TestFrame()) {
            final long ip = frame.putHex("48" + "00".repeat(19) + "0707 04 c0000201 01 94040000");
            final int bytes = Ipv4Layout.headerBytes(ip);
            final int first = Ipv4Layout.firstOption(ip, bytes);
            assertEquals(20, first);
            assertEquals(Ipv4Layout.OPTION_RECORD_ROUTE, Ipv4Layout.optionKind(ip, first));
            assertEquals(7, Ipv4Layout.optionBytes(ip, first));
            final int padding = Ipv4Layout.nextOption(ip, first, bytes);
            assertEquals(1, Ipv4Layout.optionKind(ip, padding));
            final int alert = Ipv4Layout.nextOption(ip, padding, bytes);
            assertEquals(Ipv4Layout.OPTION_ROUTER_ALERT, Ipv4Layout.optionKind(ip, alert));
            assertEquals(Ipv4Layout.OPTIONS_END, Ipv4Layout.nextOption(ip, alert, bytes));
        }
    }

    @Property
    void shouldStayInHeaderAndEndWhenBytesAreRandom(@ForAll @Size(max = 40) final byte[] options) {
        final byte[] header = Reference.concat(HEADER, options);
        try (TestFrame frame = new TestFrame()) {
            final long tcp = frame.put(header);
            int steps = 0;
            int end = TcpLayout.HEADER_BYTES;
            int option = TcpLayout.firstOption(tcp, header.length);
            while (option > 0) {
                assertEquals(end, option, "options follow each other without a gap");
                end = option + TcpLayout.optionBytes(tcp, option);
                assertTrue(end <= header.length);
                assertTrue(TcpLayout.optionKind(tcp, option) != 0);
                assertTrue(++steps <= 40);
                option = TcpLayout.nextOption(tcp, option, header.length);
            }
            assertTrue(option == TcpLayout.OPTIONS_END || option == TcpLayout.OPTIONS_MALFORMED);
        }
    }

    private static List<String> walk(final String options) {
        final byte[] header = Reference.concat(HEADER, TestFrame.bytes(options));
        final List<String> seen = new ArrayList<>();
        try (TestFrame frame = new TestFrame()) {
            final long tcp = frame.put(header);
            int option = TcpLayout.firstOption(tcp, header.length);
            while (option > 0) {
                seen.add(TcpLayout.optionKind(tcp, option) + ":" + TcpLayout.optionBytes(tcp, option));
                option = TcpLayout.nextOption(tcp, option, header.length);
            }
            seen.add(option == TcpLayout.OPTIONS_END ? "end" : "malformed");
        }
        return seen;
    }
}
