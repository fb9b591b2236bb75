package io.penstock.rules.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.os.hot.packet.EthernetLayout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class LogLineTest {

    private static final String UDP = "4500001f28ce40004011fdfe0a0900010a09000215b30007000bc4a5616263";

    @TestFactory
    Stream<DynamicTest> shouldWriteWhatKernelWroteWhenPacketIsReceived() throws IOException {
        final List<DynamicTest> tests = new ArrayList<>();
        try (InputStream in = LogLineTest.class.getResourceAsStream("log-lines.txt")) {
            final String[] lines = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).split("\n");
            for (int i = 1; i < lines.length; i += 2) {
                final String[] parts = lines[i].split(" ");
                final byte[] frame = HexFormat.of().parseHex(parts[3]);
                final LoggedPacket packet = new LoggedPacket("", Integer.parseInt(parts[0]), "xtb", "", Integer.parseInt(parts[2]), frame,
                        EthernetLayout.HEADER_BYTES, frame.length - EthernetLayout.HEADER_BYTES, Integer.parseUnsignedInt(parts[1], 16),
                        LoggedPacket.NO_SOCKET, LoggedPacket.NO_SOCKET);
                final String line = lines[i + 1];
                tests.add(DynamicTest.dynamicTest(line, () -> assertEquals(line, LogLine.of(packet) + '$')));
            }
        }
        return tests.stream();
    }

    @Test
    void shouldTellSocketWhenPacketIsSentHere() {
        final byte[] bytes = HexFormat.of().parseHex(UDP);
        final LoggedPacket packet = new LoggedPacket("sent: ", LoggedPacket.UID | LoggedPacket.MAC_DECODE, "", "xta", 4, bytes, 0,
                bytes.length, 0, 1234, 77);
        assertEquals("sent: IN= OUT=xta SRC=10.9.0.1 DST=10.9.0.2 LEN=31 TOS=0x00 PREC=0x00 TTL=64 ID=10446 DF PROTO=UDP SPT=5555 DPT=7 "
                + "LEN=11 UID=1234 GID=77 ", LogLine.of(packet));
    }

    @Test
    void shouldKeepSocketBackWhenNotAskedFor() {
        final byte[] bytes = HexFormat.of().parseHex(UDP);
        final LoggedPacket packet = new LoggedPacket("", 0, "eth0", "eth1", 4, bytes, 0, bytes.length, 0xFF, 1234, 77);
        assertEquals("IN=eth0 OUT=eth1 MAC= SRC=10.9.0.1 DST=10.9.0.2 LEN=31 TOS=0x00 PREC=0x00 TTL=64 ID=10446 DF PROTO=UDP SPT=5555 "
                + "DPT=7 LEN=11 MARK=0xff ", LogLine.of(packet));
    }

    @Test
    void shouldSayTruncatedWhenCopyIsShort() {
        final byte[] bytes = HexFormat.of().parseHex(UDP.substring(0, 30));
        final LoggedPacket packet = new LoggedPacket("", 0, "", "", 4, bytes, 0, 31, 0, LoggedPacket.NO_SOCKET, LoggedPacket.NO_SOCKET);
        assertEquals("IN= OUT= TRUNCATED", LogLine.of(packet));
    }
}
