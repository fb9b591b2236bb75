package io.penstock.conntrack.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.conntrack.model.MemoryConnectionStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What conntrack 1.4.7 did with these commands, one after another, in a namespace of Linux 6.18: {@code $} the command, {@code >} what it
 * wrote, {@code !} what it complained about, {@code =} its exit status if it failed. Lines that it wrote are sorted, because the kernel
 * tells connections in no order; ids are {@code N} and timeouts {@code T}.
 */
class TranscriptTest {

    @ParameterizedTest
    @ValueSource(strings = {"making", "listing", "changing", "words", "help", "random"})
    void shouldDoWhatTheRealToolDidWhenGivenTheSameCommands(final String name) throws IOException {
        final ConntrackBox box = new ConntrackBox(
                new MemoryConnectionStore(ConntrackBox.ticking(), MemoryConnectionStore.Keeps.LITTLE), ConntrackBox.ticking());
        final List<String> expected = new ArrayList<>();
        final List<String> actual = new ArrayList<>();
        for (final String line : read(name)) {
            expected.add(line);
            if (line.startsWith("$ ") || line.equals("$")) {
                actual.add(line);
                describe(actual, box.run(line.substring(1)));
            }
        }
        assertEquals(String.join("\n", expected), String.join("\n", actual));
    }

    static List<String> read(final String name) throws IOException {
        try (InputStream in = TranscriptTest.class.getResourceAsStream(name + ".transcript")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private static void describe(final List<String> lines, final ConntrackBox.Outcome outcome) {
        outcome.out().replaceAll("id=[0-9]+", "id=N").replaceAll("<id>[0-9]+<", "<id>N<")
                .replaceAll("(?m)^((?:ipv[46] +[0-9]+ )?[a-z0-9]+ +[0-9]+ )[0-9]+ ", "$1T ")
                .replaceAll("<timeout>[0-9]+<", "<timeout>T<").replaceAll(" -t [0-9]+ ", " -t T ").lines().sorted()
                .forEach(line -> lines.add("> " + line));
        outcome.err().lines().forEach(line -> lines.add("! " + line));
        if (outcome.status() != 0) {
            lines.add("= " + outcome.status());
        }
    }
}
