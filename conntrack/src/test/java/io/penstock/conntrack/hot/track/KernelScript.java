package io.penstock.conntrack.hot.track;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.conntrack.hot.TrackerSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Sequences of packets with what the kernel made of each, in files whose heads say how to read them; one test per sequence. */
final class KernelScript {

    private static final int PAYLOAD_BYTE = 0x78;

    private KernelScript() {
    }

    /** The tests of a file beside this class. */
    static Stream<DynamicTest> tests(final String file) {
        final List<List<String>> scenarios = new ArrayList<>();
        for (final String line : lines(file)) {
            if (line.startsWith("scenario ")) {
                scenarios.add(new ArrayList<>(List.of(line)));
            } else if (!line.isEmpty() && line.charAt(0) != '#') {
                scenarios.get(scenarios.size() - 1).add(line);
            }
        }
        return scenarios.stream().map(lines -> DynamicTest.dynamicTest(lines.get(0).substring(9), () -> run(lines)));
    }

    /** All packets of a file. */
    static List<byte[]> packets(final String file) {
        final List<byte[]> packets = new ArrayList<>();
        for (final String line : lines(file)) {
            final int bar = line.indexOf(" | ");
            if (bar > 0 && line.charAt(0) != '#') {
                packets.add(packet(line.substring(bar + 3, line.indexOf(" = ", bar))));
            }
        }
        return packets;
    }

    private static void run(final List<String> lines) throws ReflectiveOperationException {
        try (PlainConntrack conntrack = new PlainConntrack()) {
            for (final String line : lines.subList(1, lines.size())) {
                final String[] words = line.split(" ");
                switch (words[0]) {
                    case "set":
                        TrackerSettings.class.getField(fieldName(words[1])).setInt(conntrack.settings, Integer.parseInt(words[2]));
                        break;
                    case "wait":
                        conntrack.nowNs += Integer.parseInt(words[1]) * 1_000_000L;
                        break;
                    case "ipv6":
                        break;
                    default:
                        check(conntrack, line);
                        break;
                }
            }
        }
    }

    private static void check(final PlainConntrack conntrack, final String line) {
        final int bar = line.indexOf(" | ");
        final int equals = line.indexOf(" = ", bar);
        final byte[] packet = packet(line.substring(bar + 3, equals));
        final String actual = conntrack.receive(packet) + ": " + conntrack.entries(protocol(packet));
        assertEquals(sorted(line.substring(equals + 3)), actual, line.substring(0, bar));
    }

    /** The kernel lists several entries in no order. */
    private static String sorted(final String expected) {
        final int colon = expected.indexOf(": ") + 2;
        return expected.substring(0, colon) + Arrays.stream(expected.substring(colon).split(" & ")).sorted().collect(Collectors.joining(" & "));
    }

    private static int protocol(final byte[] packet) {
        return (packet[0] >>> 4 == 4 ? packet[9] : packet[6]) & 0xFF;
    }

    private static byte[] packet(final String hex) {
        final int plus = hex.indexOf('+');
        final byte[] head = HexFormat.of().parseHex(plus < 0 ? hex : hex.substring(0, plus));
        final int tail = plus < 0 ? 0 : Integer.parseInt(hex.substring(plus + 1));
        final byte[] packet = Arrays.copyOf(head, head.length + tail);
        Arrays.fill(packet, head.length, packet.length, (byte) PAYLOAD_BYTE);
        return packet;
    }

    /** {@code tcp_timeout_close} is {@code tcpTimeoutClose}. */
    private static String fieldName(final String sysctl) {
        final StringBuilder name = new StringBuilder();
        for (final String word : sysctl.split("_")) {
            name.append(name.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return name.toString();
    }

    private static List<String> lines(final String file) {
        try (InputStream in = KernelScript.class.getResourceAsStream(file);
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            return reader.lines().toList();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
