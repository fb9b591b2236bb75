package io.penstock.rules.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import io.penstock.rules.model.MemoryTableStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What iptables 1.8.9 (legacy) did with these commands, one after another: {@code $} the command, {@code <} its input, {@code >} what it
 * wrote, {@code !} what it complained about, {@code =} its exit status if it failed.
 */
class TranscriptTest {

    @ParameterizedTest
    @ValueSource(strings = {
        "chains", "rules", "counters", "addresses", "help", "ipv6", "save", "restore-tables", "restore-lines", "restore-options"})
    void shouldDoWhatTheRealToolDidWhenGivenTheSameCommands(final String name) throws IOException {
        final ToolBox box = TestTools.box(touched());
        final List<String> expected = new ArrayList<>();
        final List<String> actual = new ArrayList<>();
        final List<String> lines = read(name);
        int at = 0;
        while (at < lines.size()) {
            final String command = lines.get(at++);
            final boolean isCut = command.endsWith(" \\");
            final String words = command.substring(2, command.length() - (isCut ? 2 : 0));
            final List<String> input = new ArrayList<>();
            while (at < lines.size() && lines.get(at).startsWith("< ")) {
                input.add(lines.get(at++).substring(2));
            }
            expected.add(command);
            while (at < lines.size() && !lines.get(at).startsWith("$ ")) {
                expected.add(lines.get(at++));
            }
            actual.add(command);
            describe(actual, TestTools.run(box, words, String.join("\n", input) + (isCut || input.isEmpty() ? "" : "\n")));
        }
        assertEquals(String.join("\n", expected), String.join("\n", actual));
    }

    private static MemoryTableStore touched() {
        final MemoryTableStore store = new MemoryTableStore();
        for (final IpFamily family : IpFamily.values()) {
            store.read(family, TableName.FILTER);
        }
        return store;
    }

    private static List<String> read(final String name) throws IOException {
        try (InputStream in = TranscriptTest.class.getResourceAsStream(name + ".transcript")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private static void describe(final List<String> lines, final ToolBox.Outcome outcome) {
        outcome.out().lines().forEach(line -> lines.add("> " + line));
        outcome.err().lines().filter(line -> !line.startsWith("penstock: ")).forEach(line -> lines.add("! " + line));
        if (outcome.status() != 0) {
            lines.add("= " + outcome.status());
        }
    }
}
