package io.penstock.conntrack.hot.nat;

import io.penstock.conntrack.hot.ConnLayout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** What the kernel has done with rules and packets, in files whose heads say how to read them; one test per scenario. */
final class NatScripts {

    /** What is done with a line of a scenario. */
    interface Step {

        /**
         * A line.
         *
         * @param random   whether the kernel's choice is random
         * @param input    what came
         * @param expected what the kernel has made of it
         */
        void run(NatBox box, boolean random, String input, String expected);
    }

    private NatScripts() {
    }

    /** The tests of a file beside this class. */
    static Stream<DynamicTest> tests(final String file, final Step step) {
        final List<List<String>> scenarios = new ArrayList<>();
        for (final String line : lines(file)) {
            if (line.startsWith("scenario ")) {
                scenarios.add(new ArrayList<>(List.of(line)));
            } else if (!line.isEmpty() && line.charAt(0) != '#') {
                scenarios.get(scenarios.size() - 1).add(line);
            }
        }
        return scenarios.stream().map(lines -> DynamicTest.dynamicTest(lines.get(0).substring(9), () -> run(lines, step)));
    }

    /** A reply tuple with its IPv6 addresses, of which there are several texts, in ours. */
    static String normal(final String tuple) {
        return Arrays.stream(tuple.split(" ")).map(word -> word.indexOf(':') < 0 ? word : TestAddress.normal(word)).collect(Collectors.joining(" "));
    }

    /** The keys in a reply tuple, as an unsigned number. */
    static long keys(final String tuple) {
        final String[] words = tuple.split(" ");
        return Integer.toUnsignedLong(ConnLayout.keys(Integer.parseInt(words[2]), Integer.parseInt(words[3])));
    }

    private static void run(final List<String> lines, final Step step) {
        try (NatBox box = new NatBox()) {
            for (final String line : lines.subList(1, lines.size())) {
                if (line.startsWith("rule ")) {
                    box.rules.add(NatRule.parse(line));
                } else if (line.startsWith("zone ")) {
                    final String[] words = line.split(" ");
                    box.originalZone = Integer.parseInt(words[1]);
                    box.replyZone = Integer.parseInt(words[2]);
                } else {
                    final boolean random = line.startsWith("~ ");
                    final int equals = line.indexOf(" = ");
                    box.boundary();
                    step.run(box, random, line.substring(random ? 2 : 0, equals), line.substring(equals + 3));
                }
            }
        }
    }

    private static List<String> lines(final String file) {
        try (InputStream in = NatScripts.class.getResourceAsStream(file);
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            return reader.lines().toList();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
