package io.penstock.rules.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.penstock.os.testkit.Allocation;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.model.MemoryTableStore;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * For the fuzzer: the first byte's lowest bit is the family, the rest are commands, a line each, words separated by blanks. Each is
 * carried out or refused with a message, and in the end all tables can be listed and saved.
 */
public final class CommandFuzzTarget {

    /** Heap for each byte, and for a run as such: a command of a few bytes lists a table. */
    private static final long HEAP_FACTOR = 1 << 18;
    private static final long HEAP_BYTES = 64L << 20;
    /** Heap for each rule that lists of sources and destinations come to. */
    private static final long RULE_BYTES = 8192;

    private static final Extensions EXTENSIONS = RuleExtensions.installed();

    private CommandFuzzTarget() {
    }

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(final byte[] input) {
        if (input.length > 0) {
            final String tool = (input[0] & 1) == 0 ? IpFamily.IPV4.tool() : IpFamily.IPV6.tool();
            final String text = new String(input, 1, input.length - 1, StandardCharsets.ISO_8859_1);
            final long half = text.chars().filter(c -> c == ',').count() / 2 + 1;
            Allocation.atMost(HEAP_BYTES + HEAP_FACTOR * input.length + RULE_BYTES * half * half, () -> run(tool, text));
        }
    }

    private static void run(final String tool, final String text) {
        final ToolBox box = new ToolBox(new MemoryTableStore(), EXTENSIONS, new FixedNames(), Clock.systemUTC());
        for (final String line : text.split("\n")) {
            final ToolBox.Outcome outcome = box.run(tool, "", words(line));
            assertFalse(outcome.status() != 0 && outcome.err().isEmpty(), "refused without a word");
        }
        for (final String table : List.of("filter", "mangle", "nat", "raw", "security")) {
            assertEquals(0, box.run(tool, "", List.of("-t", table, "-vnxL", "--line-numbers")).status());
            assertEquals(0, box.run(tool, "", List.of("-t", table, "-vS")).status());
            assertEquals(0, box.run(tool + "-save", "", List.of("-c", "-t", table)).status());
        }
    }

    /** Words cannot have a byte 0. */
    private static List<String> words(final String line) {
        final List<String> words = new ArrayList<>();
        for (final String word : line.split(" ")) {
            words.add(word.replace("\0", ""));
        }
        return words;
    }
}
