package io.penstock.conntrack.hot.nat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What becomes of packets, byte for byte, against what Linux 6.18 made of them. */
final class NatRewriteTest {

    @TestFactory
    Stream<DynamicTest> shouldRewriteAsTheKernelDoes() {
        return NatScripts.tests("nat-packets.txt", NatRewriteTest::check);
    }

    private static void check(final NatBox box, final boolean random, final String input, final String expected) {
        final String tuple = expected.substring(expected.indexOf(" ; ") + 3);
        box.forcedKeys = random && !tuple.equals("-") ? NatScripts.keys(tuple) : -1;
        try (NatPackets packets = new NatPackets(box)) {
            final String out = packets.receive(input.charAt(0) - '0', HexFormat.of().parseHex(input.substring(2)));
            assertEquals(expected.substring(0, expected.length() - tuple.length()) + NatScripts.normal(tuple), out, input);
        }
    }
}
