package io.penstock.rules.set.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.set.SetRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What ipset 7.17 and a kernel's sets did with commands one after another. */
class IpsetSetsTest {

    /** Bytes are the kernel's own, and ours. */
    private static String withoutMemory(final String text) {
        return text.replaceAll("Size in memory: [0-9]+", "Size in memory: ?").replaceAll("<memsize>[0-9]+", "<memsize>?");
    }

    @Test
    void shouldAnswerAsTheRealToolAndTheKernelDidWhenGivenTheSameCommands() {
        try (SetRegistry sets = Sets.registry()) {
            final Ipset ipset = new Ipset(sets, new FewNames());
            final List<Transcript.Entry> entries = Transcript.read("sets");
            for (final Transcript.Entry entry : entries) {
                final Ipset.Outcome outcome = ipset.run(entry.input(), entry.words());
                final List<String> lines = Transcript.lines(new Ipset.Outcome(outcome.status(), withoutMemory(outcome.out()),
                        outcome.err().replaceAll("(?m)^penstock: .*\n", "")), List.of());
                assertEquals(String.join("\n", entry.expected()), String.join("\n", lines), () -> entry.line() + "\n" + entry.input());
            }
            assertTrue(entries.size() > 100, () -> "commands=" + entries.size());
        }
    }
}
